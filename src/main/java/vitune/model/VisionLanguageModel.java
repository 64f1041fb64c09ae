package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.Table;
import vitune.data.Pictures;
import vitune.data.Turn;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * A model that reads pictures and text and writes text: vision encoder, connector, language model.
 *
 * <p>Source: BLIP-2, arXiv:2301.12597. A folder of it is what {@code Blip2ForConditionalGeneration} of transformers
 * reads and writes. Weights are f32 masters; a computation in bf16 casts them inside the graph. The model owns its
 * arrays; close it to free them. Not for several threads at once.
 */
public final class VisionLanguageModel implements AutoCloseable {
    private static final int MAX_CHAT_TOKENS = 64;
    private static final int ANSWERS_AT_ONCE = 32;
    private final NDManager manager;
    private final ModelConfig config;
    private final Parameters parameters;
    private final Tokenizer tokenizer;
    private final ImageProcessor processor;
    private final SpecialTokens specials;
    private final VisionEncoder vision;
    private final Connector connector;
    private final LanguageModel language;

    VisionLanguageModel(
            NDManager manager, ModelConfig config, Parameters parameters, Tokenizer tokenizer, ImageProcessor processor,
            SpecialTokens specials) {
        this.manager = manager;
        this.config = config;
        this.parameters = parameters;
        this.tokenizer = tokenizer;
        this.processor = processor;
        this.specials = specials;
        vision = new EvaEncoder((EvaConfig) config.vision(), new Weights(parameters, EvaEncoder.PREFIX));
        connector = Connector.of(config, parameters);
        language = new OptDecoder((OptConfig) config.language(), new Weights(parameters, OptDecoder.PREFIX));
    }

    // ---------------------------------------------------------------- folders

    /**
     * Loads a Hugging Face folder: {@code config.json}, {@code model.safetensors} (or shards), {@code tokenizer.json},
     * {@code preprocessor_config.json}, {@code generation_config.json}. Weights become f32.
     *
     * @throws IllegalArgumentException if something in it is not what a model of its family has
     */
    public static VisionLanguageModel load(Path folder) {
        return Checkpoint.load(folder);
    }

    /** Saves a folder of the same form, all or nothing; the head that is tied to the embedding table is not stored. */
    public void save(Path folder) {
        Checkpoint.save(this, folder);
    }

    /** A model that knows nothing yet: weights as transformers draws them, from {@code seed}. */
    public static VisionLanguageModel random(ModelConfig config, Tokenizer tokenizer, long seed) {
        NDManager manager = Engines.newManager();
        Parameters parameters = new Parameters("random model");
        Blueprint.of(config).specs().forEach(
                (name, spec) -> parameters.put(name, manager.create(spec.draw(name, seed), spec.shape())));
        return new VisionLanguageModel(manager, config, parameters, tokenizer,
                ImageProcessor.clip(config.vision().imageSize()), SpecialTokens.of(config));
    }

    /**
     * The same vision encoder and language model with a connector that knows nothing yet. All weights are copies:
     * training the one leaves the other as it is.
     */
    public VisionLanguageModel withConnector(ConnectorConfig other, long seed) {
        ModelConfig changed = config.withConnector(other);
        NDManager own = Engines.newManager();
        Parameters copies = new Parameters("model with " + other.kind());
        Blueprint.of(changed).specs().forEach((name, spec) -> copies.put(name, Part.of(name) == Part.CONNECTOR
                ? own.create(spec.draw(name, seed), spec.shape())
                : Kernels.keep(parameters.require(name), own)));
        return new VisionLanguageModel(own, changed, copies, tokenizer, processor,
                new SpecialTokens(specials.image(), changed.queries(), specials.bos(), specials.stops(), specials.pad()));
    }

    /** The same model, over the same weights, that writes down conversations in another way. */
    public VisionLanguageModel withTemplate(ChatTemplate template) {
        return new VisionLanguageModel(manager, config.withTemplate(template), parameters, tokenizer, processor, specials);
    }

