package vitune.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.LlavaBench;
import vitune.data.Question;
import vitune.data.Turn;
import vitune.teach.Prompts;

/**
 * LLaVA-Bench in small, of your own pictures: a teacher's questions with its own answers as references, and captions and
 * boxes as what the judge is told.
 *
 * <p>Source: paper §5.1, where a text-only GPT-4 writes the references of 30 pictures, one question a picture and type.
 */
public final class JudgedQuestions {
    private JudgedQuestions() {}

    /**
     * A question a sample: of a conversation, one of its turns, always the same one. The kind is the sample's type.
     *
     * @param samples of one picture each, as a generator gives them
     * @param pictures what is known of these pictures; more may be there
     * @throws IllegalArgumentException if a sample has no picture or several, or one that is not among the pictures
     */
    public static List<Question> of(Iterable<InstructionSample> samples, List<ImageContext> pictures) {
        Map<Object, ImageContext> known = new HashMap<>();
        pictures.forEach(picture -> known.put(picture.image().toAbsolutePath().normalize(), picture));
        List<Question> questions = new ArrayList<>();
        for (InstructionSample sample : samples) {
            if (sample.images().size() != 1) {
                throw new IllegalArgumentException("sample " + sample.id() + " must show 1 picture, got "
                        + sample.images().size());
            }
            ImageContext picture =
                    known.get(sample.images().get(0).toAbsolutePath().normalize());
            if (picture == null) {
                throw new IllegalArgumentException("the picture of sample " + sample.id() + " is not among the "
                        + pictures.size() + " pictures: " + sample.images().get(0));
            }
            questions.add(question(sample, picture));
        }
        return List.copyOf(questions);
    }

    private static Question question(InstructionSample sample, ImageContext picture) {
        List<Turn> turns = sample.turns();
        Turn turn = turns.get(new SplittableRandom(sample.id().hashCode()).nextInt(turns.size()));
        return new Question(
                sample.id(),
                picture.image(),
                sample.type().label(),
                turn.instruction(),
                List.of(turn.response()),
                List.of(),
                Map.of(LlavaBench.CONTEXT, Prompts.context(picture, true)));
    }
}
