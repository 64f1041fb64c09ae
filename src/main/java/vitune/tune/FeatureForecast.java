package vitune.tune;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * How often the encoder of a run looks at a picture, with features kept in each place. Fewest looks are taken for fastest:
 * the time to read a file is not counted, nor measured. Counts only, so that one seed gives one choice on one machine.
 *
 * @param pictures different pictures
 * @param stored how many of them lie in files already
 * @param uses how often a picture is used, over all epochs
 * @param bytes of the features of one picture
 * @param memory bytes of the machine; features take at most half of it
 * @param disk bytes that are free for files; empty if there is no folder for them
 */
record FeatureForecast(int pictures, int stored, long uses, long bytes, long memory, OptionalLong disk) {

    /** Times the encoder looks; more than anything where a place cannot be. */
    long looks(FeatureCache.Kind kind) {
        return switch (kind) {
            case NONE -> uses;
            case MEMORY -> pictures * bytes > memory / 2 ? Long.MAX_VALUE : pictures - stored;
            case DISK -> disk.isPresent() && missing() <= disk.getAsLong() ? pictures - stored : Long.MAX_VALUE;
            case FASTEST -> looks(choice());
        };
    }

    /** Bytes that are not in files yet. */
    long missing() {
        return (pictures - stored) * bytes;
    }

    /** Where it looks least; of equal ones nowhere, then in memory. */
    FeatureCache.Kind choice() {
        FeatureCache.Kind best = FeatureCache.Kind.NONE;
        if (looks(FeatureCache.Kind.MEMORY) < looks(best)) best = FeatureCache.Kind.MEMORY;
        if (looks(FeatureCache.Kind.DISK) < looks(best)) best = FeatureCache.Kind.DISK;
        return best;
    }

    /** The choice and what speaks for it. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: the encoder looks %,d times instead of %,d (%,d pictures, %,d in files, %.1f MB)",
                choice(),
                looks(choice()),
                uses,
                pictures,
                stored,
                pictures * bytes / 1e6);
    }
}
