package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import vitune.tensor.InPlace;
import vitune.tensor.Kernels;
import vitune.tensor.Parameters;

/**
 * The {@link Lora} adapters of a model: which of its linear layers have one, and whether it stands beside the weight or
 * is merged into it. Their matrices are parameters of the model, named as PEFT names them: {@code LAYER.lora_A.weight}
 * and {@code LAYER.lora_B.weight}.
 *
 * <pre>{@code
 * model.adapters().add(Part.LANGUAGE, Lora.of(16), 0);   // a stage whose plan says lora(...) does this by itself
 * model.adapters().save(Path.of("runs/adapter"));        // what peft.PeftModel.from_pretrained reads
 * model.adapters().merge();                              // now it costs nothing, and model.save(...) holds it
 * }</pre>
 */
public final class Adapters {
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";
    private static final String WEIGHT = ".weight";

    /** Tables and heads: they have two axes, and are no linear layers of a block. */
    private static final Pattern NO_LAYER =
            Pattern.compile(".*(embed|lm_head|relative_attention_bias|\\.shared\\.|query_tokens).*");

    private final Parameters parameters;
    private final NDManager owner;
    private final Family family;
    private final Map<String, Lora> loras = new LinkedHashMap<>(); // by layer
    private boolean merged;

    Adapters(Parameters parameters, NDManager owner, Family family) {
        this.parameters = parameters;
        this.owner = owner;
        this.family = family;
    }

    /** Whether a parameter belongs to an adapter. */
    public static boolean owns(String parameter) {
        return parameter.endsWith(A) || parameter.endsWith(B);
    }

    /** The layers that are adapted, with how. */
    public Map<String, Lora> layers() {
        return Map.copyOf(loras);
    }

    /**
     * Puts a fresh adapter beside each layer of a part that {@code lora} targets: A uniform in ±1/√in, as PEFT draws it,
     * B zero, so that the model says what it said before. If the part has just these adapters, they stay as they are.
     *
     * @throws IllegalStateException if the part has others, not merged yet
     * @throws IllegalArgumentException if the part has no layer that a target means, or one with a side shorter than the
     *     rank
     */
    public void add(Part part, Lora lora, long seed) {
        forgetMerged();
        List<String> layers = parameters.asMap().keySet().stream()
                .filter(name -> Part.of(name) == part && isLayer(name))
                .map(name -> name.substring(0, name.length() - WEIGHT.length()))
                .filter(lora::targets)
                .toList();
        List<String> unmet = lora.targets().stream()
                .filter(target -> layers.stream().noneMatch(layer -> Lora.ends(layer, target)))
                .toList();
        if (layers.isEmpty() || !unmet.isEmpty()) {
            throw new IllegalArgumentException(
                    "the " + part.label() + " has no linear layer that ends with one of " + unmet);
        }
        Map<String, Lora> wanted = new LinkedHashMap<>();
        layers.forEach(layer -> wanted.put(layer, lora));
        Map<String, Lora> present = of(part);
        if (present.equals(wanted)) return;
        if (!present.isEmpty()) {
            throw new IllegalStateException("the " + part.label() + " has other adapters already, "
                    + present.values().iterator().next() + " on " + present.size()
                    + " layers: merge() them first, or go on with those");
        }
        layers.forEach(layer -> requireRank(layer, lora));
        layers.forEach(layer -> fresh(layer, lora, seed));
    }

    /** The adapters of a part, by layer; none where they are merged. */
    public Map<String, Lora> of(Part part) {
        Map<String, Lora> some = new LinkedHashMap<>();
        if (!merged) {
            loras.forEach((layer, lora) -> {
                if (Part.of(layer) == part) some.put(layer, lora);
            });
        }
        return some;
    }

    /** Whether a layer has an adapter that is not merged into it. */
    boolean beside(String layer) {
        return !merged && loras.containsKey(layer);
    }

    private boolean isLayer(String name) {
        return name.endsWith(WEIGHT)
                && !owns(name)
                && !NO_LAYER.matcher(name).matches()
                && parameters.require(name).getShape().dimension() == 2;
    }

