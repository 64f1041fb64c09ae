package vitune.model;

/** Hears each token as it is written. */
@FunctionalInterface
public interface TokenListener {
    /** Row {@code row} of the batch has gone on with {@code id}; stop tokens are not told. */
    void token(int row, long id);
}
