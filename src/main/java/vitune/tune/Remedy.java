package vitune.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import vitune.model.Part;
import vitune.tensor.Precision;

/**
 * One or several changes of a stage that make it fit.
 *
 * @param names what to change
 * @param forecast of the stage changed so
 */
record Remedy(List<String> names, TuningForecast forecast) {
    private static final int RANK = 16;

    /** A change of how a stage is computed. */
    private record Change(String name, UnaryOperator<Workload> apply) {}

    /**
     * All combinations that fit and of which nothing can be left out, each with the largest micro-batch that fits: the
     * least work first, then the fewest changes, then the fewest micro-batches.
     *
     * @param most bytes to fit into, less than the forecast's peak
     */
    static List<Remedy> of(TuningForecast forecast, Workload work, long most) {
        List<Change> changes = changes(work);
        List<Integer> sets = new ArrayList<>();
        for (int set = 0; set < 1 << changes.size(); set++) sets.add(set);
        sets.sort(Comparator.comparingInt(Integer::bitCount));
        Map<Integer, Integer> enough = new LinkedHashMap<>(); // rows of a micro-batch, by set of changes
        List<Remedy> found = new ArrayList<>();
        for (int set : sets) {
            int needless = enough.entrySet().stream()
                    .filter(fewer -> (fewer.getKey() & set) == fewer.getKey())
                    .mapToInt(Map.Entry::getValue)
                    .max()
                    .orElse(0);
            Workload changed = work;
            List<String> names = new ArrayList<>();
            for (int i = 0; i < changes.size(); i++) {
                if ((set >> i & 1) == 0) continue;
                names.add(changes.get(i).name());
                changed = changes.get(i).apply().apply(changed);
            }
            for (int rows = work.rows(); rows > needless; rows /= 2) {
                TuningForecast other = forecast.with(rows == work.rows() ? changed : changed.withRows(rows));
                if (other.peakBytes() > most) continue;
                if (rows < work.rows()) names.add("micro-batches of " + rows);
                enough.put(set, rows);
                found.add(new Remedy(List.copyOf(names), other));
                break;
            }
        }
        found.sort(Comparator.<Remedy>comparingDouble(way -> way.forecast().operations())
                .thenComparing(way -> way.names().size())
                .thenComparing(way -> way.forecast().work().microBatches()));
        return found;
    }

    private static List<Change> changes(Workload work) {
        List<Change> changes = new ArrayList<>();
        if (!work.recompute()) changes.add(new Change("recomputed layers", w -> w.withRecompute(true)));
        boolean wide = false;
        for (Part part : Part.values()) {
            wide |= !work.part(part).trained() && work.part(part).stored() == Precision.F32;
        }
        if (wide) changes.add(new Change("frozen parts in bf16", Remedy::halved));
        if (work.compute() == Precision.F32) {
            changes.add(new Change("bf16 activations", w -> w.withCompute(Precision.BF16)));
        }
        if (work.part(Part.LANGUAGE).trained()) {
            changes.add(new Change(
                    "LoRA of rank " + RANK + " on the language model",
                    w -> w.withPart(Part.LANGUAGE, load -> load.adapted(RANK))));
        }
        if (work.cachedPictures() > 0 && work.inMemory()) {
            changes.add(new Change("pictures seen in every step (FeatureCache.none())", w -> w.withCachedPictures(0)));
        }
        return changes;
    }

    private static Workload halved(Workload work) {
        Workload changed = work;
        for (Part part : Part.values()) {
            if (!work.part(part).trained()) changed = changed.withPart(part, load -> load.storedIn(Precision.BF16));
        }
        return changed;
    }
}
