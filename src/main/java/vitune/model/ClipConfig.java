package vitune.model;

import com.google.gson.JsonObject;

/**
 * CLIP's vision transformer: {@code model_type} {@code clip_vision_model}, and which of its states LLaVA takes.
 *
 * @param imageSize side of the square picture in pixels, default 224
 * @param patch side of a patch in pixels, default 32
 * @param width features per patch, default 768
 * @param layers blocks, default 12
 * @param heads attention heads, default 12
 * @param hidden width inside the feed-forward layer, default 3072
 * @param eps of the layer norms, default 1e-5
 * @param quick true for {@code quick_gelu} (CLIP's own), false for exact {@code gelu}
 * @param featureLayer whose states are the features: 0 for the embeddings, n for block n, -1 for the last block, default -2
 * @param whole true to keep CLS ({@code full}), false to leave it out ({@code default})
 * @param initStd standard deviation of fresh weights, default 0.02
 */
public record ClipConfig(
        int imageSize,
        int patch,
        int width,
        int layers,
        int heads,
        int hidden,
        double eps,
        boolean quick,
        int featureLayer,
        boolean whole,
        double initStd)
        implements VisionConfig {

    /** @throws IllegalArgumentException if a size is below 1, one does not divide the other, or there is no such layer */
    public ClipConfig {
        VisionConfig.check(imageSize, patch, width, layers, heads, hidden);
        if (featureLayer < -layers - 1 || featureLayer > layers) {
            throw Json.wrong("vision_feature_layer", "be between " + (-layers - 1) + " and " + layers, featureLayer);
        }
    }

    /** A vision transformer with CLIP's constants and LLaVA's choice of features. */
    public ClipConfig(int imageSize, int patch, int width, int layers, int heads) {
        this(imageSize, patch, width, layers, heads, 4 * width, 1e-5, true, -2, false, 0.02);
    }

    static ClipConfig read(JsonObject model) {
        JsonObject json = Json.object(model, "vision_config");
        Json.expect(json, "model_type", "clip_vision_model");
        Json.expect(json, "num_channels", 3);
        return new ClipConfig(
                Json.integer(json, "image_size", 224),
                Json.integer(json, "patch_size", 32),
                Json.integer(json, "hidden_size", 768),
                Json.integer(json, "num_hidden_layers", 12),
                Json.integer(json, "num_attention_heads", 12),
                Json.integer(json, "intermediate_size", 3072),
                Json.number(json, "layer_norm_eps", 1e-5),
                Json.oneOf(json, "hidden_act", "quick_gelu", "gelu").equals("quick_gelu"),
                Json.integer(model, "vision_feature_layer", -2),
                Json.oneOf(model, "vision_feature_select_strategy", "default", "full")
                        .equals("full"),
                Json.number(json, "initializer_range", 0.02));
    }

    @Override
    public void writeTo(JsonObject model) {
        JsonObject json = Json.object(model, "vision_config");
        json.addProperty("model_type", "clip_vision_model");
        VisionConfig.writeSizes(this, json);
        json.addProperty("layer_norm_eps", eps);
        json.addProperty("hidden_act", quick ? "quick_gelu" : "gelu");
        json.addProperty("initializer_range", initStd);
        model.add("vision_config", json);
        model.addProperty("vision_feature_layer", featureLayer);
        model.addProperty("vision_feature_select_strategy", whole ? "full" : "default");
        model.addProperty("image_seq_length", features());
    }

    @Override
    public ClipConfig withFeatureLayer(int layer) {
        int block = VisionConfig.block(layer, layers);
        return new ClipConfig(
                imageSize, patch, width, layers, heads, hidden, eps, quick, block - layers - 1, whole, initStd);
    }

    @Override
    public int features() {
        return patches() + (whole ? 1 : 0);
    }

    @Override
    public int pictureTokens() {
        return features();
    }

    /** Not the blocks behind the one whose states are the features, nor the norm behind the last. */
    @Override
    public boolean uses(String parameter) {
        if (parameter.startsWith(ClipEncoder.PREFIX + "post_layernorm.")) return false;
        if (!parameter.startsWith(ClipEncoder.LAYERS)) return true;
        String block =
                parameter.substring(ClipEncoder.LAYERS.length(), parameter.indexOf('.', ClipEncoder.LAYERS.length()));
        return Integer.parseInt(block) < runs();
    }

    /** Blocks that have to run for the features: the others change nothing. */
    public int runs() {
        return featureLayer < 0 ? layers + 1 + featureLayer : featureLayer;
    }
}
