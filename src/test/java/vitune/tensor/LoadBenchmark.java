package vitune.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
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
import java.util.stream.Stream;

/**
 * How long a folder of weights takes to load beside reading its bytes, and how much memory: a benchmark, not a test.
 *
 * <p>First {@code LoadBenchmark write FOLDER}: 2 GiB of random bf16 weights in four files. Then, in a JVM of its own,
 * {@code LoadBenchmark FOLDER}: reads through one small buffer and loads, in turn, from a warm cache, and prints medians
 * of five. Loading keeps the bytes, so it also pays for fresh memory, which reading through a buffer does not.
 */
final class LoadBenchmark {
    private static final int ARRAYS = 32;
    private static final int ROUNDS = 5;

    private LoadBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Engines.start();
        if (arguments.length == 2 && arguments[0].equals("write")) {
            write(Files.createDirectories(Path.of(arguments[1])));
        } else if (arguments.length == 1) {
            measure(Path.of(arguments[0]));
        } else {
            throw new IllegalArgumentException("expected [write] FOLDER, got " + List.of(arguments));
        }
    }

    private static void write(Path folder) {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        try (NDManager manager = Engines.newManager()) {
            for (int i = 0; i < ARRAYS; i++) {
                try (NDArray wide = manager.randomNormal(0, 0.02f, new Shape(8192, 4096), DataType.FLOAT32)) {
                    arrays.put("layer." + i + ".weight", Kernels.cast(wide, Precision.BF16));
                }
            }
            Shards.write(folder, arrays, 512L << 20);
        }
    }

    private static void measure(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        }
        long bytes = 0;
        for (Path file : files) bytes += Files.size(file);
        through(files); // warms the cache
        double[] read = new double[ROUNDS];
        double[] load = new double[ROUNDS];
        double worst = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long began = System.nanoTime();
            through(files);
            read[i] = (System.nanoTime() - began) / 1e9;
            long before = residentBytes();
            began = System.nanoTime();
            try (NDManager manager = Engines.newManager()) {
                Parameters parameters = load(folder, manager);
                load[i] = (System.nanoTime() - began) / 1e9;
                worst = Math.max(worst, (double) (residentBytes() - before) / bytes);
                if (parameters.size() != ARRAYS) throw new IllegalStateException(parameters.toString());
            }
        }
        Arrays.sort(read);
        Arrays.sort(load);
        System.out.printf(
                Locale.ROOT,
                "{\"bytes\": %d, \"readSeconds\": %.3f, \"loadSeconds\": %.3f, \"timeRatio\": %.2f, \"memoryRatio\": %.3f}%n",
                bytes,
                read[ROUNDS / 2],
                load[ROUNDS / 2],
                load[ROUNDS / 2] / read[ROUNDS / 2],
                worst);
    }

    private static Parameters load(Path folder, NDManager manager) {
        Parameters parameters = new Parameters(folder.toString());
        try (Shards shards = Shards.open(folder)) {
            shards.names().forEach(name -> parameters.put(name, shards.read(name, manager)));
        }
        return parameters;
    }

    /** Reads every file through one small buffer that is used again and again: what the cache can give at most. */
    private static void through(List<Path> files) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8 << 20);
        for (Path file : files) {
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(buffer.clear()) >= 0) continue;
            }
        }
    }

    /** Memory of this process that is in RAM (Linux). */
    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
        throw new IllegalStateException("no VmRSS in /proc/self/status");
    }
}
