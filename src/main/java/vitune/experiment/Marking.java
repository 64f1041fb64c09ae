package vitune.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vitune.data.PicturePlace;
import vitune.data.Question;
import vitune.data.Reply;
import vitune.evaluate.Evaluation;
import vitune.evaluate.Marks;
import vitune.evaluate.Predictions;
import vitune.evaluate.Questions;
import vitune.model.VisionLanguageModel;

/**
 * Asks a model the exams and the bench, keeps every reply, and scores what was kept: the scores can be had again without
 * the model.
 */
final class Marking {
    private static final String BENCH = "bench";
    private static final String TUNED = "tuned";
    private static final String ALIGNED = "aligned";
    private static final String BLIND = "blind";
    private static final String TEXT_ONLY = "text only";

    private final World world;
    private final Recipe recipe;
    private final long seed;
    private final Path folder;
    private final String cell;

    /**
     * @param fingerprint of the outcome; the first digits stand in the names of the files
     * @param folder where replies are kept, a file for each exam and condition
     */
    Marking(World world, Recipe recipe, long seed, String fingerprint, Path folder) {
        this.world = world;
        this.recipe = recipe;
        this.seed = seed;
        this.folder = folder;
        cell = world.name() + "-" + recipe.name() + "-" + seed + "-" + fingerprint.substring(0, 8);
    }

    /** Before stage 2: what the controlled exams get without it. */
    void askAligned(VisionLanguageModel model) {
        for (Exam exam : world.exams(recipe)) {
            if (exam.controlled()) ask(model, exam, ALIGNED);
        }
    }

    /** After both stages. */
    void askTuned(VisionLanguageModel model) {
        for (Exam exam : world.exams(recipe)) {
            conditions(exam).stream().filter(c -> !c.equals(ALIGNED)).forEach(c -> ask(model, exam, c));
        }
        List<Question> bench = world.bench(recipe);
        if (!bench.isEmpty()) keep(said(model, bench, world.benchTokens()), BENCH);
    }

    private static List<String> conditions(Exam exam) {
        return exam.controlled() ? List.of(TUNED, ALIGNED, BLIND, TEXT_ONLY) : List.of(TUNED);
    }

    private Questions questions(Exam exam, String condition) {
        return switch (condition) {
            case BLIND -> exam.questions().swapped(seed);
            case TEXT_ONLY -> exam.withoutPictures();
            default -> exam.questions();
        };
    }

    private void ask(VisionLanguageModel model, Exam exam, String condition) {
        keep(said(model, questions(exam, condition).questions(), exam.tokens()), exam.name() + "/" + condition);
    }

    /** Replies to questions, each with the picture where the recipe was tuned to find it. */
    private Predictions said(VisionLanguageModel model, List<Question> questions, int tokens) {
        if (recipe.place() != PicturePlace.AFTER) return Predictions.of(model, questions, tokens);
        return Predictions.of(
                asked -> Predictions.of(model, placed(asked), tokens).replies().stream()
                        .map(Reply::text)
                        .toList(),
                questions,
                model.toString(),
                "greedy, at most " + tokens + " tokens, the picture after the instruction");
    }

    private void keep(Predictions said, String name) {
        said.write(file(name));
    }

    private Path file(String name) {
        return folder.resolve(cell + "-" + name.replaceAll("\\W+", "-") + ".jsonl");
    }

    private List<Question> placed(List<Question> questions) {
        return questions.stream()
                .map(question -> question.image() == null
                        ? question
                        : question.withText(recipe.place().place(question.text())))
                .toList();
    }

    /** The scores of the kept replies, as {@link Outcome} names them. */
    Map<String, Double> measures() {
        Map<String, Double> measures = new LinkedHashMap<>();
        for (Exam exam : world.exams(recipe)) {
            for (String condition : conditions(exam)) {
                String name = exam.name() + "/" + condition;
                Questions questions = questions(exam, condition);
                List<String> answers = Predictions.read(file(name)).answering(questions).stream()
                        .map(said -> exam.answer().apply(said.question(), said.reply()))
                        .toList();
                Evaluation.of(asked -> answers, questions)
                        .scores()
                        .forEach((kind, score) -> measures.put(name + "/" + kind, score.accuracy()));
            }
        }
        judged(measures);
        return measures;
    }

    /** While a question has no answer of the judge there is no score, only how many have none; {@code rescore} asks again. */
    private void judged(Map<String, Double> measures) {
        List<Question> bench = world.bench(recipe);
        if (bench.isEmpty()) return;
        Marks marks =
                world.judge().compare(bench, Predictions.read(file(BENCH))).marks();
        boolean whole = marks.value("unanswered") == 0;
        for (Marks.Mark mark : marks.marks()) {
            String measure = mark.measure();
            if (whole && measure.equals("relative")) measures.put("judge/" + mark.group(), mark.value());
            if (List.of("unparsed", "unanswered").contains(measure)) {
                measures.put("judge " + measure + "/" + mark.group(), mark.value());
            }
        }
    }
}
