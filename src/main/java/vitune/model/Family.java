package vitune.model;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A kind of checkpoint, as {@code model_type} in {@code config.json} names it. */
enum Family {
    BLIP2("blip-2", "Blip2ForConditionalGeneration", "q-former", "opt"),
    INSTRUCTBLIP("instructblip", "InstructBlipForConditionalGeneration", "q-former", "opt"),
    LLAVA("llava", "LlavaForConditionalGeneration", "mlp", "llama");

    private final String modelType;
    private final String architecture;
    private final String connector;
    private final String language;

    Family(String modelType, String architecture, String connector, String language) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.connector = connector;
        this.language = language;
    }

    String modelType() {
        return modelType;
    }

    /** The class of transformers that reads it. */
    String architecture() {
        return architecture;
    }

    /** What its processor is told of a model, beside how pictures are prepared. */
    JsonObject processor(ModelConfig config) {
        JsonObject json = new JsonObject();
        if (config.vision() instanceof ClipConfig clip) {
            json.addProperty("num_additional_image_tokens", 1); // CLS, which the strategy counts away
            json.addProperty("patch_size", clip.patch());
            json.addProperty("vision_feature_select_strategy", clip.whole() ? "full" : "default");
        } else {
            json.addProperty(ProcessorFiles.QUERIES, config.queries());
        }
        json.addProperty("processor_class", architecture.replace("ForConditionalGeneration", "Processor"));
        return json;
    }

    /** The kind of connector it has unless its configuration names another. */
    String connector() {
        return connector;
    }

    /** The kind of language model it has unless its configuration names another. */
    String language() {
        return language;
    }

    /** @throws IllegalArgumentException if it is not one that is built here */
    static Family of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the family \"" + modelType
                        + "\" (model_type) is not supported; supported: "
                        + Arrays.stream(values()).map(Family::modelType).collect(Collectors.joining(", "))));
    }

    /** Where a layer stands in the model object of transformers 5, by which PEFT names adapters. */
    String modulePath(String layer) {
        if (this != LLAVA) return layer;
        return "model." + layer.replaceFirst("^language_model\\.model\\.", "language_model.");
    }

    /** The family that parts of these kinds belong to. */
    static Family of(VisionConfig vision, ConnectorConfig connector) {
        if (vision instanceof ClipConfig) return LLAVA;
        return connector instanceof QFormerConfig former && former.reads() ? INSTRUCTBLIP : BLIP2;
    }
}
