package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes on, word after word, all rows at once, until every row has stopped: at a stop token, where it was told to, or
 * where its room ends.
 */
record DecodingLoop(SpecialTokens specials, Predicate<long[]> ends) {

    /**
     * @param continuation a prompt that was read
     * @param decoding not a {@link Beam}
     * @param room tokens that each row may write
     * @param said words of each row that count as written for {@link Decoding#repetitionPenalty}
     * @return the new tokens of each row, stop token left out
     */
    List<long[]> run(
            Continuation continuation, Decoding decoding, int[] room, List<Set<Long>> said, TokenListener listener) {
        int rows = continuation.rows();
        Decoding.Chooser chooser = decoding instanceof Sample sample ? sample.start(rows) : ((Greedy) decoding).start();
        List<List<Long>> written = new ArrayList<>();
        List<Set<Long>> heard = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            written.add(new ArrayList<>());
            heard.add(new HashSet<>(said.get(i)));
        }
        boolean[] stopped = new boolean[rows];
        long[] next = choose(chooser, continuation.first(), heard, decoding.repetitionPenalty());
        while (true) {
            for (int i = 0; i < rows; i++) {
                stopped[i] |= specials.stops().contains(next[i]);
                if (!stopped[i]) {
                    written.get(i).add(next[i]);
                    heard.get(i).add(next[i]);
                    listener.token(i, next[i]);
                    stopped[i] = written.get(i).size() >= room[i] || ends.test(ids(written.get(i)));
                }
                if (stopped[i]) next[i] = specials.pad();
            }
            if (allOf(stopped)) break;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                next = choose(chooser, continuation.next(next, stopped), heard, decoding.repetitionPenalty());
            }
        }
        return written.stream().map(DecodingLoop::ids).toList();
    }

    private static long[] choose(Decoding.Chooser chooser, NDArray scores, List<Set<Long>> written, double penalty) {
        return chooser.choose(Decoding.penalised(scores, written, penalty));
    }

    private static long[] ids(List<Long> written) {
        return written.stream().mapToLong(id -> id).toArray();
    }

    private static boolean allOf(boolean[] flags) {
        for (boolean flag : flags) if (!flag) return false;
        return true;
    }
}
