package vitune.experiment;

import static vitune.data.ResponseType.COMPLEX_REASONING;
import static vitune.data.ResponseType.CONVERSATION;
import static vitune.data.ResponseType.DETAILED_DESCRIPTION;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import vitune.data.PicturePlace;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.tune.FreezePlan;

/**
 * A table: what is varied, what is measured, and what the paper measured.
 *
 * @param id of the command line and of files: "4" is the paper's table 4
 * @param title what is varied
 * @param source where the paper has it, or what it is of our own
 * @param claim what the paper found or we expect, to be seen or not
 * @param columns what is measured, name and measure of an {@link Outcome}; {@code {seen}} and {@code {withheld}} stand
 *     for the exams of a row
 * @param rows recipes
 */
public record Experiment(
        String id, String title, String source, String claim, Map<String, String> columns, List<Row> rows) {

    /**
     * One row.
     *
     * @param label what is varied
     * @param paper what the paper has in these columns, by name; empty where it has nothing like it
     * @param seen name of the exam on what the tuning shows
     * @param withheld name of the exam on what it does not
     */
    public record Row(String label, Recipe recipe, Map<String, Double> paper, String seen, String withheld) {
        /** Copies what the paper has. */
        public Row {
            paper = Map.copyOf(paper);
        }

        Row(String label, Recipe recipe, Map<String, Double> paper) {
            this(label, recipe, paper, "wordings", Exam.QUESTIONS);
        }

        Row(String label, Recipe recipe) {
            this(label, recipe, Map.of());
        }

        private Row reasoned() {
            return new Row(label, recipe.reasoned(), paper, seen, withheld);
        }
    }

    /** Copies columns and rows. */
    public Experiment {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        rows = List.copyOf(rows);
    }

    private static final Map<String, String> JUDGED = columns(
            "conversation", "judge/conversation",
            "detail", "judge/detailed description",
            "complex", "judge/complex reasoning",
            "all", "judge/overall",
            "questions", "{withheld}/tuned/overall");

    private static final Map<String, String> QUESTIONS = columns(
            "presence", "{withheld}/tuned/presence",
            "colour", "{withheld}/tuned/colour",
            "count", "{withheld}/tuned/count",
            "relation", "{withheld}/tuned/relation",
            "questions", "{withheld}/tuned/overall",
            "judge", "judge/overall");

    private static final Recipe FULL = Recipe.full();
    private static final Recipe MLP = FULL.withConnector("mlp", "mlp");

    /** Which types of instruction data are needed. */
    public static final Experiment DATA = new Experiment(
            "4",
            "Which types of instruction data are needed",
            "paper §5.1, table 4: relative scores of a GPT-4 judge on LLaVA-Bench (COCO), 90 questions",
            "full > detail and complex > a little of them with conversation > conversation alone > no instruction tuning",
            JUDGED,
            List.of(
                    new Row("full data", FULL, judged(83.1, 75.3, 96.5, 85.1)),
                    new Row(
                            "detail + complex",
                            FULL.withData("detail-complex", Map.of(DETAILED_DESCRIPTION, 1.0, COMPLEX_REASONING, 1.0)),
                            judged(81.5, 73.3, 90.8, 81.9)),
                    new Row(
                            "conversation + 5 % detail + 10 % complex",
                            FULL.withData(
                                    "conversation-5-10",
                                    Map.of(
                                            CONVERSATION, 1.0,
                                            DETAILED_DESCRIPTION, 0.05,
                                            COMPLEX_REASONING, 0.1)),
                            judged(81.0, 68.4, 91.5, 80.5)),
                    new Row(
                            "conversation",
                            FULL.withData("conversation", Map.of(CONVERSATION, 1.0)),
                            judged(76.5, 59.8, 84.9, 73.8)),
                    new Row("no instruction tuning", FULL.withData("none", Map.of()), judged(22.0, 24.0, 18.5, 21.5))));

    /** Whether alignment comes first. */
    public static final Experiment ALIGNMENT = new Experiment(
            "8-align",
            "Stage 1 left out",
            "paper §5.2, table 8 (training from scratch): accuracy on ScienceQA",
            "without stage 1 something is lost: 90.92 falls to 85.81",
            QUESTIONS,
            List.of(
                    new Row("both stages", FULL, Map.of("questions", 90.92)),
                    new Row("stage 2 alone", FULL.unaligned("unaligned"), Map.of("questions", 85.81))));

    /** Which block of the vision encoder gives the features. */
    public static final Experiment LAYER = new Experiment(
            "8-layer",
            "Features of the last block, or of the one before",
            "paper §5.2, table 8 (visual features): accuracy on ScienceQA",
            "the last block is a little worse: 89.96 to 90.92",
            QUESTIONS,
            List.of(
                    new Row(
                            "the block before, MLP",
                            MLP.withFeatureLayer("mlp-layer-2", -2),
                            Map.of("questions", 90.92)),
                    new Row("the last block, MLP", MLP, Map.of("questions", 89.96))));

    /** Whether the answer or its reason comes first. */
    public static final Experiment ORDER = new Experiment(
            "8-order",
            "Answer first, or reason first",
            "paper §5.2, table 8 (chain of thought): accuracy on ScienceQA",
            "hardly a difference: 89.77 to 90.92; reason first learns sooner",
            QUESTIONS,
            List.of(
                    new Row(
                            "reason first",
                            FULL.withOrder("reason-first", AnswerOrder.REASON_FIRST),
                            Map.of("questions", 90.92)),
                    new Row(
                            "answer first",
                            FULL.withOrder("answer-first", AnswerOrder.ANSWER_FIRST),
                            Map.of("questions", 89.77))));

    /** What stands between eye and language. */
    public static final Experiment CONNECTOR = new Experiment(
            "connector",
            "Q-Former, MLP or one linear layer",
            "our own, after BLIP-2, LLaVA and LLaVA-1.5",
            "a Q-Former that was pretrained with its encoder needs less tuning than fresh layers; MLP > linear",
            QUESTIONS,
            List.of(
                    new Row("Q-Former, pretrained", FULL),
                    new Row("MLP, fresh", MLP),
                    new Row("linear, fresh", FULL.withConnector("linear", "linear"))));

    /** Where the picture stands. */
    public static final Experiment PLACE = new Experiment(
            "place",
            "The picture before or after the first instruction",
            "our own, after paper §4.2, equation 2 (by chance) and the released code (before)",
            "no difference to speak of",
            QUESTIONS,
            List.of(
                    new Row("before", FULL),
                    new Row("after", FULL.withPlace("after", PicturePlace.AFTER)),
                    new Row("by chance", FULL.withPlace("by-chance", PicturePlace.RANDOM))));

    /** How many weights of the language model are trained. */
    public static final Experiment ADAPTERS = new Experiment(
            "lora",
            "The language model in full, by adapters, or not at all",
            "our own, after LLaVA-1.5's scripts for LoRA",
            "adapters reach nearly what full tuning does; a frozen language model does not follow instructions",
            QUESTIONS,
            List.of(
                    new Row("full", FULL),
                    new Row("LoRA, rank 16", FULL.withPlan("lora", FreezePlan.lora(Lora.of(16)))),
                    new Row("frozen", FULL.withPlan("frozen", FreezePlan.align()))));

    /** What pretraining gave. */
    public static final Experiment SCRATCH = new Experiment(
            "scratch",
            "Without the pretraining of a part",
            "our own",
            "no part can be learnt from the tuning data alone",
            QUESTIONS,
            List.of(
                    new Row("all pretrained", FULL),
                    new Row("fresh language model", FULL.withFresh("fresh-language", Part.LANGUAGE)),
                    new Row("fresh Q-Former", FULL.withFresh("fresh-connector", Part.CONNECTOR)),
                    new Row("fresh vision encoder", FULL.withFresh("fresh-vision", Part.VISION))));

    /** What is understood that no tuning showed. */
    public static final Experiment GENERALISATION = new Experiment(
            "generalisation",
            "What the tuning never showed",
            "our own: share of the questions answered right",
            "what was withheld is answered nearly as well as what was shown, and not without seeing",
            columns(
                    "shown", "{seen}/tuned/overall",
                    "withheld", "{withheld}/tuned/overall",
                    "blind", "{withheld}/blind/overall",
                    "text only", "{withheld}/text only/overall",
                    "stage 1 only", "{withheld}/aligned/overall"),
            List.of(
                    new Row("pairs of thing and colour", FULL),
                    new Row("wordings", FULL, Map.of(), "wordings seen", "wordings"),
                    new Row(
                            "things: bus, cat",
                            FULL.withWithheld("no-bus-no-cat", Withheld.THINGS),
                            Map.of(),
                            "things seen",
                            "things"),
                    new Row(
                            "counts of four",
                            FULL.withWithheld("no-fours", Withheld.COUNTS),
                            Map.of(),
                            "counts seen",
                            "counts")));

    /** A type of answer that no tuning showed. */
    public static final Experiment TYPE = new Experiment(
            "type",
            "A type of answer that the tuning never showed",
            "our own: relative scores of the judge",
            "reasons are given by a model that never saw one only if reasoning carries over",
            columns(
                    "conversation", "judge/conversation",
                    "detail", "judge/detailed description",
                    "complex, withheld", "judge/complex reasoning"),
            List.of(
                    new Row("all types", FULL),
                    new Row(
                            "complex withheld",
                            FULL.withData("no-complex", Map.of(CONVERSATION, 1.0, DETAILED_DESCRIPTION, 1.0))),
                    new Row("no instruction tuning", FULL.withData("none", Map.of()))));

    /** All of them, the paper's first. */
    public static List<Experiment> all() {
        return List.of(DATA, ALIGNMENT, LAYER, ORDER, CONNECTOR, PLACE, ADAPTERS, SCRATCH, GENERALISATION, TYPE);
    }

    /** @throws IllegalArgumentException if there is none of this id */
    public static Experiment of(String id) {
        return all().stream().filter(one -> one.id.equals(id)).findFirst().orElseThrow(() -> {
            String ids = all().stream().map(Experiment::id).collect(Collectors.joining(", "));
            return new IllegalArgumentException("expected a table of " + ids + ", got \"" + id + "\"");
        });
    }

    /** The recipes of all rows, each once. */
    public List<Recipe> recipes() {
        return rows.stream().map(Row::recipe).distinct().toList();
    }

    /** The same with recipes that reason before they answer, as the paper's best one does. Source: paper §5.2, table 8. */
    Experiment reasoned() {
        return new Experiment(
                id,
                title,
                source,
                claim,
                columns,
                rows.stream().map(Row::reasoned).toList());
    }

    private static Map<String, String> columns(String... namesAndMeasures) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndMeasures.length; i += 2) {
            columns.put(namesAndMeasures[i], namesAndMeasures[i + 1]);
        }
        return columns;
    }

    private static Map<String, Double> judged(double conversation, double detail, double complex, double all) {
        return Map.of("conversation", conversation, "detail", detail, "complex", complex, "all", all);
    }

    @Override
    public String toString() {
        return id + ": " + title + " (" + source + "); " + rows.size() + " rows";
    }
}
