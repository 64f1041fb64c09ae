package vitune.model;

import ai.djl.ndarray.NDArray;

/**
 * What a batch teaches: at {@code places} of the flattened [B T] hidden states, the token {@code ids} come next.
 *
 * @param places one before each labelled token
 * @param ids the labels
 */
record Targets(long[] places, long[] ids) {
    static Targets of(NDArray labels) {
        int width = (int) labels.getShape().get(1);
        long[] all = labels.toLongArray();
        long[] places = new long[all.length];
        long[] ids = new long[all.length];
        int n = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == -100 || i % width == 0) continue; // nothing stands before a first token to predict it
            places[n] = i - 1;
            ids[n++] = all[i];
        }
        return new Targets(java.util.Arrays.copyOf(places, n), java.util.Arrays.copyOf(ids, n));
    }
}
