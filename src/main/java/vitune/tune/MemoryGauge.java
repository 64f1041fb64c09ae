package vitune.tune;

import java.util.OptionalLong;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;

/** Memory as steps tell it, in MiB: read once a second, on a GPU every ten, because asking takes its time. */
final class MemoryGauge {
    private final long pause = Engines.device().isGpu() ? 10_000_000_000L : 1_000_000_000L; // nanoseconds
    private long read = System.nanoTime() - pause;
    private long now = -1;
    private long peak = -1;

    /** What is held now. */
    long now() {
        if (System.nanoTime() - read >= pause) {
            now = mebibytes(DeviceMemory.used());
            peak = Math.max(peak, Math.max(now, mebibytes(DeviceMemory.peak())));
            read = System.nanoTime();
        }
        return now;
    }

    /** The most there was. */
    long peak() {
        now();
        return peak;
    }

    private static long mebibytes(OptionalLong bytes) {
        return bytes.isPresent() ? bytes.getAsLong() >> 20 : -1;
    }
}
