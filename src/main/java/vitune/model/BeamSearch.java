package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Beam search over a prompt that was read; see {@link Beam} for what is matched. */
final class BeamSearch {
    private static final double NEVER = -1e9;
    private final Beam beam;
    private final SpecialTokens specials;
    private final Predicate<long[]> ends;
    private final int[] room;
    private final NDManager manager;

    /** An answer: its tokens without the stop token, and what it is worth. */
    record Written(long[] ids, double score) {}

    /**
     * A beginning: {@code score} is the sum of the logarithms, {@code source} the row that it continues; whether it ends
     * here.
     */
    private record Beginning(long[] ids, double score, int source, boolean ends) {
        long last() {
            return ids[ids.length - 1];
        }
    }

    /**
     * @param ends whether the words of an answer complete a stop string
     * @param room tokens that each row may write
     */
    BeamSearch(Beam beam, SpecialTokens specials, Predicate<long[]> ends, int[] room, NDManager manager) {
        this.beam = beam;
        this.specials = specials;
        this.ends = ends;
        this.room = room;
        this.manager = manager;
    }

    /**
     * The best answer to each prompt.
     *
     * @param said words of each row that count as written for {@link Decoding#repetitionPenalty}
     */
    List<Written> run(Continuation continuation, List<Set<Long>> said) {
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < continuation.rows(); i++) all.add(new Row(i, said.get(i)));
        boolean open = start(continuation, all);
        for (int length = 2; open; length++) open = step(continuation, all, length);
        return all.stream().map(row -> row.finished.get(0)).toList();
    }

    private boolean start(Continuation continuation, List<Row> rows) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            int[] repeated = new int[rows.size() * beam.beams()];
            Arrays.setAll(repeated, i -> i / beam.beams());
            NDArray scores = take(continuation.first(), repeated); // [B k, V]
            continuation.take(repeated);
            return advance(rows, scores, 1);
        }
    }

    private boolean step(Continuation continuation, List<Row> rows, int length) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<Beginning> running = running(rows);
            continuation.take(running.stream().mapToInt(Beginning::source).toArray());
            long[] last = running.stream().mapToLong(Beginning::last).toArray();
            boolean[] stopped = new boolean[last.length]; // a closed row has no positions left, perhaps
            for (int i = 0; i < stopped.length; i++) stopped[i] = !rows.get(i / beam.beams()).open;
            return advance(rows, continuation.next(last, stopped), length);
        }
    }

    private static List<Beginning> running(List<Row> rows) {
        return rows.stream().flatMap(row -> row.running.stream()).toList();
    }

    /** One more word everywhere, by scores [B k, V]; whether some row can still improve. */
    private boolean advance(List<Row> rows, NDArray scores, int length) {
        int words = (int) scores.getShape().get(1);
        List<Beginning> running = running(rows);
        float[] sums = new float[running.size()];
        for (int i = 0; i < sums.length; i++) sums[i] = (float) running.get(i).score();
        NDArray logs = Kernels.logSoftmax(Kernels.cast(scores, Precision.F32)); // [B k, V]
        double penalty = beam.repetitionPenalty();
        if (penalty != 1) logs = Decoding.penalised(logs, said(rows), penalty);
        NDArray total = logs.add(manager.create(sums, new Shape(sums.length, 1)))
                .reshape(rows.size(), (long) beam.beams() * words); // [B, k V]
        int kept = Math.min(Math.max(2, 1 + specials.stops().size()) * beam.beams(), beam.beams() * words);
        double[] top = Kernels.top(total, kept).toDoubleArray(); // values, then places
        boolean open = false;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            List<Beginning> candidates = new ArrayList<>();
            for (int j = i * kept; j < (i + 1) * kept; j++) {
                int place = (int) top[rows.size() * kept + j];
                long[] ids = Arrays.copyOf(row.running.get(place / words).ids(), length);
                ids[length - 1] = place % words;
                boolean end = length >= room[i] || stops(ids) || ends.test(ids);
                candidates.add(new Beginning(ids, top[j], i * beam.beams() + place / words, end));
            }
            open |= row.advance(candidates, length);
        }
        return open;
    }

    private boolean stops(long[] ids) {
        return specials.stops().contains(ids[ids.length - 1]);
    }

    /** What each beam has said, its prompt included. */
    private List<Set<Long>> said(List<Row> rows) {
        List<Set<Long>> all = new ArrayList<>();
        for (Row row : rows) {
            for (Beginning beginning : row.running) {
                Set<Long> words = new HashSet<>(row.said);
                Arrays.stream(beginning.ids()).forEach(words::add);
                all.add(words);
            }
        }
        return all;
    }

    private NDArray take(NDArray rows, int[] chosen) {
        return Kernels.rows(
                rows, manager.create(Arrays.stream(chosen).asLongStream().toArray()));
    }

    /** The beams of one prompt. */
    private final class Row {
        private final Set<Long> said;
        private List<Beginning> running = new ArrayList<>();
        private final List<Written> finished = new ArrayList<>();
        private boolean open = true;

        Row(int row, Set<Long> said) {
            this.said = said;
            for (int i = 0; i < beam.beams(); i++) { // all are equal at first
                running.add(new Beginning(new long[0], i == 0 ? 0 : NEVER, row * beam.beams() + i, false));
            }
        }

        boolean advance(List<Beginning> candidates, int length) {
            for (int i = 0; i < beam.beams() && open; i++) {
                Beginning candidate = candidates.get(i);
                if (!candidate.ends()) continue;
                finished.add(new Written(
                        stops(candidate.ids()) ? Arrays.copyOf(candidate.ids(), length - 1) : candidate.ids(),
                        candidate.score() / Math.pow(length, beam.lengthPenalty())));
            }
            finished.sort(Comparator.comparingDouble((Written w) -> -w.score()));
            while (finished.size() > beam.beams()) finished.remove(finished.size() - 1);
            running = candidates.stream()
                    .map(c -> c.ends() ? new Beginning(c.ids(), c.score() + NEVER, c.source(), true) : c)
                    .sorted(Comparator.comparingDouble((Beginning c) -> -c.score()))
                    .limit(beam.beams())
                    .toList();
            double best = running.get(0).score() / Math.pow(length, beam.lengthPenalty());
            double worst = finished.size() < beam.beams()
                    ? NEVER
                    : finished.get(beam.beams() - 1).score();
            open &= best > worst;
            return open;
        }
    }
}
