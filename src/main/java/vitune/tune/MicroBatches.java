package vitune.tune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * How the samples of one optimiser step are laid out in rows and cut into forward passes. The loss is over the whole step,
 * so the cut changes time and memory, never the result beyond rounding.
 *
 * <p>Samples are sorted by length, longest first, and keep their order where they are equally long: those of a pass are
 * then about as long as each other, little is filled up, and what needs the most memory comes first. Packed rows are as
 * long as the longest sample of the step; each sample goes into the first row with room for it (first fit, decreasing).
 * <i>Differs:</i> from LLaVA's {@code group_by_modality_length}, which sorts across steps and so changes which samples
 * share one; here a step has the samples that the shuffle gave it.
 */
final class MicroBatches {
    private MicroBatches() {}

    /**
     * For each pass its rows, for each row its samples.
     *
     * @param length tokens of a sample
     * @param most samples in one pass, packed or not
     */
    static List<List<List<Integer>>> of(List<Integer> samples, IntUnaryOperator length, int most, boolean packed) {
        List<Integer> sorted = samples.stream()
                .sorted(Comparator.comparingInt((Integer i) -> length.applyAsInt(i))
                        .reversed())
                .toList();
        if (!packed) return passes(sorted.stream().map(List::of).toList(), most);
        return passes(rows(sorted, length, length.applyAsInt(sorted.get(0)), most), most);
    }

    private static List<List<List<Integer>>> passes(List<List<Integer>> rows, int most) {
        List<List<List<Integer>>> passes = new ArrayList<>();
        int held = most;
        for (List<Integer> row : rows) {
            if (held + row.size() > most) {
                passes.add(new ArrayList<>());
                held = 0;
            }
            passes.get(passes.size() - 1).add(row);
            held += row.size();
        }
        return passes;
    }

    /**
     * Samples, longest first, in rows of at most {@code width} tokens and {@code most} samples.
     *
     * @param width at least the longest sample
     */
    static List<List<Integer>> rows(List<Integer> sorted, IntUnaryOperator length, int width, int most) {
        List<List<Integer>> rows = new ArrayList<>();
        List<Integer> filled = new ArrayList<>();
        for (int sample : sorted) {
            int tokens = length.applyAsInt(sample);
            int row = 0;
            while (row < rows.size()
                    && (filled.get(row) + tokens > width || rows.get(row).size() == most)) row++;
            if (row == rows.size()) {
                rows.add(new ArrayList<>());
                filled.add(0);
            }
            rows.get(row).add(sample);
            filled.set(row, filled.get(row) + tokens);
        }
        return rows;
    }
}
