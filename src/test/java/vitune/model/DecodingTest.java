package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.tensor.Gradients;
import vitune.tensor.Precision;

/** How words are chosen, against transformers, and what it costs. */
class DecodingTest {
    private static Golden golden(String family) {
        return new Golden(Golden.folder().resolveSibling(family));
    }

    private static List<long[]> write(VisionLanguageModel model, Batch prompts, Decoding decoding, int most) {
        return model.generate(prompts, decoding, most, (row, id) -> {});
    }

    /**
     * The 8 words that transformers 5.18 writes with {@code repetition_penalty=1.5} to the two prompts of the golden set,
     * a row at a time, so that no padding counts; without a penalty, or one that does not count the prompt, they are others.
     */
    @ParameterizedTest
    @CsvSource({
        "blip2-opt,          1, 191 66 241 197 197 236 229 12,   197 66 191 59 37 113 149 196",
        "blip2-opt,          3, 208 113 132 248 197 191 197 197, 248 191 191 59 209 156 131 196",
        "blip2-t5,           1, 8 169 184 67 156 71 21 38,       8 169 156 67 184 140 136 170",
        "blip2-t5,           3, 8 169 169 48 47 71 67 184,       8 169 169 156 67 184 169 67",
        "instructblip-llama, 1, 332 46 255 189 161 178 348 114,  230 141 94 44 288 56 218 336",
        "instructblip-llama, 3, 332 56 231 255 189 162 288 161,  289 4 218 230 336 255 46 40",
        "llava-llama,        1, 169 403 327 283 34 338 326 105,  251 358 224 34 386 36 128 45",
        "llava-llama,        3, 105 323 326 69 85 4 327 297,     251 358 128 386 5 385 294 146"
    })
    void aPenaltyCountsThePromptAsTransformersDoes(String family, int beams, String first, String second) {
        Decoding plain = beams == 1 ? Decoding.greedy() : Decoding.beam(beams);
        try (Golden golden = golden(family)) {
            List<long[]> words = write(golden.model, golden.prompts(), plain.withRepetitionPenalty(1.5), 8);
            for (int row = 0; row < 2; row++) {
                long[] expected = Arrays.stream((row == 0 ? first : second).split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray();
                assertArrayEquals(expected, words.get(row), family + ", row " + row);
            }
        }
    }

    /** Counts what lives each time a word is added. */
    private record Counted(Continuation inner, VisionLanguageModel model, List<Integer> counts)
            implements Continuation {
        @Override
        public int rows() {
            return inner.rows();
        }

        @Override
        public NDArray first() {
            return inner.first();
        }

        @Override
        public NDArray next(long[] ids, boolean[] stopped) {
            counts.add(model.manager().getManagedArrays().size());
            return inner.next(ids, stopped);
        }

        @Override
        public void take(int[] rows) {
            inner.take(rows);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"blip2-opt", "blip2-t5", "llava-llama"})
    void aBeamHoldsNoMoreAfterManyWordsThanAfterOne(String family) {
        try (Golden golden = golden(family)) {
            VisionLanguageModel model = golden.model;
            SpecialTokens own = model.specials();
            SpecialTokens endless =
                    new SpecialTokens(own.image(), own.imageLength(), own.bos(), List.of(-1L), own.pad(), false);
            List<Integer> counts = new ArrayList<>();
            int[] room = new int[golden.rows];
            Arrays.fill(room, 8);
            Gradients.off(() -> {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    Batch prompts = golden.prompts();
                    NDArray read = model.embed(prompts, Precision.F32);
                    try (Continuation prompt = model.language().read(read, prompts.mask(), model.manager())) {
                        new BeamSearch(new Beam(3, 1, 1), endless, ids -> false, room, model.manager())
                                .run(
                                        new Counted(prompt, model, counts),
                                        Arrays.stream(room)
                                                .mapToObj(i -> Set.<Long>of())
                                                .toList());
                    }
                    return null;
                }
            });
            assertEquals(7, counts.size());
            assertEquals(1, new HashSet<>(counts).size(), "arrays before each word: " + counts);
        }
    }

