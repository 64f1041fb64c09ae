package vitune.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vitune.data.PicturePlace;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Judgements;
import vitune.evaluate.Marks;
import vitune.evaluate.Predictions;
import vitune.evaluate.Questions;
import vitune.model.VisionLanguageModel;

/**
 * Asks a model the exams and the bench, keeps every reply, and scores what was kept: the scores can be had again without
 * the model.
 */
final class Marking {
    private static final int BENCH_TOKENS = 96;
    private static final String BENCH = "bench";

    private final World world;
    private final Recipe recipe;
    private final long seed;
    private final Path folder;

    /** @param folder where replies are kept, a file for each exam and condition */
    Marking(World world, Recipe recipe, long seed, Path folder) {
        this.world = world;
        this.recipe = recipe;
        this.seed = seed;
        this.folder = folder;
    }

    /** Before stage 2: what the controlled exams get without it. */
    void askAligned(VisionLanguageModel model) {
        examinations().forEach((name, questions) -> {
            if (name.endsWith("/aligned")) ask(model, name, questions);
        });
    }

    /** After both stages. */
    void askTuned(VisionLanguageModel model) {
        examinations().forEach((name, questions) -> {
            if (!name.endsWith("/aligned")) ask(model, name, questions);
        });
        keep(Predictions.of(model, placed(world.bench()), BENCH_TOKENS), BENCH);
    }

    /** Questions by exam and condition: {@code pairs/blind}. */
    private Map<String, Questions> examinations() {
        Map<String, Questions> all = new LinkedHashMap<>();
        for (Exam exam : world.exams(recipe)) {
            all.put(exam.name() + "/tuned", exam.questions());
            if (!exam.controlled()) continue;
            all.put(exam.name() + "/aligned", exam.questions());
            all.put(exam.name() + "/blind", exam.questions().swapped(seed));
            all.put(exam.name() + "/text only", exam.withoutPictures());
        }
        return all;
    }

    private void ask(VisionLanguageModel model, String name, Questions questions) {
        keep(Predictions.of(model, placed(questions.questions()), recipe.order().tokens()), name);
    }

    private void keep(Predictions said, String name) {
        said.write(file(name));
    }

    private Path file(String name) {
        return folder.resolve(recipe.name() + "-" + seed + "-" + name.replaceAll("\\W+", "-") + ".jsonl");
    }

    /** Questions as the recipe was tuned to read them: the picture where it stood. */
    private List<Question> placed(List<Question> questions) {
        if (recipe.place() != PicturePlace.AFTER) return questions;
        return questions.stream()
                .map(question -> question.image() == null
                        ? question
                        : question.withText(recipe.place().place(question.text())))
                .toList();
    }

    /** The scores of the kept replies, as {@link Outcome} names them. */
    Map<String, Double> measures() {
        Map<String, Double> measures = new LinkedHashMap<>();
        examinations().forEach((name, questions) -> {
            List<String> answers = new ArrayList<>();
            for (Reply reply : Predictions.read(file(name)).replies()) {
                answers.add(recipe.order().answer(reply.text()));
            }
            Evaluation.of(same -> answers, questions)
                    .scores()
                    .forEach((kind, score) -> measures.put(name + "/" + kind, score.accuracy()));
        });
        judged(measures);
        return measures;
    }

    private void judged(Map<String, Double> measures) {
        Judgements judgements = world.judge().compare(world.bench(), Predictions.read(file(BENCH)));
        for (Marks.Mark mark : judgements.marks().marks()) {
            if (mark.measure().equals("relative")) measures.put("judge/" + mark.group(), mark.value());
            if (mark.measure().equals("unparsed")) measures.put("judge unparsed/" + mark.group(), mark.value());
        }
    }
}
