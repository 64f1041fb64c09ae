package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.Table;
import vitune.data.Pictures;
import vitune.data.Turn;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Parameters;
import vitune.tensor.Precision;

/**
 * A model that reads pictures and text and writes text: vision encoder, connector, language model.
 *
 * <p>Source: BLIP-2, arXiv:2301.12597; InstructBLIP, arXiv:2305.06500; LLaVA, arXiv:2304.08485. A folder of it is what
 * {@code Blip2-}, {@code InstructBlip-} and {@code LlavaForConditionalGeneration} of transformers read and write. Frozen
 * weights keep the precision they are stored in, trained ones are f32 masters; a computation casts them inside the graph.
 * The model owns its arrays; close it to free them. Not for several threads at once.
 */
public final class VisionLanguageModel implements AutoCloseable {
    private static final int MAX_CHAT_TOKENS = 64;
    private static final long MAX_SHARD_BYTES = 5_000_000_000L; // as transformers
    private final NDManager manager;
    private final Parameters parameters;
    private final Adapters adapters;
    private final Setup setup;
    private final Precision precision;
    private final Flow flow;

    VisionLanguageModel(NDManager manager, Parameters parameters, Setup setup, Precision precision) {
        this(
                manager,
                parameters,
                new Adapters(parameters, manager, setup.config().family()),
                setup,
                precision);
    }

    private VisionLanguageModel(
            NDManager manager, Parameters parameters, Adapters adapters, Setup setup, Precision precision) {
        this.manager = manager;
        this.parameters = parameters;
        this.adapters = adapters;
        this.setup = setup;
        this.precision = precision;
        flow = Flow.of(setup.config(), parameters, adapters);
    }

    // ---------------------------------------------------------------- folders

    /**
     * Loads a Hugging Face folder: {@code config.json}, {@code model.safetensors} (or shards), {@code tokenizer.json},
     * {@code preprocessor_config.json}, {@code generation_config.json}. Weights keep their precision.
     *
     * @throws IllegalArgumentException if something in it is not what a model of its family has
     * @throws UncheckedIOException if there is no such folder or a file is absent
     */
    public static VisionLanguageModel load(Path folder) {
        return Checkpoint.load(folder);
    }

    /**
     * Saves a folder of the same form, all or nothing. What was never trained has the bytes it was read with, what was
     * trained is f32; a head that is tied to the embedding table is not stored. Weights above 5 GB go into several files.
     *
     * <p>Files of a folder that was there before and that are no part of a model stay. It is replaced by two renames: a
     * crash between them leaves what it held in {@code NAME.old-*} beside it, which {@link #load} then names.
     *
     * @throws IllegalArgumentException as {@link #requireSavable} says
     */
    public void save(Path folder) {
        save(folder, MAX_SHARD_BYTES);
    }

    /**
     * For a look before the training: fails where {@link #save} would.
     *
     * @throws IllegalArgumentException if it is a file or lies in one, or if it is the working folder or holds it
     */
    public static void requireSavable(Path folder) {
        Checkpoint.requireSavable(folder);
    }

    /** {@link #save(Path)} with files of weights of at most so many bytes each, or one array. */
    public void save(Path folder, long maxShardBytes) {
        requireOpen();
        Checkpoint.save(this, folder, maxShardBytes);
    }

    /**
     * A model that knows nothing yet: weights as transformers draws them, from {@code seed}.
     *
     * @throws IllegalArgumentException if its connector reads, since that takes a tokenizer of its own
     */
    public static VisionLanguageModel random(ModelConfig config, Tokenizer tokenizer, long seed) {
        return random(config, tokenizer, Precision.F32, seed);
    }

    /** {@link #random(ModelConfig, Tokenizer, long)} with weights kept in a precision: bf16 takes half the memory. */
    public static VisionLanguageModel random(ModelConfig config, Tokenizer tokenizer, Precision stored, long seed) {
        if (config.reads()) {
            throw new IllegalArgumentException("a fresh q-former that reads is not built here; load an InstructBLIP");
        }
        NDManager own = Engines.newManager();
        return new VisionLanguageModel(
                own, Blueprint.of(config).draw(seed, stored, own), Setup.of(config, tokenizer), stored);
    }

    /**
     * The same vision encoder and language model with a connector that knows nothing yet. All weights are copies:
     * training the one leaves the other as it is.
     *
     * @throws IllegalStateException if the model has adapters that are not merged
     */
    public VisionLanguageModel withConnector(ConnectorConfig other, long seed) {
        return redrawn(config().withConnector(other), Part.CONNECTOR, seed);
    }

