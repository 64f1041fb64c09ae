package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitune.data.Pictures;
import vitune.data.Turn;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Properties of the whole model that must hold for any weights. */
class VisionLanguageModelTest {
    private static Golden golden;
    private static VisionLanguageModel model;

    @BeforeAll
    static void load() {
        golden = new Golden();
        model = golden.model;
    }

    @AfterAll
    static void close() {
        golden.close();
    }

    private static Batch batch(NDArray features, Rendered... rows) {
        return Batch.of(List.of(rows), 1, golden.manager).withFeatures(features);
    }

    private static NDArray features() {
        return golden.get("vision.last_hidden_state");
    }

    private static double loss(Batch batch) {
        return model.lossSum(batch, Precision.F32).getFloat();
    }

    private static Rendered row(String question, String answer, int images) {
        return model.render(List.of(new Turn(question, answer)), images);
    }

    @Test
    void theLossOfABatchIsTheSumOfItsRows() {
        Rendered text = row("What is this?", "a long text about no picture at all, on its own", 0);
        Rendered one = row("What is in the image?", "a cat", 1);
        Rendered two = row("Which one is red?", "the first of them", 2);
        NDArray seen = features();
        double apart = loss(Batch.of(List.of(text), 1, golden.manager))
                + loss(batch(seen.get("0:1"), one))
                + loss(batch(seen, two));
        assertEquals(apart, loss(batch(seen.get("0:1").concat(seen, 0), text, one, two)), 1e-3);
    }

    @Test
    void cachedFeaturesGiveTheLossOfPixelsToTheBit() {
        Batch pixels = golden.train();
        assertEquals(loss(pixels), loss(pixels.withFeatures(model.visionFeatures(golden.pixels()))));
    }

    @Test
    void whatIsNotLabelledIsNotLearned() {
        Batch batch = golden.train();
        double before = loss(batch);
        long[] ids = batch.ids().toLongArray();
        ids[65] = 77; // padding
        Batch otherPadding = new Batch(
                batch.pixels(), null, golden.manager.create(ids, batch.ids().getShape()), batch.labels(), batch.mask());
        assertEquals(before, loss(otherPadding));

        long[] labels = batch.labels().toLongArray();
        float[] logProbabilities = Kernels.floats(golden.get("train.label_logprob"));
        labels[20] = -100;
        Batch oneLess = new Batch(
                batch.pixels(),
                null,
                batch.ids(),
                golden.manager.create(labels, batch.ids().getShape()),
                batch.mask());
        assertEquals(batch.supervised() - 1, oneLess.supervised());
        assertEquals(before + logProbabilities[19], loss(oneLess), 1e-3);
    }

    @Test
    void aBatchWithoutLabelsIsAnError() {
        Batch nothing = Batch.of(List.of(model.prompt(List.of(), "What?", 0)), 1, golden.manager);
        assertThrows(IllegalArgumentException.class, () -> loss(nothing));
    }

    @Test
    void imageTokensAndFeaturesMustAgree() {
        Rendered one = row("What?", "a cat", 1);
        Batch more = batch(features(), one);
        IllegalArgumentException tooMany = assertThrows(IllegalArgumentException.class, () -> loss(more));
        assertTrue(tooMany.getMessage().contains("4") && tooMany.getMessage().contains("8"), tooMany.getMessage());
        Batch blind = Batch.of(List.of(one), 1, golden.manager);
        IllegalArgumentException none = assertThrows(IllegalArgumentException.class, () -> loss(blind));
        assertTrue(none.getMessage().contains("4") && none.getMessage().contains("0"), none.getMessage());
    }