    /** A higher rank than the shorter side of a weight would say nothing that a lower one does not. */
    private void requireRank(String layer, Lora lora) {
        Shape weight = parameters.require(layer + WEIGHT).getShape(); // [out, in]
        long most = Math.min(weight.get(0), weight.get(1));
        if (lora.rank() > most) {
            throw Json.wrong("rank", "be <= " + most + ", the shorter side of " + layer + " " + weight, lora.rank());
        }
    }

    private void fresh(String layer, Lora lora, long seed) {
        Shape weight = parameters.require(layer + WEIGHT).getShape(); // [out, in]
        Random random = new Random(seed * 0x9E3779B97F4A7C15L ^ layer.hashCode());
        float[] a = new float[Math.toIntExact(lora.rank() * weight.get(1))];
        double bound = 1 / Math.sqrt(weight.get(1));
        for (int i = 0; i < a.length; i++) a[i] = (float) (bound * (2 * random.nextDouble() - 1));
        NDArray down = owner.create(a, new Shape(lora.rank(), weight.get(1)));
        put(layer, lora, down, owner.zeros(new Shape(weight.get(0), lora.rank())));
    }

    /** Takes in A [rank, in] and B [out, rank] of a layer. */
    void put(String layer, Lora lora, NDArray a, NDArray b) {
        Shape weight = parameters.require(layer + WEIGHT).getShape(); // [out, in]
        Shape down = new Shape(lora.rank(), weight.get(1));
        Shape up = new Shape(weight.get(0), lora.rank());
        if (!a.getShape().equals(down) || !b.getShape().equals(up)) {
            throw new IllegalArgumentException("the adapter of " + layer + " must have A " + down + " and B " + up
                    + ", got " + a.getShape() + " and " + b.getShape());
        }
        parameters.put(layer + A, a).put(layer + B, b);
        loras.put(layer, lora);
    }

    /** What a layer says with its adapter: y + alpha/rank · B A x. */
    NDArray adapt(String layer, NDArray x, NDArray y) {
        Lora lora = merged ? null : loras.get(layer);
        if (lora == null) return y;
        return Kernels.lowRank(
                y, x, parameters.require(layer + A), parameters.require(layer + B), lora.scale(), lora.dropout());
    }

    /**
     * Adds the adapters to the weights: the model says the same, and a layer is one product again. They are kept for
     * {@link #unmerge} and {@link #save} until others are added. Weights in bf16 or f16 round the sum, as in PEFT.
     */
    public void merge() {
        if (!merged) fold(1);
        merged = true;
    }

    /** Takes them out again; the weights are what they were to rounding. */
    public void unmerge() {
        if (merged) fold(-1);
        merged = false;
    }

    private void fold(int sign) {
        loras.forEach((layer, lora) -> InPlace.addLowRank(
                parameters.require(layer + WEIGHT),
                parameters.require(layer + A),
                parameters.require(layer + B),
                sign * lora.scale()));
    }

    /** @throws IllegalStateException if adapters stand beside the weights, which something would lose */
    void requireNoneBeside(String loss) {
        if (merged || loras.isEmpty()) return;
        throw new IllegalStateException(loss + " the adapters on " + loras.size()
                + " layers: merge() them first, or keep them with adapters().save(folder)");
    }

    private void forgetMerged() {
        if (!merged) return;
        loras.keySet().forEach(layer -> {
            parameters.remove(layer + A);
            parameters.remove(layer + B);
        });
        loras.clear();
        merged = false;
    }

    /**
     * Writes the adapters as PEFT does: {@code adapter_config.json} and {@code adapter_model.safetensors}.
     *
     * @throws IllegalStateException if there are none
     */
    public void save(Path folder) {
        if (loras.isEmpty()) throw new IllegalStateException("the model has no adapters to save to " + folder);
        AdapterFiles.save(loras, parameters, family, folder);
    }

    /**
     * Reads adapters that PEFT or {@link #save} wrote.
     *
     * @throws IllegalStateException if the model has adapters that are not merged
     * @throws IllegalArgumentException if they are of another kind than LoRA, or do not fit the model
     */
    public void load(Path folder) {
        forgetMerged();
        if (!loras.isEmpty()) {
            throw new IllegalStateException(
                    "the model has adapters on " + loras.size() + " layers already: merge() them first");
        }
        AdapterFiles.load(this, folder, owner);
    }

    @Override
    public String toString() {
        return "Adapters[" + loras.size() + " layers" + (merged ? ", merged" : "") + "]";
    }
}
