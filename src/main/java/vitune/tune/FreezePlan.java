package vitune.tune;

import java.util.function.Predicate;
import vitune.data.InstructionSet;
import vitune.model.Lora;
import vitune.model.ModelConfig;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;

/**
 * Which parts of the model a stage trains.
 *
 * @param vision the vision encoder
 * @param connector the Q-Former with its projection, or the Linear or Mlp projector
 * @param language the language model
 */
public record FreezePlan(Treatment vision, Treatment connector, Treatment language) {
    /** Stage 1: the connector alone. Source: paper §4.2, stage 1 (vision encoder and language model frozen). */
    public static FreezePlan align() {
        return new FreezePlan(Treatment.FROZEN, Treatment.FULL, Treatment.FROZEN);
    }

    /** Stage 2 with low-rank adapters in place of the language model's weights. Source: LLaVA-1.5's scripts for LoRA. */
    public static FreezePlan lora(Lora lora) {
        return instruct().with(Part.LANGUAGE, Treatment.lora(lora));
    }

    /** Stage 2: connector and language model. Source: paper §4.2, stage 2 (vision encoder frozen). */
    public static FreezePlan instruct() {
        return new FreezePlan(Treatment.FROZEN, Treatment.FULL, Treatment.FULL);
    }

    /** The treatment of a part. */
    public Treatment of(Part part) {
        return switch (part) {
            case VISION -> vision;
            case CONNECTOR -> connector;
            case LANGUAGE -> language;
        };
    }

    /**
     * True for the names of parameters that this plan trains in a model: those of its parts on which anything depends. A
     * LLaVA takes the states of its encoder's last block but one ({@code vision_feature_layer}); what stands behind has
     * nothing to learn from, and keeps its bytes.
     */
    public Predicate<String> trained(ModelConfig model) {
        return name -> of(Part.of(name)).trains(name) && model.uses(name);
    }

    /** The same with another treatment of a part. */
    public FreezePlan with(Part part, Treatment treatment) {
        return new FreezePlan(
                part == Part.VISION ? treatment : vision,
                part == Part.CONNECTOR ? treatment : connector,
                part == Part.LANGUAGE ? treatment : language);
    }

    /**
     * Puts the adapters that the plan trains beside the weights of a model, from {@code seed}; those that are there stay.
     *
     * @throws IllegalStateException if a part that is to be trained in full, or by others, has adapters not merged yet
     */
    void prepare(VisionLanguageModel model, long seed) {
        for (Part part : Part.values()) {
            if (of(part) instanceof Treatment.LowRank low) model.adapters().add(part, low.lora(), seed);
            int beside = model.adapters().of(part).size();
            if (of(part) instanceof Treatment.Full && beside > 0) {
                throw new IllegalStateException("the " + part.label()
                        + " is to be trained in full, and has adapters on " + beside + " layers: merge() them first");
            }
        }
    }

    /** @throws IllegalArgumentException if a part is trained that only pictures reach, and the data of the stage has none */
    void requirePictures(String stage, InstructionSet data) {
        boolean needed = !vision.equals(Treatment.FROZEN) || !connector.equals(Treatment.FROZEN);
        if (needed && data.samples().stream().allMatch(sample -> sample.images().isEmpty())) {
            throw new IllegalArgumentException(stage + " trains what only pictures reach (" + this
                    + "): at least one sample must have a picture, got none in " + data.size() + " samples");
        }
    }

    @Override
    public String toString() {
        return "vision %s, connector %s, language %s".formatted(vision, connector, language);
    }
}
