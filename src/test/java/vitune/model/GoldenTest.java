package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Every part against Hugging Face transformers. */
class GoldenTest {
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

    @Test
    void visionStates() {
        golden.check("vision.last_hidden_state", model.visionFeatures(golden.pixels()));
    }

    @Test
    void queriesAndTheirProjection() {
        NDArray features = golden.get("vision.last_hidden_state");
        golden.check("qformer.last_hidden_state", ((QFormer) model.connector()).queries(features));
        golden.check("connector.projected", model.project(features));
    }

    @Test
    void crossAttentionMapsSumToOneOverTheWholePicture() {
        List<NDArray> maps = ((QFormer) model.connector()).attention(golden.get("vision.last_hidden_state"));
        assertEquals(2, maps.size(), "layers that look at the picture");
        for (NDArray map : maps) {
            assertEquals(new Shape(2, 3, 4, 17), map.getShape()); // [B, H, Q, P+1]
            for (float sum : map.sum(new int[] {3}).toFloatArray()) assertEquals(1, sum, 1e-5);
        }
    }

    @Test
    void picturesTakeThePlacesOfImageTokens() {
        golden.check("lm.inputs_embeds", model.embed(golden.train(), Precision.F32));
    }

    @Test
    void logitsLossAndLabelProbabilities() {
        Batch batch = golden.train();
        NDArray hidden = model.language().forward(model.embed(batch, Precision.F32), batch.mask(), null);
        NDArray logits = model.language().logits(hidden);
        long[] mask = batch.mask().toLongArray();
        float[] expected = Kernels.floats(golden.get("train.logits"));
        float[] got = Kernels.floats(logits);
        for (int i = 0; i < got.length; i++) if (mask[i / 320] == 0) got[i] = expected[i];
        golden.check("train.logits", got, 1);

        float loss = model.lossSum(batch, Precision.F32).getFloat() / batch.supervised();
        golden.check("train.loss", new float[] {loss}, 1);

        float[] all = Kernels.floats(Kernels.logSoftmax(logits));
        long[] labels = batch.labels().toLongArray();
        float[] chosen = new float[2 * 32];
        for (int row = 0; row < 2; row++) {
            for (int t = 1; t < 33; t++) {
                long label = labels[row * 33 + t];
                if (label != -100) chosen[row * 32 + t - 1] = all[(row * 33 + t - 1) * 320 + (int) label];
            }
        }
        golden.check("train.label_logprob", chosen, 1);
    }

    @Test
    void gradientsOfEveryPart() {
        Batch batch = golden.train();
        model.parameters().train(name -> true);
        try (Gradients gradients = Gradients.record();
                NDManager scratch = golden.manager.newSubManager()) {
            gradients.backward(model.lossSum(batch, Precision.F32).div(batch.supervised()));
            for (String name : golden.tensors.names()) {
                if (!name.startsWith("grad/")) continue;
                golden.check(name, Gradients.of(model.parameters().require(name.substring(5)), scratch));
            }
            golden.json.getAsJsonObject("parameters").asMap().forEach((name, row) -> {
                float[] gradient =
                        Kernels.floats(Gradients.of(model.parameters().require(name), scratch));
                double norm = 0;
                for (float g : gradient) norm += (double) g * g;
                double expected = row.getAsJsonObject().get("grad_l2").getAsDouble();
                assertEquals(expected, Math.sqrt(norm), 1e-5 * Math.max(1, expected), name);
            });
        } finally {
            Gradients.zero(model.parameters().arrays());
            model.parameters().train(name -> false);
        }
    }

    /** The scope of lossSum closes what it made; the graph must not read memory that Java has given to others since. */
    @Test
    void backwardNeedsNothingThatWasClosed() {
        String name = "language_model.model.decoder.embed_positions.weight";
        model.parameters().train(name::equals);
        Batch batch = golden.train();
        try (Gradients gradients = Gradients.record();
                NDManager scratch = golden.manager.newSubManager()) {
            NDArray loss = model.lossSum(batch, Precision.F32);
            System.gc();
            List<ByteBuffer> others = new ArrayList<>();
            for (int i = 0; i < 4000; i++) {
                ByteBuffer other = ByteBuffer.allocateDirect(8 * (1 + i % 80));
                while (other.hasRemaining()) other.put((byte) 1);
                others.add(other);
            }
            gradients.backward(loss.div(batch.supervised()));
            golden.check("grad/" + name, Gradients.of(model.parameters().require(name), scratch));
            assertEquals(4000, others.size());
        } finally {
            Gradients.zero(model.parameters().trained().arrays());
            model.parameters().train(any -> false);
        }
    }

