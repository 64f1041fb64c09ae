package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.tensor.Gradients;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Every part of every family against Hugging Face transformers; see {@link Golden} for other sets of numbers. */
class GoldenTest {
    private Golden golden;
    private VisionLanguageModel model;

    static List<Path> families() {
        return Golden.folders();
    }

    private void open(Path family) {
        golden = new Golden(family);
        model = golden.model;
    }

    @AfterEach
    void close() {
        if (golden != null) golden.close();
    }

    @ParameterizedTest
    @MethodSource("families")
    void bothWordingsOfTheConfigurationMeanTheSame(Path family) {
        ModelConfig now = ModelConfig.parse(Json.read(family.resolve("config.json")));
        ModelConfig before = ModelConfig.parse(Json.read(family.resolve("config_legacy.json")));
        assertEquals(now.vision(), before.vision());
        assertEquals(now.connector(), before.connector());
        assertEquals(now.imageToken(), before.imageToken());
        assertEquals(language(now), language(before));
    }

    /** All fields but how tying is worded in a T5: a head that is stored decides. */
    private static JsonObject language(ModelConfig config) {
        JsonObject json = new JsonObject();
        config.language().writeTo(json);
        if (config.language() instanceof T5Config) json.remove("tie_word_embeddings");
        return json;
    }

