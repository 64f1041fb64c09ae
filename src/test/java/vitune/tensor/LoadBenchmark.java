package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How fast a folder of weights is loaded beside a plain read of its bytes into one small buffer, both from a warm cache;
 * how long it takes merely to touch as much fresh memory, which loading must and the plain read need not; and how much
 * memory loading takes: one line of JSON. {@code java -cp ... vitune.tensor.LoadBenchmark [folder for temporary files] [MiB]}; reads
 * memory from {@code /proc}, so Linux only.
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
            double[] plain = new double[ROUNDS];
            double[] loading = new double[ROUNDS];
            double[] touching = new double[ROUNDS];
            double[] memory = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                plain(files);
                plain[i] = (System.nanoTime() - start) / 1e9;
                start = System.nanoTime();
                touch(read);
                touching[i] = (System.nanoTime() - start) / 1e9;
                start = System.nanoTime();
                long grown = load(folder);
                loading[i] = (System.nanoTime() - start) / 1e9;
                memory[i] = (double) grown / read;
            }
            System.out.printf(
                    Locale.ROOT,
                    "{\"bytes\": %d, \"files\": %d, \"plain_seconds\": %.3f, \"touch_seconds\": %.3f,"
                            + " \"load_seconds\": %.3f, \"load_by_plain\": %.2f, \"load_by_plain_and_touch\": %.2f,"
                            + " \"rss_growth_by_bytes\": %.3f, \"threads\": %d}%n",
                    read,
                    files.size(),
                    median(plain),
                    median(touching),
                    median(loading),
                    median(loading) / median(plain),
                    median(loading) / (median(plain) + median(touching)),
                    median(memory),
                    Runtime.getRuntime().availableProcessors());
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
                    NDArray array = Kernels.room(manager, new Shape(shape), StoredType.BF16.code());
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

    /** One byte a page of fresh memory, by one thread. */
    private static void touch(long bytes) throws IOException {
        try (NDManager manager = Engines.newManager()) {
            for (long left = bytes; left > 0; left -= 1 << 27) {
                Shape shape = new Shape(Math.min(left, 1 << 27));
                NDArray array = Kernels.room(manager, shape, StoredType.U8.code());
                RawMemory.each(array, part -> {
                    for (int i = 0; i < part.limit(); i += 4096) part.put(i, (byte) 1);
                });
            }
        }
    }

    /** Loads everything, and says by how many bytes the process has grown while it holds it. */
    private static long load(Path folder) throws IOException {
        long before = resident();
        try (NDManager manager = Engines.newManager();
                Shards shards = Shards.open(folder)) {
            for (String name : shards.names()) shards.read(name, manager);
            return resident() - before;
        }
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }
}