    @Test
    void onlyTheTrainedPartGetsGradients() {
        model.parameters().train(name -> Part.of(name) == Part.CONNECTOR);
        try (Gradients gradients = Gradients.record();
                NDManager scratch = golden.manager.newSubManager()) {
            gradients.backward(model.lossSum(golden.train(), Precision.F32));
            model.parameters().asMap().forEach((name, array) -> {
                boolean reached = array.hasGradient() && Gradients.of(array, scratch) != null;
                assertEquals(Part.of(name) == Part.CONNECTOR, reached, name);
            });
        } finally {
            Gradients.zero(model.parameters().trained().arrays());
            model.parameters().train(name -> false);
        }
    }

    @Test
    void bf16StaysNear() {
        Batch batch = golden.train();
        float loss = model.lossSum(batch, Precision.BF16).getFloat() / batch.supervised();
        golden.check("bf16.loss", new float[] {loss}, 1);
        NDArray hidden = model.language().forward(model.embed(batch, Precision.BF16), batch.mask(), null);
        float[] all = Kernels.floats(model.language().logits(hidden));
        float[] last = new float[2 * 320];
        int[] places = {31, 30}; // before the last supervised label
        for (int row = 0; row < 2; row++) System.arraycopy(all, (row * 33 + places[row]) * 320, last, row * 320, 320);
        golden.check("bf16.logits_last", last, 1);
    }

    @Test
    void greedyWords() {
        Batch prompts = new Batch(
                golden.pixels(),
                null,
                golden.get("gen.input_ids"),
                golden.get("gen.input_ids"),
                golden.get("gen.attention_mask"));
        List<long[]> written = model.generate(prompts, Decoding.greedy(), 20, (row, id) -> {});
        assertArrayEquals(golden.get("gen.greedy_ids").toLongArray(), padded(written));
    }

    @Test
    void greedyWordsUpToAStopToken() {
        long stop = golden.get("gen.eos_token_used").toLongArray()[0];
        SpecialTokens specials = new SpecialTokens(316, 4, 2, List.of(stop), 1);
        VisionLanguageModel stopping = new VisionLanguageModel(
                model.manager(), model.config(), model.parameters(), model.tokenizer(), model.processor(), specials);
        Batch prompts = new Batch(
                golden.pixels(),
                null,
                golden.get("gen.input_ids"),
                golden.get("gen.input_ids"),
                golden.get("gen.attention_mask"));
        long[] expected = golden.get("gen.greedy_eos_ids").toLongArray();
        for (int i = 0; i < expected.length; i++) if (expected[i] == stop) expected[i] = 1; // ours leave it out
        assertArrayEquals(expected, padded(stopping.generate(prompts, Decoding.greedy(), 20, (row, id) -> {})));
    }

    private static long[] padded(List<long[]> rows) {
        return rows.stream()
                .flatMapToLong(row -> {
                    long[] full = new long[20];
                    Arrays.fill(full, 1);
                    System.arraycopy(row, 0, full, 0, row.length);
                    return Arrays.stream(full);
                })
                .toArray();
    }

    @Test
    void scoresWithAndWithoutTheCache() {
        NDArray embeddings = model.embed(
                new Batch(
                        golden.pixels(),
                        null,
                        golden.get("gen.input_ids"),
                        golden.get("gen.input_ids"),
                        golden.get("gen.attention_mask")),
                Precision.F32);
        NDArray mask = golden.get("gen.attention_mask");
        NDArray words = golden.get("gen.greedy_ids");
        float[] cached = new float[2 * 4 * 320];
        float[] whole = new float[2 * 4 * 320];
        try (KvCache cache = new KvCache(2, golden.manager)) {
            NDArray now = embeddings;
            for (int step = 0; step < 4; step++) {
                put(model.language().logits(model.language().forward(now, mask, cache)), cached, step);
                put(model.language().logits(model.language().forward(embeddings, mask, null)), whole, step);
                now = model.language().embed(words.get(":, " + step + ":" + (step + 1)));
                embeddings = embeddings.concat(now, 1);
                mask = mask.concat(golden.manager.ones(new Shape(2, 1), mask.getDataType()), 1);
            }
        }
        golden.check("gen.step_logits_cache", cached, 1);
        golden.check("gen.step_logits_nocache", whole, 1);
        assertTrue(Golden.largest(cached, whole) < 1e-4);
    }

    private static void put(NDArray logits, float[] into, int step) {
        float[] last = Kernels.floats(logits.get(":, -1"));
        for (int row = 0; row < 2; row++) System.arraycopy(last, row * 320, into, (row * 4 + step) * 320, 320);
    }
}
