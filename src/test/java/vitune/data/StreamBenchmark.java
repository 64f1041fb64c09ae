package vitune.data;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Reads a LLaVA JSON of many rows, keeps about half of them and writes those; one line of JSON tells seconds and
 * memory. The file is made before, in a temporary folder that is deleted after.
 *
 * <pre>{@code
 * java -Xmx512m -cp "target/classes:target/test-classes:target/lib/*" vitune.data.StreamBenchmark 1000000
 * }</pre>
 */
final class StreamBenchmark {
    private static final String[] WORDS = ("a red bus stands near the old market while two people with umbrellas wait "
                    + "for it and talk about the weather \u00fc \u65e5\u672c")
            .split(" ");

    private StreamBenchmark() {}

    public static void main(String[] args) throws IOException {
        int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Path folder = Files.createTempDirectory("vitune-stream");
        try {
            Path json = folder.resolve("all.json");
            generate(json, rows);
            AtomicLong peak = new AtomicLong();
            AtomicLong live = new AtomicLong();
            watch(peak, live);
            long start = System.nanoTime();
            long[] kept = {0};
            Path shorter = folder.resolve("half.json");
            try (Stream<InstructionSample> samples = LlavaJson.stream(json, folder)) {
                LlavaJson.write(
                        shorter,
                        folder,
                        samples.filter(s -> s.turns().get(0).response().length() % 2 == 0)
                                .peek(s -> kept[0]++));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "{\"rows\": %d, \"bytes\": %d, \"kept_rows\": %d, \"written_bytes\": %d, \"seconds\": %.1f, "
                            + "\"heap_limit\": %d, \"peak_heap\": %d, \"peak_heap_after_collection\": %d}%n",
                    rows,
                    Files.size(json),
                    kept[0],
                    Files.size(shorter),
                    seconds,
                    Runtime.getRuntime().maxMemory(),
                    peak.get(),
                    live.get());
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** About a kilobyte a row: one picture in 1,000, three turns, and a text-only row now and then. */
    private static void generate(Path json, int rows) throws IOException {
        for (int i = 0; i < 1000; i++) {
            Files.writeString(json.resolveSibling(i + ".jpg"), "x");
        }
        SplittableRandom random = new SplittableRandom(1);
        try (BufferedWriter out = Files.newBufferedWriter(json)) {
            out.write("[");
            for (int i = 0; i < rows; i++) {
                boolean text = random.nextInt(10) == 0;
                out.write(i == 0 ? "\n" : ",\n");
                out.write("{\"id\": \"%012d\", ".formatted(i) + (text ? "" : "\"image\": \"" + i % 1000 + ".jpg\", "));
                out.write("\"conversations\": [");
                for (int turn = 0; turn < 3; turn++) {
                    String mark = turn == 0 && !text ? "<image>\\n" : "";
                    out.write((turn == 0 ? "" : ", ") + "{\"from\": \"human\", \"value\": \"" + mark
                            + words(random, 12) + "?\"}, {\"from\": \"gpt\", \"value\": \"" + words(random, 36)
                            + ".\"}");
                }
                out.write("]}");
            }
            out.write("\n]\n");
        }
    }

    private static String words(SplittableRandom random, int most) {
        return random.ints(most / 2 + random.nextInt(most), 0, WORDS.length)
                .mapToObj(i -> WORDS[i])
                .collect(Collectors.joining(" "));
    }

    /** Keeps the largest heap that stood before a collection, and the largest that a collection left over. */
    private static void watch(AtomicLong peak, AtomicLong live) {
        Set<String> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getName)
                .collect(Collectors.toSet());
        NotificationListener listener = (notification, nothing) -> {
            GcInfo info = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                    .getGcInfo();
            peak.accumulateAndGet(used(info.getMemoryUsageBeforeGc(), pools), Math::max);
            live.accumulateAndGet(used(info.getMemoryUsageAfterGc(), pools), Math::max);
        };
        ManagementFactory.getGarbageCollectorMXBeans()
                .forEach(collector -> ((NotificationEmitter) collector).addNotificationListener(listener, null, null));
    }

    private static long used(Map<String, MemoryUsage> usage, Set<String> pools) {
        return usage.entrySet().stream()
                .filter(pool -> pools.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }
}
