package vitune.tensor;

/** Stored weights that do not fit: names the file or set of parameters, the key, what was expected, what was found. */
public final class CheckpointException extends IllegalArgumentException {
    private static final int LONGEST = 200;

    /**
     * A misfit at one key.
     *
     * @param source the file, or a word for the set of parameters
     * @param key the name of the array, or the part of the header
     * @param expected what should have been there
     * @param found what was there
     */
    public CheckpointException(String source, String key, String expected, String found) {
        super(source + ": " + brief(key) + ": expected " + expected + ", found " + brief(found));
    }

    /** A broken file may hold a word as long as itself. */
    private static String brief(String word) {
        return word.length() <= LONGEST ? word : word.substring(0, LONGEST) + "... (" + word.length() + " characters)";
    }
}