    /**
     * The same model with one part that knows nothing yet, drawn from {@code seed}: what did its pretraining give? All
     * weights are copies.
     *
     * @throws IllegalStateException if the model has adapters that are not merged
     */
    public VisionLanguageModel withFresh(Part part, long seed) {
        return redrawn(config(), part, seed);
    }

    /**
     * The same model that takes its features from another block of the vision encoder, with a connector of the same kind
     * that knows nothing yet. Source: paper §5.2, table 8, features of the last layer or the one before.
     *
     * @param layer 1 for the first block, or -1 for the last, -2 for the one before and so on
     * @throws IllegalArgumentException if there is no such block
     * @throws IllegalStateException if the model has adapters that are not merged
     */
    public VisionLanguageModel withFeatureLayer(int layer, long seed) {
        VisionConfig other = config().vision().withFeatureLayer(layer);
        return redrawn(config().withVision(other), Part.CONNECTOR, seed);
    }

    private VisionLanguageModel redrawn(ModelConfig changed, Part fresh, long seed) {
        adapters.requireNoneBeside("another " + fresh.label() + " would lose");
        NDManager own = Engines.newManager();
        Parameters drawn = Blueprint.of(changed).draw(seed, Precision.F32, parameters, fresh, own);
        return new VisionLanguageModel(own, drawn, setup.withParts(changed), precision);
    }

    /**
     * Keeps the weights of a part in a lower precision from now on: in bf16 a frozen part takes half the memory of f32.
     * {@link #save} still writes, and training still starts from, the numbers of the folder the model was loaded from,
     * which must stay; weights that were trained or drawn stay as they are. Answers come from the rounded weights.
     */
    public void keep(Part part, Precision precision) {
        parameters.round(name -> Part.of(name) == part, precision);
    }

    /** The same model, over the same weights, that writes down conversations in another way. */
    public VisionLanguageModel withTemplate(ChatTemplate template) {
        return new VisionLanguageModel(
                manager, parameters, adapters, setup.withConfig(config().withTemplate(template)), precision);
    }

    /** The same model, over the same weights, that computes answers in this precision; training has its own. */
    public VisionLanguageModel withPrecision(Precision other) {
        return new VisionLanguageModel(manager, parameters, adapters, setup, other);
    }

    // ---------------------------------------------------------------- what it is made of

    /** The sizes of its parts. */
    public ModelConfig config() {
        return setup.config();
    }

    /** The named weights themselves, to freeze, train and hash. */
    public Parameters parameters() {
        requireOpen();
        return parameters;
    }

    /** The low-rank adapters beside the weights: none, until they are added or loaded. */
    public Adapters adapters() {
        return adapters;
    }

    /** One row a parameter: part, name, shape, count, trained or not. */
    public Table table() {
        return ModelTables.all(parameters);
    }

    /** One row a part: arrays, parameters, trained parameters, size. */
    public Table summary() {
        return ModelTables.summary(parameters);
    }

    /** Words to ids and back. */
    public Tokenizer tokenizer() {
        return setup.tokenizer();
    }

    /** Pictures to pixels. */
    public ImageProcessor processor() {
        return setup.processor();
    }

    /** Ids that mean something beside words, and how many tokens a picture takes. */
    public SpecialTokens specials() {
        return setup.specials();
    }

    /** What answers are computed in: bf16 where the language model is stored so, else f32. */
    public Precision precision() {
        return precision;
    }

    /** The part between eye and language. */
    public Connector connector() {
        return flow.connector();
    }

    /** The part that reads and writes. */
    public LanguageModel language() {
        return flow.language();
    }

    Flow flow() {
        return flow;
    }

    /** The part that sees. */
    VisionEncoder vision() {
        return flow.vision();
    }

    Setup setup() {
        return setup;
    }

    /** Owns the weights; arrays made with it live as long as the model, unless an {@code NDScope} is open. */
    public NDManager manager() {
        return manager;
    }

    // ---------------------------------------------------------------- look, and learn

    /**
     * What the vision encoder sees: pixels [N, 3, S, S] to [N, F, Dv] in f32, F = P+1 where CLS is kept, else P.
     * Without a graph unless the encoder is trained.
     */
    public NDArray visionFeatures(NDArray pixels) {
        return visionFeatures(pixels, Precision.F32);
    }