    @ParameterizedTest
    @MethodSource("families")
    void visionStates(Path family) {
        open(family);
        List<NDArray> states = model.vision().states(golden.pixels());
        float[] all = new float[0];
        for (NDArray state : states) all = join(all, Kernels.floats(state));
        golden.check("vision.hidden_states", all);
        NDArray last = states.get(states.size() - 1);
        if (model.config().vision() instanceof EvaConfig eva) {
            NDArray features = model.visionFeatures(golden.pixels());
            golden.check("vision.last_hidden_state", features);
            Weights weights = new Weights(model.parameters(), model.adapters(), "vision_model.");
            golden.check("vision.pooler_output", weights.layerNorm(features.get(":, 0"), "post_layernorm", eva.eps()));
        } else {
            golden.check("vision.last_hidden_state", last);
            golden.check("vision.selected", model.visionFeatures(golden.pixels()));
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void connector(Path family) {
        open(family);
        NDArray features = model.visionFeatures(golden.pixels());
        Instruction instruction = golden.instruction("train");
        golden.check("connector.projected", model.connector().forward(features, instruction));
        if (!(model.connector() instanceof QFormer former)) {
            if (!golden.has("connector.projected_full_last")) return;
            ClipConfig clip = (ClipConfig) model.config().vision();
            ClipConfig full = new ClipConfig(
                    clip.imageSize(),
                    clip.patch(),
                    clip.width(),
                    clip.layers(),
                    clip.heads(),
                    clip.hidden(),
                    clip.eps(),
                    clip.quick(),
                    -1,
                    true,
                    clip.initStd());
            NDArray whole = VisionEncoder.of(full, new Weights(model.parameters(), model.adapters(), ""))
                    .forward(golden.pixels());
            golden.check("connector.projected_full_last", model.connector().forward(whole, null));
            return;
        }
        NDArray queries = former.queries(features, instruction);
        NDArray expected = golden.get("qformer.last_hidden_state")
                .get(":, :" + model.config().queries());
        double atol = golden.json
                .getAsJsonObject("tensors")
                .getAsJsonObject("qformer.last_hidden_state")
                .get("atol")
                .getAsDouble();
        double worst = Golden.largest(Kernels.floats(expected), Kernels.floats(queries));
        assertTrue(worst <= atol, "queries: largest difference " + worst + ", tolerance " + atol);
        for (NDArray map : former.attention(features, instruction)) {
            for (float sum : map.sum(new int[] {3}).toFloatArray()) assertEquals(1, sum, 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void logitsLossAndLabelProbabilities(Path family) {
        open(family);
        Batch batch = golden.train();
        NDArray embedded = model.embed(batch, Precision.F32);
        golden.check("lm.inputs_embeds", embedded);
        NDArray logits = model.language()
                .logits(model.language().states(embedded, batch.mask(), batch.labels(), null)); // [B, L, V]
        float[] expected = golden.floats("train.logits");
        float[] got = Kernels.floats(logits);
        int words = model.config().language().vocabulary();
        if (model.language().lag() == 1) { // rows of padding mean nothing
            long[] mask = batch.mask().toLongArray();
            for (int i = 0; i < got.length; i++) if (mask[i / words] == 0) got[i] = expected[i];
        }
        golden.check("train.logits", got);

        float loss = model.lossSum(batch, Precision.F32).getFloat() / batch.supervised();
        golden.check("train.loss", new float[] {loss});
        golden.check("train.label_logprob", labelLogProbabilities(logits, batch.labels()));
    }

    /** log p of each label, 0 where there is none. */
    private float[] labelLogProbabilities(NDArray logits, NDArray labels) {
        int lag = model.language().lag();
        int words = model.config().language().vocabulary();
        int width = (int) labels.getShape().get(1);
        float[] all = Kernels.floats(Kernels.logSoftmax(logits));
        long[] ids = labels.toLongArray();
        float[] chosen = new float[ids.length - golden.rows * lag];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == -100) continue;
            int row = i / width;
            chosen[i - (row + 1) * lag] = all[(i - lag) * words + (int) ids[i]];
        }
        return chosen;
    }

    @ParameterizedTest
    @MethodSource("families")
    void gradientsOfEveryParameter(Path family) {
        open(family);
        model.parameters().train(name -> true);
        try (NDManager scratch = golden.manager.newSubManager()) {
            Map<String, NDArray> gradients = gradients(scratch);
            for (String name : golden.tensors.names()) {
                if (name.startsWith("grad/")) golden.check(name, gradients.get(ours(name.substring(5))));
            }
            golden.json.getAsJsonObject("parameters").asMap().forEach((name, row) -> {
                double expected = number(row.getAsJsonObject(), "grad_l2");
                NDArray gradient = gradients.get(ours(name));
                double norm = gradient == null ? 0 : norm(gradient);
                assertEquals(expected, norm, 1e-5 * Math.max(1, expected), name);
            });
        }
    }

    /** Three AdamW steps: one group with every parameter, true global clipping. */
    @ParameterizedTest
    @MethodSource("families")
    void threeStepsOfAdamW(Path family) {
        open(family);
        export("initial");
        train();
        export("step3");
        golden.json.getAsJsonObject("parameters").asMap().forEach((name, row) -> {
            if (row.getAsJsonObject().has("ill_conditioned")) return;
            NDArray parameter = model.parameters().require(ours(name));
            if (golden.has("step3/" + name)) golden.check("step3/" + name, parameter);
            double expected = number(row.getAsJsonObject(), "step3_l2");
            double slack = 20 * number(row.getAsJsonObject(), "step3_noise") * Math.sqrt(parameter.size())
                    + 1e-5 * Math.max(1, expected);
            assertEquals(expected, norm(parameter), slack, name);
        });
        Batch batch = golden.train();
        float loss = model.lossSum(batch, Precision.F32).getFloat() / batch.supervised();
        golden.check("step3.loss", new float[] {loss});
        NDArray hidden = model.language().states(model.embed(batch, Precision.F32), batch.mask(), batch.labels(), null);
        NDArray logits = model.language().logits(hidden);
        golden.check("step3.label_logprob", labelLogProbabilities(logits, batch.labels()));
        golden.check("step3.logits_last", atLastLabels(logits, batch.labels()));
        assertWords("step3.greedy_ids", model.generate(golden.prompts(), Decoding.greedy(), most(), (row, id) -> {}));
    }

    /** {@code -Dvitune.export=DIR}: leaves the model as a folder, so that transformers can be asked what it reads in it. */
    private void export(String state) {
        String out = System.getProperty("vitune.export");
        if (out != null) model.save(Path.of(out, golden.folder.getFileName().toString(), state));
    }

    /** The three steps of the golden set, on the model's own weights. */
    private void train() {
        JsonObject settings = golden.json.getAsJsonObject("optimizer");
        model.parameters().train(name -> true);
        Map<String, NDArray> first = new LinkedHashMap<>();
        Map<String, NDArray> second = new LinkedHashMap<>();
        model.parameters().asMap().forEach((name, array) -> {
            first.put(name, array.zerosLike());
            second.put(name, array.zerosLike());
        });
        float[] losses = new float[settings.get("steps").getAsInt()];
        float[] norms = new float[losses.length];
        for (int step = 1; step <= losses.length; step++) {
            try (NDManager scratch = golden.manager.newSubManager()) {
                Batch batch = golden.train();
                losses[step - 1] = model.lossSum(batch, Precision.F32).getFloat() / batch.supervised();
                Map<String, NDArray> gradients = gradients(scratch);
                norms[step - 1] = (float)
                        InPlace.clipGlobalNorm(List.copyOf(gradients.values()), number(settings, "max_grad_norm"), 1);
                List<String> reached = List.copyOf(gradients.keySet());
                InPlace.adamW(
                        reached.stream().map(model.parameters()::require).toList(),
                        List.copyOf(gradients.values()),
                        reached.stream().map(first::get).toList(),
                        reached.stream().map(second::get).toList(),
                        step,
                        number(settings, "lr"),
                        settings.getAsJsonArray("betas").get(0).getAsDouble(),
                        settings.getAsJsonArray("betas").get(1).getAsDouble(),
                        number(settings, "weight_decay"),
                        number(settings, "eps"));
                Gradients.zero(reached.stream().map(model.parameters()::require).toList());
            }
        }
        model.parameters().train(name -> false);
        golden.check("train.losses", losses);
        golden.check("train.grad_norms", norms);
    }

    /** The gradients of the mean loss, by name, of the parameters that they reach. */
    private Map<String, NDArray> gradients(NDManager scratch) {
        Batch batch = golden.train();
        try (Gradients gradients = Gradients.record()) {
            gradients.backward(model.lossSum(batch, Precision.F32).div(batch.supervised()));
        }
        Map<String, NDArray> all = new LinkedHashMap<>();
        model.parameters().asMap().forEach((name, array) -> {
            NDArray gradient = Gradients.of(array, scratch);
            if (gradient != null) all.put(name, gradient);
        });
        return all;
    }

    @ParameterizedTest
    @MethodSource("families")
    void bf16StaysNear(Path family) {
        open(family);
        Batch batch = golden.train();
        float loss = model.lossSum(batch, Precision.BF16).getFloat() / batch.supervised();
        golden.check("bf16.loss", new float[] {loss});
        NDArray hidden =
                model.language().states(model.embed(batch, Precision.BF16), batch.mask(), batch.labels(), null);
        golden.check("bf16.logits_last", atLastLabels(model.language().logits(hidden), batch.labels()));
    }

    /** The scores at the place that tells the last label of each row. */
    private float[] atLastLabels(NDArray logits, NDArray labels) {
        int words = model.config().language().vocabulary();
        int width = (int) labels.getShape().get(1);
        long[] ids = labels.toLongArray();
        float[] all = Kernels.floats(logits);
        float[] last = new float[golden.rows * words];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == -100) continue;
            System.arraycopy(all, (i - model.language().lag()) * words, last, i / width * words, words);
        }
        return last;
    }

    @ParameterizedTest
    @MethodSource("families")
    void greedyWordsAndBeams(Path family) {
        open(family);
        int beams = golden.json.getAsJsonObject("generation").get("num_beams").getAsInt();
        for (boolean early : new boolean[] {false, true}) {
            String tail = early ? "_eos_ids" : "_ids";
            VisionLanguageModel writer =
                    early ? stoppingAt(golden.get("gen.eos_token_used").toLongArray()[0]) : model;
            assertWords(
                    "gen.greedy" + tail, writer.generate(golden.prompts(), Decoding.greedy(), most(), (r, id) -> {}));
            assertWords(
                    "gen.beam" + beams + tail,
                    writer.generate(golden.prompts(), Decoding.beam(beams), most(), (r, id) -> {}));
            Batch prompts = golden.prompts();
            try (Continuation read = Gradients.off(
                    () -> model.language().read(model.embed(prompts, Precision.F32), prompts.mask(), golden.manager))) {
                int[] room = new int[golden.rows];
                Arrays.fill(room, most());
                List<BeamSearch.Written> best = Gradients.off(() -> new BeamSearch(
                                new Beam(beams, 1, 1), writer.specials(), ids -> false, room, golden.manager)
                        .run(read, Collections.nCopies(golden.rows, Set.of())));
                float[] scores = new float[best.size()];
                for (int i = 0; i < scores.length; i++)
                    scores[i] = (float) best.get(i).score();
                golden.check("gen.beam" + beams + (early ? "_eos" : "") + "_scores", scores);
            }
        }
    }

    private VisionLanguageModel stoppingAt(long stop) {
        SpecialTokens own = model.specials();
        SpecialTokens specials =
                new SpecialTokens(own.image(), own.imageLength(), own.bos(), List.of(stop), own.pad(), false);
        return new VisionLanguageModel(
                model.manager(), model.parameters(), model.setup().withSpecials(specials), Precision.F32);
    }

    private int most() {
        return golden.json.getAsJsonObject("generation").get("max_new_tokens").getAsInt();
    }

    /** Asserts that the rows are those of the tensor up to stop token and padding, which ours leave out. */
    private void assertWords(String name, List<long[]> written) {
        long[] expected = golden.get(name).toLongArray();
        int width = expected.length / golden.rows;
        long stop = name.contains("_eos_")
                ? golden.get("gen.eos_token_used").toLongArray()[0]
                : model.specials().stop();
        for (int row = 0; row < golden.rows; row++) {
            int end = row * width;
            while (end < (row + 1) * width && expected[end] != stop) end++;
            assertArrayEquals(Arrays.copyOfRange(expected, row * width, end), written.get(row), name + ", row " + row);
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void scoresWithAndWithoutTheCache(Path family) {
        open(family);
        Batch prompts = golden.prompts();
        int steps = golden.json.getAsJsonObject("generation").get("step_logits").getAsInt();
        long[] words = golden.get("gen.greedy_ids").toLongArray();
        int width = words.length / golden.rows;
        int vocabulary = model.config().language().vocabulary();
        float[] cached = new float[golden.rows * steps * vocabulary];
        float[] whole = new float[cached.length];
        Gradients.off(() -> {
            NDArray embedded = model.embed(prompts, Precision.F32);
            try (Continuation read = model.language().read(embedded, prompts.mask(), golden.manager)) {
                NDArray scores = read.first();
                for (int step = 0; step < steps; step++) {
                    put(scores, cached, step, steps);
                    put(fresh(prompts, words, width, step), whole, step, steps);
                    long[] next = new long[golden.rows];
                    for (int row = 0; row < next.length; row++) next[row] = words[row * width + step];
                    scores = read.next(next, new boolean[next.length]);
                }
            }
        });
        golden.check("gen.step_logits_cache", cached);
        golden.check("gen.step_logits_nocache", whole);
        assertTrue(Golden.largest(cached, whole) < 1e-4);
    }

    /** The scores behind the first {@code count} words, everything read again. */
    private NDArray fresh(Batch prompts, long[] words, int width, int count) {
        long[] said = new long[golden.rows * (count + 1)]; // the last one is not read yet, but needs a place as a label
        for (int i = 0; i < said.length; i++) said[i] = words[i / (count + 1) * width + i % (count + 1)];
        NDArray labels = golden.manager.create(said, new ai.djl.ndarray.types.Shape(golden.rows, count + 1));
        NDArray embedded = model.embed(prompts, Precision.F32);
        NDArray mask = prompts.mask();
        if (model.language().lag() == 1 && count > 0) {
            NDArray before = labels.get(":, :" + count);
            embedded = embedded.concat(model.language().embed(before), 1);
            mask = mask.concat(before.onesLike(), 1);
        }
        NDArray states = model.language().states(embedded, mask, labels, null);
        return model.language().logits(states.get(":, -1"));
    }

    private void put(NDArray scores, float[] into, int step, int steps) {
        float[] all = Kernels.floats(scores);
        int words = all.length / golden.rows;
        for (int row = 0; row < golden.rows; row++) {
            System.arraycopy(all, row * words, into, (row * steps + step) * words, words);
        }
    }

    /** Our name for a parameter that the golden set calls by its stored name. */
    private String ours(String stored) {
        return model.setup().storedNames().entrySet().stream()
                .filter(entry -> entry.getValue().equals(stored))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(stored);
    }

    private static double number(JsonObject json, String field) {
        return json.get(field).isJsonNull() ? 0 : json.get(field).getAsDouble();
    }

    private static double norm(NDArray array) {
        double norm = 0;
        for (float x : Kernels.floats(array)) norm += (double) x * x;
        return Math.sqrt(norm);
    }

    private static float[] join(float[] a, float[] b) {
        float[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
