package vitune.tune;

import java.util.function.Predicate;
import vitune.model.Part;

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

    /** True for the names of parameters that this plan trains. */
    public Predicate<String> trained() {
        return name -> of(Part.of(name)) != Treatment.FROZEN;
    }

    @Override
    public String toString() {
        return "vision %s, connector %s, language %s"
                .formatted(vision, connector, language)
                .toLowerCase();
    }
}