    /** {@link #visionFeatures(NDArray)} computed in another precision. */
    public NDArray visionFeatures(NDArray pixels, Precision precision) {
        return scoped(() -> flow.look(pixels, precision));
    }

    /**
     * What the connector makes of it: features [N, F, Dv] to tokens [N, Q, D].
     *
     * @throws IllegalArgumentException if the connector reads the instruction too
     */
    public NDArray project(NDArray features) {
        return scoped(() -> flow.connector().forward(features, null));
    }

    /**
     * The loss, summed (not averaged) over the supervised tokens of a batch, in f32: the mean over several batches is
     * their sum by all their tokens, however they were cut. Scores are computed only where something is learned.
     *
     * @param precision to compute in
     * @throws IllegalArgumentException if nothing in the batch is learned, or image tokens and features differ in
     *     number
     */
    public NDArray lossSum(Batch batch, Precision precision) {
        return scoped(() -> flow.lossSum(batch, precision));
    }

    /** Words and pictures of a batch as one sequence of vectors, [B, T, D]. */
    NDArray embed(Batch batch, Precision precision) {
        return flow.embed(batch, precision);
    }

    // ---------------------------------------------------------------- write

    /** A conversation to learn from, by the template of this model. */
    public Rendered render(List<Turn> turns, int images) {
        return setup.render(turns, images);
    }

    /** What comes before an answer, by the template of this model. */
    public Rendered prompt(List<Turn> history, String instruction, int images) {
        return setup.prompt(history, instruction, images);
    }

    /** Ids as text, without special tokens and outer spaces, up to a stop string of the template. */
    public String text(long[] ids) {
        return setup.text(ids);
    }

    /**
     * Writes answers to a batch of prompts, all at once, with a cache.
     *
     * @param prompts padded on the left: {@link Batch#prompts}
     * @param maxNewTokens at most, per row; fewer where the model runs out of positions
     * @param listener hears each token as it is written; with a {@link Beam} none, since words are taken back there
     * @return the new tokens of each row, without the stop token; a row ends with the token that completes a stop string
     *     of the template, which {@link #text} leaves out
     */
    public List<long[]> generate(Batch prompts, Decoding decoding, int maxNewTokens, TokenListener listener) {
        return new Answering(this).generate(prompts, decoding, maxNewTokens, listener);
    }

    /**
     * The most likely answers to single questions, one picture each or none.
     *
     * @param images as many as instructions; null for a question without a picture
     * @param maxNewTokens at most, per answer
     */
    public List<String> answers(List<@Nullable Path> images, List<String> instructions, int maxNewTokens) {
        return new Answering(this).answers(images, instructions, maxNewTokens);
    }

    /**
     * Where the queries look in a picture: the last layer that looks, its heads averaged.
     *
     * @return a row a query: the shares of CLS (where it is kept) and then of each patch, row by row of the picture;
     *     they sum to 1
     * @throws IllegalStateException if the connector is no Q-Former
     */
    public float[][] attention(BufferedImage image) {
        return attention(image, "");
    }

    /** {@link #attention(BufferedImage)} of a Q-Former that reads an instruction; one that does not ignores it. */
    public float[][] attention(BufferedImage image, String instruction) {
        return new Answering(this).attention(image, instruction);
    }

    /** A conversation about a picture. */
    public Chat chat(BufferedImage image) {
        return new Chat(this, List.of(processor().pixels(image)), Decoding.greedy(), MAX_CHAT_TOKENS);
    }

    /** A conversation about a picture in a file. */
    public Chat chat(Path image) {
        return chat(Pictures.read(image));
    }

    /** @throws IllegalStateException if it is closed */
    void requireOpen() {
        if (!manager.isOpen()) throw new IllegalStateException("the model is closed");
    }

    /** Frees the weights. */
    @Override
    public void close() {
        manager.close();
    }

    @Override
    public String toString() {
        return "VisionLanguageModel[%s, %s, %s, %,d parameters]"
                .formatted(
                        config().vision().getClass().getSimpleName(),
                                config().connector().kind(),
                        config().language().getClass().getSimpleName(), parameters.count());
    }

    /** Frees what was made on the way; the result goes to the caller's scope, as does all that is computed again. */
    private NDArray scoped(Supplier<NDArray> work) {
        requireOpen();
        if (Gradients.recomputes()) return work.get();
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