    @Test
    void aSequenceBeyondThePositionsIsAnError() {
        Batch deep = Batch.of(List.of(row("What?", " the".repeat(80), 0)), 1, golden.manager);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> loss(deep));
        assertTrue(e.getMessage().contains("64 positions"), e.getMessage());
    }

    private static List<long[]> write(List<Rendered> prompts, List<float[]> pixels, Decoding decoding, int maxTokens) {
        return new Answering(model).write(prompts, pixels, decoding, maxTokens, (row, id) -> {});
    }

    @Test
    void answersInABatchEqualAnswersAlone() {
        List<Rendered> prompts = List.of(
                model.prompt(List.of(), "What is in the image?", 1),
                model.prompt(List.of(new Turn("Is it red?", "no, it is blue")), "And how many are there?", 1),
                model.prompt(List.of(), "Why?", 1));
        List<float[]> pixels = new ArrayList<>();
        for (int i = 0; i < 3; i++) pixels.add(golden.get("pixels.pil").get(i).toFloatArray());
        List<long[]> together = write(prompts, pixels, Decoding.greedy(), 12);
        for (int i = 0; i < 3; i++) {
            long[] alone = write(prompts.subList(i, i + 1), pixels.subList(i, i + 1), Decoding.greedy(), 12)
                    .get(0);
            assertArrayEquals(alone, together.get(i), "row " + i);
        }
    }

    @Test
    void paddingOnTheLeftChangesNothing() {
        Rendered row = model.prompt(List.of(), "What is in the image?", 0);
        Batch plain = Batch.prompts(List.of(row), 1, golden.manager);
        long[] wide = new long[row.length() + 9];
        Arrays.fill(wide, -100);
        Batch padded = Batch.prompts(List.of(row, new Rendered(new long[wide.length], wide, 0)), 1, golden.manager);
        NDArray a = last(plain);
        NDArray b = last(padded);
        assertTrue(Golden.largest(Kernels.floats(a.get(0)), Kernels.floats(b.get(0))) < 1e-5);
    }

    private static NDArray last(Batch batch) {
        return model.language()
                .states(model.embed(batch, Precision.F32), batch.mask(), batch.labels(), null)
                .get(":, -1");
    }

    @Test
    void aPenaltyMakesWordsThatWereWrittenLessLikely() {
        List<Rendered> prompt = List.of(model.prompt(List.of(), "hello", 0));
        for (Decoding decoding : List.of(Decoding.greedy(), Decoding.beam(2), new Sample(1, 1, 1, 1, 7))) {
            long[] free = write(prompt, List.of(), decoding, 12).get(0);
            long[] once = write(prompt, List.of(), decoding.withRepetitionPenalty(1e6), 12)
                    .get(0);
            assertTrue(Arrays.stream(free).distinct().count() < free.length, "no word twice without a penalty");
            assertEquals(once.length, Arrays.stream(once).distinct().count(), "a word twice in spite of it");
        }
    }

    @Test
    void aStopStringEndsAnAnswerAndIsNoPartOfIt() {
        List<Rendered> prompt = List.of(model.prompt(List.of(), "hello", 0));
        long[] free = write(prompt, List.of(), Decoding.greedy(), 12).get(0);
        String said = model.tokenizer().decode(Arrays.copyOf(free, 6));
        String stop = said.substring(said.length() - 2);
        int first = 1;
        while (!model.tokenizer().decode(Arrays.copyOf(free, first)).contains(stop)) first++;
        ChatTemplate own = model.config().template();
        VisionLanguageModel stopping = model.withTemplate(new ChatTemplate(
                own.name(), null, own.user(), own.assistant(), stop, own.bare(), own.picturesFirst(), own.bos()));
        long[] cut = Gradients.off(() -> stopping.generate(
                        Batch.prompts(prompt, model.specials().pad(), golden.manager),
                        Decoding.greedy(),
                        12,
                        (r, id) -> {}))
                .get(0);
        assertArrayEquals(Arrays.copyOf(free, first), cut);
        assertFalse(stopping.text(cut).contains(stop));
    }

    @Test
    void samplingFollowsItsSeedAndItsLimits() {
        List<Rendered> prompt = List.of(model.prompt(List.of(), "What?", 0));
        long[] greedy = write(prompt, List.of(), Decoding.greedy(), 10).get(0);
        long[] first = write(prompt, List.of(), Decoding.sample(1.5, 7), 10).get(0);
        assertArrayEquals(
                first, write(prompt, List.of(), Decoding.sample(1.5, 7), 10).get(0));
        assertTrue(!Arrays.equals(
                first, write(prompt, List.of(), Decoding.sample(1.5, 8), 10).get(0)));
        for (Decoding sure :
                List.of(new Sample(1, 1, 1, 1, 7), new Sample(1, 0, 1e-9, 1, 7), Decoding.sample(1e-4, 7))) {
            assertArrayEquals(greedy, write(prompt, List.of(), sure, 10).get(0), sure.toString());
        }
        assertThrows(IllegalArgumentException.class, () -> Decoding.sample(0, 7));
    }

    @Test
    void aChatRemembers() {
        Chat chat = model.chat(golden.folder.resolve("image0_rgb.png")).with(Decoding.greedy(), 8);
        StringBuilder heard = new StringBuilder();
        String first = chat.ask("What is in the image?", heard::append);
        assertTrue(heard.length() > 0 && first.startsWith(heard.toString()), heard + " of " + first);
        String second = chat.ask("Why?");
        assertEquals(List.of(new Turn("What is in the image?", first), new Turn("Why?", second)), chat.history());
        assertEquals(
                first,
                model.answers(List.of(golden.folder.resolve("image0_rgb.png")), List.of("What is in the image?"), 8)
                        .get(0));
    }

    @Test
    void aBlankQuestionIsNotAsked() {
        Chat chat = model.chat(golden.folder.resolve("image0_rgb.png")).with(Decoding.greedy(), 1);
        List<String> heard = new ArrayList<>();
        String message = assertThrows(IllegalArgumentException.class, () -> chat.ask(" ", heard::add))
                .getMessage();
        assertEquals("a question must not be blank, got ' '", message);
        assertEquals(List.of(), heard);
    }

    @Test
    void weightsThatAreNoNumbersAreNamedInsteadOfAnAnswer() {
        try (VisionLanguageModel broken = VisionLanguageModel.random(model.config(), model.tokenizer(), 1)) {
            String name = broken.parameters().asMap().keySet().stream()
                    .filter(weight -> Part.of(weight) == Part.LANGUAGE)
                    .reduce((first, last) -> last)
                    .orElseThrow();
            broken.parameters().require(name).muli(Float.NaN);
            Chat chat = broken.chat(golden.folder.resolve("image0_rgb.png"));
            for (Decoding decoding : List.of(Decoding.greedy(), Decoding.beam(2), Decoding.sample(1, 7))) {
                String message = assertThrows(
                                IllegalStateException.class,
                                () -> chat.with(decoding, 2).ask("Why?"))
                        .getMessage();
                assertEquals(
                        "the scores of an answer's first word must be finite, got others: " + name
                                + " holds numbers that are not finite",
                        message);
            }
        }
    }

    @Test
    void aClosedModelSaysSo() {
        VisionLanguageModel closed = VisionLanguageModel.random(model.config(), model.tokenizer(), 1);
        closed.close();
        List<Runnable> uses = List.of(
                closed::parameters,
                () -> closed.chat(golden.folder.resolve("image0_rgb.png")).ask("Why?"),
                () -> closed.answers(Collections.singletonList(null), List.of("Why?"), 1),
                () -> closed.save(golden.folder.resolve("nowhere")),
                () -> closed.project(features()));
        for (Runnable use : uses) {
            assertEquals(
                    "the model is closed",
                    assertThrows(IllegalStateException.class, use::run).getMessage());
        }
    }

    @Test
    void aLongChatForgetsItsOldestTurnsButNeverThePicture() {
        Chat chat = model.chat(golden.folder.resolve("image0_rgb.png")).with(Decoding.greedy(), 4);
        String question = "Why?";
        for (int turn = 0; turn < 6; turn++) chat.ask(question);
        List<Turn> all = chat.history();
        assertEquals(6, all.size());
        Rendered shown = chat.prompt(question);
        int kept = 0;
        while (!shown.equals(model.prompt(all.subList(6 - kept, 6), question, 1))) kept++; // throws if none is equal
        assertTrue(kept > 0 && kept < 6, kept + " turns are shown");
        int positions = model.config().language().maxTokens();
        assertTrue(shown.length() + 3 <= positions, shown.length() + " tokens and 4 new ones, the last never read");
        assertTrue(model.prompt(all.subList(5 - kept, 6), question, 1).length() + 3 > positions, "one more would fit");
        assertEquals(
                model.config().queries(),
                Arrays.stream(shown.ids())
                        .filter(id -> id == model.config().imageToken())
                        .count());
    }

    @Test
    void attentionIsAShareOfThePictureForEachQuery() {
        BufferedImage picture = Pictures.read(golden.folder.resolve("image0_rgb.png"));
        float[][] rows = model.attention(picture);
        assertEquals(4, rows.length);
        for (float[] row : rows) {
            double sum = 0;
            for (float share : row) sum += share;
            assertEquals(17, row.length);
            assertEquals(1, sum, 1e-5);
        }
        try (VisionLanguageModel linear = model.withConnector(ConnectorConfig.linear(), 1)) {
            assertThrows(IllegalStateException.class, () -> linear.attention(picture));
        }
    }

    @Test
    void nothingStaysBehind() {
        int before = model.manager().getManagedArrays().size();
        for (int step = 0; step < 3; step++) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                Batch batch = Batch.of(List.of(row("What?", "a cat", 1)), 1, model.manager())
                        .withPixels(model.processor().stack(List.of(new float[3 * 28 * 28]), model.manager()));
                for (Precision precision : List.of(Precision.F32, Precision.BF16)) {
                    try (Gradients gradients = Gradients.record()) {
                        model.parameters().train(name -> Part.of(name) != Part.VISION);
                        gradients.backward(model.lossSum(batch, precision));
                    }
                }
            } finally {
                Gradients.zero(model.parameters().trained().arrays());
                model.parameters().train(name -> false);
            }
            model.answers(List.of(golden.folder.resolve("image0_rgb.png")), List.of("What?"), 4);
        }
        assertEquals(before, model.manager().getManagedArrays().size());
    }

    @Test
    void tablesCountEveryParameterOnce() {
        assertEquals(model.parameters().size(), model.table().rowCount());
        long all = model.parameters().count();
        assertEquals(2 * all, (long) model.summary().longColumn("parameters").sum());
        assertEquals(0, (long) model.summary().longColumn("trained").sum());
        assertNotEquals(0, all);
    }
}
