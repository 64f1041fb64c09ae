package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/** Beam search over a prompt that was read; see {@link Beam} for what is matched. */
final class BeamSearch {
    private static final double NEVER = -1e9;
    private final Beam beam;
    private final SpecialTokens specials;
    private final int room;
    private final NDManager manager;

    /** An answer: its tokens without the stop token, and what it is worth. */
    record Written(long[] ids, double score) {}

    /** A beginning: {@code score} is the sum of the logarithms, {@code source} the row that it continues. */
    private record Beginning(long[] ids, double score, int source) {}

    /** @param room tokens that every row may write */
    BeamSearch(Beam beam, SpecialTokens specials, int room, NDManager manager) {
        this.beam = beam;
        this.specials = specials;
        this.room = room;
        this.manager = manager;
    }

    /** The best answer to each prompt. */
    List<Written> run(Continuation continuation) {
        int rows = continuation.rows();
        int[] repeated = new int[rows * beam.beams()];
        Arrays.setAll(repeated, i -> i / beam.beams());
        NDArray scores = take(continuation.first(), repeated); // [B k, V]
        continuation.take(repeated);
        List<Row> all = new ArrayList<>();
        for (int i = 0; i < rows; i++) all.add(new Row(i * beam.beams()));
        for (int length = 1; ; length++) {
            boolean open = advance(all, scores, length);
            if (!open || length == room) break;
            List<Beginning> running =
                    all.stream().flatMap(row -> row.running.stream()).toList();
            continuation.take(running.stream().mapToInt(Beginning::source).toArray());
            long[] last =
                    running.stream().mapToLong(b -> b.ids()[b.ids().length - 1]).toArray();
            scores = continuation.next(last, new boolean[last.length]);
        }
        return all.stream().map(row -> row.finished.get(0)).toList();
    }

    /** One more word everywhere; whether some row can still improve. */
    private boolean advance(List<Row> rows, NDArray scores, int length) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            int words = (int) scores.getShape().get(1);
            List<Beginning> running =
                    rows.stream().flatMap(row -> row.running.stream()).toList();
            float[] sums = new float[running.size()];
            for (int i = 0; i < sums.length; i++)
                sums[i] = (float) running.get(i).score();
            NDArray logs = Kernels.logSoftmax(Kernels.cast(scores, Precision.F32)); // [B k, V]
            List<List<Long>> written = running.stream()
                    .map(b -> Arrays.stream(b.ids()).boxed().toList())
                    .toList();
            logs = Decoding.penalised(logs, written, beam.repetitionPenalty());
            NDArray total = logs.add(manager.create(sums, new Shape(sums.length, 1)))
                    .reshape(rows.size(), (long) beam.beams() * words); // [B, k V]
            int kept = Math.min(Math.max(2, 1 + specials.stops().size()) * beam.beams(), beam.beams() * words);
            double[] top = Kernels.top(total, kept).toDoubleArray(); // values, then places
            boolean open = false;
            for (int i = 0; i < rows.size(); i++) {
                List<Beginning> candidates = new ArrayList<>();
                for (int j = i * kept; j < (i + 1) * kept; j++) {
                    int place = (int) top[rows.size() * kept + j];
                    Beginning before = rows.get(i).running.get(place / words);
                    long[] ids = Arrays.copyOf(before.ids(), length);
                    ids[length - 1] = place % words;
                    candidates.add(new Beginning(ids, top[j], i * beam.beams() + place / words));
                }
                open |= rows.get(i).advance(candidates, length);
            }
            return open;
        }
    }

    private NDArray take(NDArray rows, int[] chosen) {
        return Kernels.rows(
                rows, manager.create(Arrays.stream(chosen).asLongStream().toArray()));
    }

    /** The beams of one prompt. */
    private final class Row {
        private List<Beginning> running = new ArrayList<>();
        private final List<Written> finished = new ArrayList<>();
        private boolean open = true;

        Row(int source) {
            for (int i = 0; i < beam.beams(); i++) {
                running.add(new Beginning(new long[0], i == 0 ? 0 : NEVER, source + i)); // all are equal at first
            }
        }

        boolean advance(List<Beginning> candidates, int length) {
            for (int i = 0; i < beam.beams() && open; i++) {
                Beginning candidate = candidates.get(i);
                if (!stops(candidate, length)) continue;
                boolean token = specials.stops().contains(candidate.ids()[length - 1]);
                finished.add(new Written(
                        token ? Arrays.copyOf(candidate.ids(), length - 1) : candidate.ids(),
                        candidate.score() / Math.pow(length, beam.lengthPenalty())));
            }
            finished.sort(Comparator.comparingDouble((Written w) -> -w.score()));
            while (finished.size() > beam.beams()) finished.remove(finished.size() - 1);
            running = candidates.stream()
                    .map(c -> stops(c, length) ? new Beginning(c.ids(), c.score() + NEVER, c.source()) : c)
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

        private boolean stops(Beginning candidate, int length) {
            return length == room || specials.stops().contains(candidate.ids()[length - 1]);
        }
    }
}
