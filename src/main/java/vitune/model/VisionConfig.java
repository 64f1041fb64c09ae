package vitune.model;

import com.google.gson.JsonObject;

/** Sizes of a vision encoder, as {@code vision_config} of a Hugging Face folder states them. */
public sealed interface VisionConfig permits ClipConfig, EvaConfig {
    /** Side of the square picture in pixels, S. */
    int imageSize();

    /** Side of a patch in pixels. */
    int patch();

    /** Width of the features, Dv. */
    int width();

    /** Number of blocks. */
    int layers();

    /** Attention heads. */
    int heads();

    /** Width inside the feed-forward layer. */
    int hidden();

    /** Rows of what the encoder gives for one picture: patches, and CLS before them where it is kept. */
    int features();

    /** Rows of it that a connector without queries makes tokens of. */
    int pictureTokens();

    /**
     * The same encoder whose features are those of another block: an EVA ViT ends there, a CLIP ViT says so.
     *
     * @param layer 1 for the first block, or -1 for the last, -2 for the one before
     * @throws IllegalArgumentException if there is no such block
     */
    VisionConfig withFeatureLayer(int layer);

    /** Which block that is, from 1. */
    static int block(int layer, int layers) {
        int block = layer < 0 ? layers + 1 + layer : layer;
        if (block < 1 || block > layers) {
            throw new IllegalArgumentException(
                    "feature layer must be in 1.." + layers + " or -" + layers + "..-1, got " + layer);
        }
        return block;
    }

    /** Whether the features depend on a parameter of the encoder; a folder may hold more. */
    default boolean uses(String parameter) {
        return true;
    }

    /** Writes the fields into {@code config.json} of a model under their Hugging Face names; other fields stay. */
    void writeTo(JsonObject model);

    /** Patches a picture is cut into, P. */
    default int patches() {
        return (imageSize() / patch()) * (imageSize() / patch());
    }

    /** @throws IllegalArgumentException if a size is below 1, or one does not divide the other */
    static void check(int imageSize, int patch, int width, int layers, int heads, int hidden) {
        Json.atLeast(1, "vision patch_size", patch);
        Json.within(1, 1000, "vision num_hidden_layers", layers);
        Json.atLeast(1, "vision num_attention_heads", heads);
        Json.atLeast(1, "vision intermediate_size", hidden);
        if (imageSize < patch || imageSize % patch != 0) {
            throw Json.wrong("vision image_size", "be a multiple of patch_size " + patch, imageSize);
        }
        Json.within(1, 10_000, "vision image_size / patch_size", imageSize / patch);
        if (width < heads || width % heads != 0) {
            throw Json.wrong("vision hidden_size", "be a multiple of num_attention_heads " + heads, width);
        }
    }

    /** Writes the sizes that all vision encoders have. */
    static void writeSizes(VisionConfig config, JsonObject json) {
        json.addProperty("image_size", config.imageSize());
        json.addProperty("patch_size", config.patch());
        json.addProperty("hidden_size", config.width());
        json.addProperty("num_hidden_layers", config.layers());
        json.addProperty("num_attention_heads", config.heads());
        json.addProperty("intermediate_size", config.hidden());
    }
}
