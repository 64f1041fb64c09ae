package vitune.tensor;

/** Stored weights that do not fit: names the file or set of parameters, the key, what was expected, what was found. */
public final class CheckpointException extends IllegalArgumentException {
    /**
     * A misfit at one key.
     *
     * @param source the file, or a word for the set of parameters
     * @param key the name of the array, or the part of the header
     * @param expected what should have been there
     * @param found what was there
     */
    public CheckpointException(String source, String key, String expected, String found) {
        super(source + ": " + key + ": expected " + expected + ", found " + found);
    }
}
