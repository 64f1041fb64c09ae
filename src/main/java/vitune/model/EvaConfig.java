package vitune.model;

import com.google.gson.JsonObject;

/**
 * The vision transformer of BLIP-2 and InstructBLIP (EVA): {@code model_type} {@code blip_2_vision_model} or
 * {@code instructblip_vision_model}.
 *
 * @param imageSize side of the square picture in pixels, default 224
 * @param patch side of a patch in pixels, default 14
 * @param width features per patch, default 1408
 * @param layers blocks, default 39
 * @param heads attention heads, default 16
 * @param hidden width inside the feed-forward layer, default 6144
 * @param eps of the layer norms, default 1e-6
 * @param initStd standard deviation of fresh weights, default 0.02. <em>Differs:</em> transformers says 1e-10 here,
 *     since it never trains this part from scratch
 */
public record EvaConfig(
        int imageSize, int patch, int width, int layers, int heads, int hidden, double eps, double initStd)
        implements VisionConfig {

    /** @throws IllegalArgumentException if a size is below 1, or one does not divide the other */
    public EvaConfig {
        VisionConfig.check(imageSize, patch, width, layers, heads, hidden);
    }

    /** A vision transformer with BLIP-2's constants, and a feed-forward layer four times as wide as the features. */
    public EvaConfig(int imageSize, int patch, int width, int layers, int heads) {
        this(imageSize, patch, width, layers, heads, 4 * width, 1e-6, 0.02);
    }

    static EvaConfig read(JsonObject model) {
        JsonObject json = Json.object(model, "vision_config");
        Json.expect(json, "hidden_act", "gelu");
        Json.expect(json, "qkv_bias", true);
        return new EvaConfig(
                Json.integer(json, "image_size", 224),
                Json.integer(json, "patch_size", 14),
                Json.integer(json, "hidden_size", 1408),
                Json.integer(json, "num_hidden_layers", 39),
                Json.integer(json, "num_attention_heads", 16),
                Json.integer(json, "intermediate_size", 6144),
                Json.number(json, "layer_norm_eps", 1e-6),
                Json.number(json, "initializer_range", 0.02));
    }

    @Override
    public void writeTo(JsonObject model) {
        JsonObject json = Json.object(model, "vision_config");
        if (Json.get(json, "model_type") == null) json.addProperty("model_type", "blip_2_vision_model");
        VisionConfig.writeSizes(this, json);
        json.addProperty("layer_norm_eps", eps);
        json.addProperty("initializer_range", initStd);
        json.addProperty("hidden_act", "gelu");
        json.addProperty("qkv_bias", true);
        model.add("vision_config", json);
    }

    @Override
    public EvaConfig withFeatureLayer(int layer) {
        return new EvaConfig(imageSize, patch, width, VisionConfig.block(layer, layers), heads, hidden, eps, initStd);
    }

    @Override
    public int features() {
        return patches() + 1;
    }

    @Override
    public int pictureTokens() {
        return patches();
    }
}
