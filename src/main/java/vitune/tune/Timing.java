package vitune.tune;

import com.google.gson.JsonObject;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;

/**
 * The time of a repeated piece of work. A run is undisturbed if this process had the CPU time of all its threads: where
 * another program takes one of them, the others wait for it at the next barrier. If no run was, all count.
 *
 * @param medianMs milliseconds, over the undisturbed runs, as {@code minMs} and {@code maxMs}
 * @param cleanRuns how many were undisturbed
 * @param cpuUse median share of the threads' time over all runs
 * @param minCpuMs least CPU time of a run, milliseconds: what to compare on a busy machine, with one thread
 * @param peakMb peak of the process's resident memory during the runs, megabytes of 2^20 bytes; 0 where unknown
 */
record Timing(
        double medianMs,
        double minMs,
        double maxMs,
        int cleanRuns,
        int allRuns,
        double cpuUse,
        double minCpuMs,
        double peakMb) {
    private static final double CLEAN = 0.95;
    private static final double LIMIT_SECONDS = 50;
    private static final int WARM_UP = 3;
    private static final double WARM_UP_SECONDS = 6; // while Java compiles, it takes time from PyTorch's threads

    /** Repeats the work until so many runs were undisturbed, but stops after 50 seconds. */
    static Timing of(int runs, Runnable work) {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        DeviceMemory.forgetPeak();
        long warm = System.nanoTime() + (long) (WARM_UP_SECONDS * 1e9);
        for (int i = 0; i < WARM_UP || System.nanoTime() < warm; i++) work.run();
        List<Double> clean = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        List<Double> uses = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + (long) (LIMIT_SECONDS * 1e9);
        while (clean.size() < runs && (all.size() < Math.min(3, runs) || System.nanoTime() < end)) {
            long used = system.getProcessCpuTime();
            long began = System.nanoTime();
            work.run();
            double wall = System.nanoTime() - began;
            double cpu = system.getProcessCpuTime() - used;
            double use = cpu / (wall * Engines.threads());
            least = Math.min(least, cpu / 1e6);
            if (use >= CLEAN) clean.add(wall / 1e6);
            all.add(wall / 1e6);
            uses.add(use);
        }
        double[] counted = (clean.isEmpty() ? all : clean)
                .stream().mapToDouble(t -> t).sorted().toArray();
        double[] sortedUses = uses.stream().mapToDouble(u -> u).sorted().toArray();
        return new Timing(
                median(counted),
                counted[0],
                counted[counted.length - 1],
                clean.size(),
                all.size(),
                median(sortedUses),
                least,
                DeviceMemory.peak().orElse(0) / (double) (1 << 20));
    }

    private static double median(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** So many pieces in each run are so many a second. */
    double perSecond(double pieces) {
        return 1000 * pieces / medianMs;
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("median_ms", medianMs);
        json.addProperty("min_ms", minMs);
        json.addProperty("max_ms", maxMs);
        json.addProperty("clean_runs", cleanRuns);
        json.addProperty("all_runs", allRuns);
        json.addProperty("cpu_use", cpuUse);
        json.addProperty("min_cpu_ms", minCpuMs);
        json.addProperty("peak_rss_mb", peakMb);
        return json;
    }
}
