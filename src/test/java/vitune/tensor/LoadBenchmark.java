package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * How fast a folder of weights is loaded beside a plain read of its bytes into one small buffer, both from a warm cache;
 * how long it then takes to use every number once (their sum), and to use them again, when they are in memory; and how
 * much memory the process takes after loading and after use: one line of JSON. {@code java -cp ...
 * vitune.tensor.LoadBenchmark [folder for temporary files] [MiB]}; reads memory from {@code /proc}, so Linux only.
 */
final class LoadBenchmark {
    private static final int ROUNDS = 5;
    private static final int BUFFER = 1 << 20;

    private LoadBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path parent = Path.of(arguments.length > 0 ? arguments[0] : System.getProperty("java.io.tmpdir"));
        long bytes = (arguments.length > 1 ? Long.parseLong(arguments[1]) : 2048) << 20;
        Path folder = Files.createTempDirectory(parent, "load-benchmark");
        try {
            List<Path> files = write(folder, bytes);
            long read = plain(files); // warms the cache
            load(folder); // warms the code
            var plain = new double[ROUNDS];
            var rounds = new ArrayList<Loading>();
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                plain(files);
                plain[i] = seconds(start);
                rounds.add(load(folder));
            }
            double load = median(rounds, Loading::seconds);
            System.out.printf(
                    Locale.ROOT,
                    "{\"bytes\": %d, \"files\": %d, \"plain_seconds\": %.3f, \"load_seconds\": %.3f, \"load_by_plain\":"
                            + " %.2f, \"first_use_seconds\": %.3f, \"second_use_seconds\": %.3f,"
                            + " \"rss_loaded_by_bytes\": %.3f, \"rss_used_by_bytes\": %.3f}%n",
                    read,
                    files.size(),
                    median(plain),
                    load,
                    load / median(plain),
                    median(rounds, Loading::firstUse),
                    median(rounds, Loading::secondUse),
                    median(rounds, Loading::loadedBytes) / read,
                    median(rounds, Loading::usedBytes) / read);
        } finally {
            try (var all = Files.list(folder)) {
                for (Path file : all.toList()) Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    /** The arrays of a decoder: large matrices, small vectors; random bits, since zeros may cost less to read. */
    private static List<Path> write(Path folder, long bytes) throws IOException {
        try (NDManager manager = Engines.newManager()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            long filled = 0;
            for (int i = 0; filled < bytes; i++) {
                for (long[] shape : new long[][] {{4096, 4096}, {4096}, {11008, 4096}}) {
                    NDArray array = RawMemory.room(manager, new Shape(shape), StoredType.BF16.code());
                    SplittableRandom random = new SplittableRandom(filled);
                    RawMemory.each(array, part -> {
                        while (part.remaining() >= Long.BYTES) part.putLong(random.nextLong());
                    });
                    arrays.put("layers." + i + "." + Arrays.toString(shape), array);
                    filled += 2 * array.size();
                }
            }
            Shards.write(folder, arrays, bytes / 4);
        }
        try (var all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
    }

    private static long plain(List<Path> files) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        long all = 0;
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                for (int count; (count = channel.read(buffer)) >= 0; buffer.clear()) all += count;
            }
        }
        return all;
    }

    /** What loading took, in seconds, and by how many bytes the process has grown. */
    private record Loading(double seconds, double firstUse, double secondUse, double loadedBytes, double usedBytes) {}

    /** Loads everything, and uses it twice. */
    private static Loading load(Path folder) throws IOException {
        long before = resident();
        long start = System.nanoTime();
        try (NDManager manager = Engines.newManager();
                Shards shards = Shards.open(folder)) {
            var arrays = shards.names().stream()
                    .map(name -> shards.read(name, manager))
                    .toList();
            double seconds = seconds(start);
            long loaded = resident() - before;
            return new Loading(seconds, use(arrays), use(arrays), loaded, resident() - before);
        }
    }

    private static double use(List<NDArray> arrays) {
        long start = System.nanoTime();
        for (NDArray array : arrays) array.sum().close();
        return seconds(start);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double median(List<Loading> rounds, ToDoubleFunction<Loading> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }
}
