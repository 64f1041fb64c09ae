package vitune.model;

import ai.djl.ndarray.NDArray;

/** A prompt that has been read, and what was written behind it so far: row after row, word after word. */
interface Continuation extends AutoCloseable {
    /** Rows that are written, B. */
    int rows();

    /** Scores of the first word, [B, V]. */
    NDArray first();

    /**
     * Adds a word to every row.
     *
     * @param ids one a row
     * @param stopped rows that are finished: what is added to them is padding
     * @return scores of the next word, [B, V]
     */
    NDArray next(long[] ids, boolean[] stopped);

    /** Goes on with these rows in this order; a row may be taken several times. */
    void take(int[] rows);

    @Override
    void close();
}
