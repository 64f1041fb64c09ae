package vitune.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import vitune.data.Box;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Turn;

/**
 * Questions whose answers have a reason: what a description of the same picture says about the things that were asked for.
 *
 * <p>Source: paper §5.2, where the answers of ScienceQA come with a lecture and an explanation.
 */
final class Reasons {
    private static final Pattern SENTENCE = Pattern.compile("(?<=\\.)\\s+");

    private Reasons() {}

    /**
     * Short answers with their reasons. A turn that names nothing in the picture keeps its answer alone.
     *
     * @param pictures which things are in each
     * @param questions with short answers; a second line that asks for their form is left out
     * @param descriptions of the same pictures
     */
    static InstructionSet of(
            List<ImageContext> pictures, InstructionSet questions, InstructionSet descriptions, AnswerOrder order) {
        Map<Path, Set<String>> things = new HashMap<>();
        pictures.forEach(picture -> things.put(
                picture.image(), picture.boxes().stream().map(Box::category).collect(Collectors.toSet())));
        Map<Path, String> described = new HashMap<>();
        descriptions.forEach(sample ->
                described.put(sample.images().get(0), sample.turns().get(0).response()));
        List<InstructionSample> samples = new ArrayList<>();
        for (InstructionSample sample : questions) {
            Path picture = sample.images().get(0);
            List<String> sentences =
                    SENTENCE.splitAsStream(described.getOrDefault(picture, "")).toList();
            samples.add(sample.withTurns(sample.turns().stream()
                    .map(turn -> with(turn, things.getOrDefault(picture, Set.of()), sentences, order))
                    .toList()));
        }
        return InstructionSet.of(samples);
    }

    private static Turn with(Turn turn, Set<String> things, List<String> sentences, AnswerOrder order) {
        String question = turn.instruction().lines().findFirst().orElseThrow();
        String answer = turn.response().replaceAll("\\.$", "");
        List<String> asked =
                things.stream().filter(thing -> names(question, thing)).toList();
        String reason = sentences.stream()
                .filter(sentence -> asked.stream().anyMatch(thing -> names(sentence, thing)))
                .collect(Collectors.joining(" "));
        return new Turn(question, reason.isEmpty() ? answer : order.reply(answer, reason));
    }

    private static boolean names(String text, String thing) {
        return Pattern.compile("(?i)\\b" + Pattern.quote(thing) + "(s|es)?\\b")
                .matcher(text)
                .find();
    }
}
