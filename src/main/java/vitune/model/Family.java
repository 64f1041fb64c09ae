package vitune.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A kind of checkpoint, as {@code model_type} in {@code config.json} names it. */
enum Family {
    BLIP2("blip-2", "Blip2ForConditionalGeneration", "q-former"),
    INSTRUCTBLIP("instructblip", "InstructBlipForConditionalGeneration", "q-former"),
    LLAVA("llava", "LlavaForConditionalGeneration", "mlp");

    private final String modelType;
    private final String architecture;
    private final String connector;

    Family(String modelType, String architecture, String connector) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.connector = connector;
    }

    String modelType() {
        return modelType;
    }

    /** The class of transformers that reads it. */
    String architecture() {
        return architecture;
    }

    /** The kind of connector it has unless its configuration names another. */
    String connector() {
        return connector;
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

    /** The family that parts of these kinds belong to. */
    static Family of(VisionConfig vision, ConnectorConfig connector) {
        if (vision instanceof ClipConfig) return LLAVA;
        return connector instanceof QFormerConfig former && former.reads() ? INSTRUCTBLIP : BLIP2;
    }
}
