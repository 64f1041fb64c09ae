package vitune.model;

import ai.djl.ndarray.NDArray;

/**
 * What a batch teaches: at {@code places} of the flattened [B T] hidden states, the token {@code ids} come next.
 *
 * @param places where the state stands that tells each label
 * @param ids the labels
 */
record Targets(long[] places, long[] ids) {
    /**
     * @param lag places the state stands before its label
     * @throws IllegalArgumentException if a label has nothing before it to tell it
     */
    static Targets of(NDArray labels, int lag) {
        int width = (int) labels.getShape().get(1);
        long[] all = labels.toLongArray();
        long[] places = new long[all.length];
        long[] ids = new long[all.length];
        int n = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == -100) continue;
            if (i % width < lag) {
                throw new IllegalArgumentException(
                        "the first token of a row cannot be learned: nothing stands before it");
            }
            places[n] = i - lag;
            ids[n++] = all[i];
        }
        return new Targets(java.util.Arrays.copyOf(places, n), java.util.Arrays.copyOf(ids, n));
    }
}
