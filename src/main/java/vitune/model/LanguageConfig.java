package vitune.model;

import com.google.gson.JsonObject;

/** Sizes of a language model, as {@code text_config} of a Hugging Face folder states them. */
public sealed interface LanguageConfig permits OptConfig {
    /** Width of embeddings and hidden states, D. */
    int width();

    /** Rows of the embedding table, V. */
    int vocabulary();

    /** Longest sequence in tokens, image tokens included. */
    int maxTokens();

    /** Number of blocks. */
    int layers();

    /** Writes the fields into {@code json} under their Hugging Face names; other fields stay. */
    void writeTo(JsonObject json);
}
