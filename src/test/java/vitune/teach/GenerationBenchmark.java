package vitune.teach;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import vitune.data.ImageContext;
import vitune.data.ResponseType;

/**
 * Requests a second against a server of a given latency, beside the ideal (requests in flight / latency). The server is
 * a process of its own; one JSON line.
 *
 * <p>Arguments: requests (10000), in flight (64), latency in milliseconds (50), warm-up requests (3000).
 */
final class GenerationBenchmark {
    private GenerationBenchmark() {}

    public static void main(String[] args) throws Exception {
        int requests = number(args, 0, 10_000), inFlight = number(args, 1, 64), latency = number(args, 2, 50);
        int warm = number(args, 3, 3000);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var server = new ProcessBuilder(
                        java,
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowServer.class.getName(),
                        String.valueOf(latency))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = server.inputReader()) {
            var url = lines.readLine();
            var contexts = Contexts.photographs(requests + warm);
            run(url, contexts.subList(requests, requests + warm), inFlight);
            System.gc();
            ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
            var os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            os.getCpuLoad();
            long cpu = os.getProcessCpuTime(), serverCpu = cpuNanos(server);
            double[] seconds = run(url, contexts.subList(0, requests), inFlight);
            double load = os.getCpuLoad();
            double ideal = inFlight * 1000.0 / latency;
            System.out.printf(
                    Locale.ROOT,
                    "{\"requests\": %d, \"in_flight\": %d, \"latency_ms\": %d, \"seconds\": %.2f,"
                            + " \"prepare_seconds\": %.2f, \"ask_seconds\": %.2f, \"collect_seconds\": %.2f, \"per_second\": %.0f,"
                            + " \"of_ideal\": %.3f, \"cpu_ms_per_request\": %.3f,"
                            + " \"server_cpu_ms_per_request\": %.3f, \"machine_cpu_load\": %.2f,"
                            + " \"load_average\": %.1f, \"cores\": %d, \"peak_heap_mib\": %d, \"max_heap_mib\": %d}%n",
                    requests,
                    inFlight,
                    latency,
                    seconds[0],
                    seconds[1],
                    seconds[2],
                    seconds[3],
                    requests / seconds[0],
                    requests / seconds[0] / ideal,
                    (os.getProcessCpuTime() - cpu) / 1e6 / requests,
                    (cpuNanos(server) - serverCpu) / 1e6 / requests,
                    load,
                    os.getSystemLoadAverage(),
                    os.getAvailableProcessors(),
                    heapPeak() >> 20,
                    Runtime.getRuntime().maxMemory() >> 20);
        } finally {
            server.destroy();
        }
    }

    private static long cpuNanos(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    private static int number(String[] args, int i, int otherwise) {
        return args.length > i ? Integer.parseInt(args[i]) : otherwise;
    }

    private static long heapPeak() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    /** All of generate: fingerprints, asking, ledger, samples. */
    private static double[] run(String url, List<ImageContext> contexts, int inFlight) throws Exception {
        var folder = Files.createTempDirectory("vitune-benchmark");
        try (var generator = new InstructionGenerator(Teacher.compatible(url, "built-in"), folder.resolve("ledger.db"))
                .withConcurrency(inFlight)) {
            long start = System.nanoTime();
            var asking = new long[2];
            generator.onProgress(progress -> asking[progress.asked() == 0 ? 0 : 1] = System.nanoTime());
            var set = generator.generate(contexts, ResponseType.SUMMARY);
            long end = System.nanoTime();
            if (set.size() != contexts.size()) throw new IllegalStateException(set.size() + " samples");
            return new double[] {
                (end - start) / 1e9, (asking[0] - start) / 1e9, (asking[1] - asking[0]) / 1e9, (end - asking[1]) / 1e9
            };
        } finally {
            try (var files = Files.walk(folder)) {
                for (var file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
            }
        }
    }
}
