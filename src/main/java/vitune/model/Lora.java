package vitune.model;

import java.util.List;

/**
 * Low-rank adaptation of linear layers: beside a frozen weight W [out, in] stands a change alpha/rank · B A with
 * A [rank, in] and B [out, rank], of which B starts at zero.
 *
 * <p>Source: LoRA, arXiv:2106.09685, §4.1; the numbers of {@code peft.LoraConfig}.
 *
 * @param rank columns of B, >= 1
 * @param alpha the change is scaled by alpha / rank, finite and > 0
 * @param dropout share of the inputs of A that are left out while training, in [0, 1)
 * @param targets the last words of the names of the layers that are adapted, "q_proj" or "self_attn.q_proj"; empty for
 *     all linear layers, without embeddings and head
 */
public record Lora(int rank, double alpha, double dropout, List<String> targets) {
    /** @throws IllegalArgumentException if a number is out of its range */
    public Lora {
        Json.atLeast(1, "rank", rank);
        if (!(alpha > 0 && Double.isFinite(alpha))) throw Json.wrong("alpha", "be finite and > 0", alpha);
        if (!(dropout >= 0 && dropout < 1)) throw Json.wrong("dropout", "be in [0, 1)", dropout);
        targets = List.copyOf(targets);
    }

    /** All linear layers, alpha twice the rank, no dropout. */
    public static Lora of(int rank) {
        return new Lora(rank, 2.0 * rank, 0, List.of());
    }

    /**
     * Rank 128, alpha 256, dropout 0.05, all linear layers. Source: LLaVA-1.5's released script for LoRA
     * ({@code finetune_lora.sh}; its dropout is the default of {@code train.py}).
     */
    public static Lora llava() {
        return new Lora(128, 256, 0.05, List.of());
    }

    public Lora withAlpha(double alpha) {
        return new Lora(rank, alpha, dropout, targets);
    }

    public Lora withDropout(double dropout) {
        return new Lora(rank, alpha, dropout, targets);
    }

    public Lora withTargets(String... targets) {
        return new Lora(rank, alpha, dropout, List.of(targets));
    }

    /** What the change is multiplied by: alpha / rank. */
    double scale() {
        return alpha / rank;
    }

    boolean targets(String layer) {
        return targets.isEmpty() || targets.stream().anyMatch(target -> ends(layer, target));
    }

    /** Whether a layer's name ends with the words of a target. */
    static boolean ends(String layer, String target) {
        return layer.equals(target) || layer.endsWith("." + target);
    }
}
