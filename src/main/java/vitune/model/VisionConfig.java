package vitune.model;

import com.google.gson.JsonObject;

/** Sizes of a vision encoder, as {@code vision_config} of a Hugging Face folder states them. */
public sealed interface VisionConfig permits EvaConfig {
    /** Side of the square picture in pixels, S. */
    int imageSize();

    /** Patches a picture is cut into, P. */
    int patches();

    /** Width of the features, Dv. */
    int width();

    /** Writes the fields into {@code json} under their Hugging Face names; other fields stay. */
    void writeTo(JsonObject json);
}