    /** Two prompts, one of which leaves fewer positions: each is written as if it were alone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void eachRowWritesAsFarAsItsOwnPositionsReach(int beams) {
        Decoding decoding = beams == 1 ? Decoding.greedy() : Decoding.beam(beams);
        try (Golden golden = golden("blip2-opt")) {
            VisionLanguageModel model = golden.model;
            Rendered brief = model.prompt(List.of(), "What?", 0);
            Rendered lengthy = model.prompt(List.of(), "is it so, ".repeat(6), 0);
            int left = model.config().language().maxTokens() - lengthy.length() + 1;
            assertTrue(left > 1 && left < 30, left + " words are left");
            List<Rendered> both = List.of(brief, lengthy);
            long pad = model.specials().pad();
            List<long[]> together = write(model, Batch.prompts(both, pad, golden.manager), decoding, 30);
            for (int row = 0; row < 2; row++) {
                Batch one = Batch.prompts(both.subList(row, row + 1), pad, golden.manager);
                assertArrayEquals(write(model, one, decoding, 30).get(0), together.get(row), "row " + row);
            }
            assertEquals(left, together.get(1).length);
            assertEquals(30, together.get(0).length);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aStopStringEndsEachBeam(int beams) {
        try (Golden golden = golden("blip2-opt")) {
            VisionLanguageModel model = golden.model;
            Batch prompt = Batch.prompts(List.of(model.prompt(List.of(), "hello", 0)), 1, golden.manager);
            long[] free = write(model, prompt, Decoding.beam(beams), 12).get(0);
            String said = model.tokenizer().decode(Arrays.copyOf(free, 6));
            String stop = said.substring(said.length() - 1);
            ChatTemplate t = model.config().template();
            VisionLanguageModel stopping = model.withTemplate(new ChatTemplate(
                    t.name(), null, t.user(), t.assistant(), stop, t.bare(), t.picturesFirst(), t.bos()));
            long[] cut = write(stopping, prompt, Decoding.beam(beams), 12).get(0);
            String whole = model.tokenizer().decode(cut);
            String before = model.tokenizer().decode(Arrays.copyOf(cut, cut.length - 1));
            assertFalse(before.contains(stop), "\"" + before + "\" went on behind \"" + stop + "\"");
            assertTrue(cut.length == 12 || whole.contains(stop), whole);
        }
    }

    /** Scores whose probabilities are .5, .3, .15 and .05; what is kept shares out what is left out. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 1,   .5   .3   .15  .05",
        "1, 2, 1,   .625 .375 0    0",
        "1, 0, .7,  .625 .375 0    0",
        "1, 0, .81, .526 .316 .158 0",
        "1, 3, .6,  .625 .375 0    0",
        "2, 0, 1,   .384 .298 .210 .108", // roots of the probabilities
        "2, 3, .6,  .563 .437 0    0"
    })
    void wordsAreDrawnByTheirShares(double temperature, int topK, double topP, String shares) {
        double[] probabilities = {.15, .5, .05, .3};
        int[] place = {2, 0, 3, 1};
        float[] scores = new float[4];
        for (int i = 0; i < 4; i++) scores[i] = (float) Math.log(probabilities[i]) - 3;
        int draws = 20_000;
        int[] counts = new int[4];
        SplittableRandom random = new SplittableRandom(5);
        Sample sample = new Sample(temperature, topK, topP, 1, 7);
        for (int i = 0; i < draws; i++) counts[place[sample.draw(scores, random)]]++;
        String[] expected = shares.trim().split(" +");
        for (int i = 0; i < 4; i++) {
            double share = Double.parseDouble(expected[i]);
            assertEquals(share, counts[i] / (double) draws, share == 0 ? 0 : 0.015, "word " + i);
        }
    }
}