    // ---------------------------------------------------------------- what it is made of

    public ModelConfig config() {
        return config;
    }

    /** The named weights themselves, to freeze, train and hash. */
    public Parameters parameters() {
        return parameters;
    }

    /** One row a parameter: part, name, shape, count, trained or not. */
    public Table table() {
        return ModelTables.all(parameters);
    }

    /** One row a part: arrays, parameters, trained parameters, size. */
    public Table summary() {
        return ModelTables.summary(parameters);
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public ImageProcessor processor() {
        return processor;
    }

    public SpecialTokens specials() {
        return specials;
    }

    public VisionEncoder vision() {
        return vision;
    }

    public Connector connector() {
        return connector;
    }

    public LanguageModel language() {
        return language;
    }

    /** Owns the weights; arrays made with it live as long as the model, unless an {@code NDScope} is open. */
    public NDManager manager() {
        return manager;
    }

    // ---------------------------------------------------------------- look, and learn

    /**
     * What the vision encoder sees, after its last norm: pixels [N, 3, S, S] to [N, P+1, Dv] in f32. Without a graph
     * unless the encoder is trained.
     */
    public NDArray visionFeatures(NDArray pixels) {
        return scoped(() -> Kernels.cast(look(pixels, Precision.F32), Precision.F32));
    }

    /** What the connector makes of it: features [N, P+1, Dv] to tokens [N, Q, D]. */
    public NDArray project(NDArray features) {
        return scoped(() -> connector.forward(features));
    }

    /**
     * The loss, summed (not averaged) over the supervised tokens of a batch, in f32: the mean over several batches is
     * their sum by all their tokens, however they were cut. Scores are computed only where something is learned.
     *
     * @param precision to compute in
     * @throws IllegalArgumentException if nothing in the batch is learned, or image tokens and features differ in number
     */
    public NDArray lossSum(Batch batch, Precision precision) {
        return scoped(() -> {
            Targets targets = Targets.of(batch.labels());
            if (targets.ids().length == 0) throw new IllegalArgumentException("the batch has no token to learn");
            NDArray hidden = language.forward(embed(batch, precision), batch.mask(), null); // [B, T, D]
            NDManager near = batch.ids().getManager();
            NDArray learned = Kernels.rows(
                    hidden.reshape(-1, config.language().width()), near.create(targets.places())); // [N, D]
            return Kernels.crossEntropySum(language.logits(learned), near.create(targets.ids()));
        });
    }

    private NDArray look(NDArray pixels, Precision precision) {
        boolean trained = parameters.select(name -> Part.of(name) == Part.VISION).trained().size() > 0;
        NDArray cast = precision == Precision.F32 ? pixels : Kernels.cast(pixels, precision);
        return trained ? vision.forward(cast) : Gradients.off(() -> vision.forward(cast));
    }

    /** Words and pictures of a batch as one sequence of vectors, [B, T, D]. */
    NDArray embed(Batch batch, Precision precision) {
        NDArray words = language.embed(batch.ids());
        if (precision != Precision.F32) words = Kernels.cast(words, precision);
        NDArray places = batch.ids().eq(config.imageToken()); // [B, T]
        NDArray features = batch.features();
        if (features == null && batch.pixels() != null) features = look(batch.pixels(), precision);
        if (features == null) {
            long open = (long) Kernels.cast(places, Precision.F32).sum().getFloat();
            if (open > 0) throw new IllegalArgumentException("the text has " + open + " image tokens and no pictures, 0 features");
            return words;
        }
        NDArray tokens = connector.forward(Kernels.cast(features, precision)); // [N, Q, D]
        try {
            return Kernels.splice(words, places, tokens);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("image tokens of the text and features of the pictures differ in number: "
                    + e.getMessage(), e);
        }
    }

    // ---------------------------------------------------------------- write

    /** A conversation to learn from, by the template of this model. */
    public Rendered render(List<Turn> turns, int images) {
        return config.template().render(turns, images, tokenizer, specials);
    }

    /** What comes before an answer, by the template of this model. */
    public Rendered prompt(List<Turn> history, String instruction, int images) {
        return config.template().prompt(history, instruction, images, tokenizer, specials);
    }

    /** Ids as text, without special tokens and outer spaces. */
    public String text(long[] ids) {
        return tokenizer.decode(ids).strip();
    }

    /**
     * Writes answers to a batch of prompts, all at once, with a cache.
     *
     * @param prompts padded on the left: {@link Batch#prompts}
     * @param maxNewTokens at most, per row; fewer where the model runs out of positions
     * @return the new tokens of each row, without the stop token
     */
    public List<long[]> generate(Batch prompts, Decoding decoding, int maxNewTokens, TokenListener listener) {
        Json.atLeast(1, "maxNewTokens", maxNewTokens);
        int length = Padding.of(prompts.mask(), 1).longest();
        int most = Math.min(maxNewTokens, config.language().maxTokens() - length + 1);
        int rows = (int) prompts.ids().getShape().get(0);
        return Gradients.off(() -> {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                return new DecodingLoop(language, config.language().layers(), specials, manager)
                        .run(embed(prompts, Precision.F32), prompts.mask(), decoding.start(rows), most, listener);
            }
        });
    }

