package vitune.model;

import com.google.gson.JsonObject;

/** Sizes of a language model, as {@code text_config} of a Hugging Face folder states them. */
public sealed interface LanguageConfig permits LlamaConfig, OptConfig, T5Config {
    /** Width of embeddings and hidden states, D. */
    int width();

    /** Rows of the embedding table, V. */
    int vocabulary();

    /** Longest sequence in tokens, image tokens included; {@code Integer.MAX_VALUE} where nothing limits it. */
    int maxTokens();

    /** Number of blocks. */
    int layers();

    /** Whether an encoder reads the prompt and a decoder writes the answer (T5); others do both in one sequence. */
    default boolean encoderDecoder() {
        return false;
    }

    /**
     * Places whose scores [n, V] are there at once where a text is learned: as many as take 64 MiB in f32, at least one.
     * Source: Liger Kernel, arXiv:2410.10989, §3.2, which cuts the head and its loss into pieces likewise.
     */
    default int placesAtOnce() {
        return Math.max(1, (64 << 20) / (4 * vocabulary()));
    }

    /** Writes the fields into {@code json} under their Hugging Face names; other fields stay. */
    void writeTo(JsonObject json);

    /**
     * Reads {@code text_config}, by its {@code model_type}.
     *
     * @param usual the kind if it names none: {@code llama} for a LLaVA, else {@code opt}
     */
    static LanguageConfig read(JsonObject json, String usual) {
        String type = Json.text(json, "model_type", usual);
        return switch (type) {
            case "opt" -> OptConfig.read(json);
            case "llama" -> LlamaConfig.read(json);
            case "t5" -> T5Config.read(json);
            default ->
                throw new IllegalArgumentException("the language model \"" + type
                        + "\" (text_config.model_type) is not supported; supported: opt, llama, t5");
        };
    }
}