    /** The same for prompts and the pixels of their pictures, in order. */
    List<long[]> generate(
            List<Rendered> prompts, List<float[]> pixels, Decoding decoding, int maxNewTokens, TokenListener listener) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Batch batch = Batch.prompts(prompts, specials.pad(), manager);
            if (!pixels.isEmpty()) batch = batch.withPixels(processor.stack(pixels, manager));
            return generate(batch, decoding, maxNewTokens, listener);
        }
    }

    /**
     * The most likely answers to single questions, one picture each.
     *
     * @param images as many as instructions
     * @param maxNewTokens at most, per answer
     */
    public List<String> answers(List<Path> images, List<String> instructions, int maxNewTokens) {
        if (images.size() != instructions.size()) {
            throw new IllegalArgumentException(images.size() + " images for " + instructions.size() + " instructions");
        }
        List<String> answers = new ArrayList<>();
        Map<Path, float[]> seen = new LinkedHashMap<>();
        for (int from = 0; from < images.size(); from += ANSWERS_AT_ONCE) {
            int to = Math.min(from + ANSWERS_AT_ONCE, images.size());
            List<Rendered> prompts = instructions.subList(from, to).stream().map(q -> prompt(List.of(), q, 1)).toList();
            List<float[]> pixels = images.subList(from, to).stream()
                    .map(path -> seen.computeIfAbsent(path, p -> processor.pixels(Pictures.read(p)))).toList();
            generate(prompts, pixels, Decoding.greedy(), maxNewTokens, (row, id) -> {})
                    .forEach(ids -> answers.add(text(ids)));
        }
        return answers;
    }

    /** A conversation about a picture. */
    public Chat chat(BufferedImage image) {
        return new Chat(this, List.of(processor.pixels(image)), Decoding.greedy(), MAX_CHAT_TOKENS);
    }

    /** A conversation about a picture in a file. */
    public Chat chat(Path image) {
        return chat(Pictures.read(image));
    }

    /** Frees the weights. */
    @Override
    public void close() {
        manager.close();
    }

    @Override
    public String toString() {
        return "VisionLanguageModel[%s, %s, %s, %,d parameters]".formatted(
                config.vision().getClass().getSimpleName(), config.connector().kind(),
                config.language().getClass().getSimpleName(), parameters.count());
    }

    /** Frees what was made on the way; the result goes to the caller's scope. */
    private static NDArray scoped(Supplier<NDArray> work) {
        NDArray result;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            result = work.get();
            NDScope.unregister(result);
        }
        NDScope.register(result);
        return result;
    }
}
