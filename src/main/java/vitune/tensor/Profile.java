package vitune.tensor;

import ai.djl.pytorch.jni.JniUtils;
import com.google.gson.Gson;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Where the time of some work goes, by part of the model and by kernel: PyTorch's own profiler, read.
 *
 * <pre>{@code
 * var profile = Profile.of(() -> new Tuner(model).run(stage, data));
 * profile.parts()      // vision forward, connector backward, optimiser, ...
 * profile.kernels()    // addmm, layer_norm, ...
 * }</pre>
 *
 * <p>Times are self times, so they sum to the whole: a kernel's own, without those it calls. What no kernel covers is
 * Java's. On a GPU they are what the CPU spends on launching; that has not been measured.
 *
 * @param rows one a part, pass and kernel
 * @param milliseconds of all the work, those outside kernels included
 */
public record Profile(List<Row> rows, double milliseconds) {
    /** What takes the time that is no part's and no pass's. */
    public static final String JAVA = "Java and data";

    private static final String OUTSIDE = "(outside kernels)";
    private static final String ENGINE = "autograd::engine::evaluate_function: ";
    private static final String ATEN = "aten::";
    private static final String MARK = "enter_";
    private static volatile @Nullable Thread profiled;

    /**
     * What a kernel took.
     *
     * @param part "vision", "connector", "language", or "" outside the model
     * @param pass "forward", "backward", "optimiser" or "" for anything else
     * @param kernel "mm" for an operation of PyTorch, "linear()" for what a kernel of ours does beside those it calls,
     *     "AddmmBackward0" for a node of the graph
     * @param calls how often it ran
     * @param milliseconds its own, without the kernels it calls
     */
    public record Row(String part, String pass, String kernel, long calls, double milliseconds) {
        /** Its pass, or {@link Profile#JAVA} outside all parts and passes. */
        public String label() {
            return part.isEmpty() && pass.isEmpty() ? JAVA : pass;
        }
    }

    /** The rows, the longest first. */
    public Profile {
        rows = rows.stream()
                .sorted(Comparator.comparingDouble(Row::milliseconds).reversed())
                .toList();
    }

    /**
     * Runs some work under the profiler, on this thread.
     *
     * @param work a few steps: each kernel call leaves about 200 bytes in a temporary file
     * @throws IllegalStateException if a profile is being made already
     */
    public static Profile of(Runnable work) {
        boolean cuda = Engines.device().isGpu();
        try {
            Path trace = Files.createTempFile("vitune", ".json");
            try {
                start();
                JniUtils.startProfile(cuda, false, false);
                long began = System.nanoTime();
                double milliseconds;
                try {
                    work.run();
                } finally {
                    milliseconds = (System.nanoTime() - began) / 1e6;
                    JniUtils.stopProfile(trace.toString());
                    profiled = null;
                }
                return new Profile(Reading.of(events(trace), milliseconds), milliseconds);
            } finally {
                Files.deleteIfExists(trace);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the profiler's trace", e);
        }
    }

    private static synchronized void start() {
        if (profiled != null) throw new IllegalStateException("a profile is being made already, on " + profiled);
        profiled = Thread.currentThread();
    }

    /** Marks that what follows on this thread is a part of the model: "vision", "connector" or "language". */
    public static void enter(String part) {
        if (profiled == Thread.currentThread()) KernelModule.get().run(MARK + part);
    }

    private static List<Event> events(Path trace) throws IOException {
        List<Event> events = new ArrayList<>();
        Gson gson = new Gson();
        try (Reader text = Files.newBufferedReader(trace);
                JsonReader json = new JsonReader(text)) {
            json.beginArray();
            while (json.hasNext()) {
                Event event = gson.fromJson(json, Event.class);
                if ("X".equals(event.ph)) events.add(event);
            }
        }
        events.sort(Comparator.comparingDouble(Event::ts).thenComparing(e -> -e.dur));
        return events;
    }

    /** A line of the trace; microseconds. */
    private record Event(String name, String ph, double ts, double dur) {}

    /** Goes through the trace in time, and knows where in the model it is. */
    private static final class Reading {
        private final Map<List<String>, double[]> sums = new LinkedHashMap<>(); // calls, milliseconds
        private final Deque<Event> open = new ArrayDeque<>();
        private final Map<Event, Double> inner = new IdentityHashMap<>();
        private String part = "";
        private String pass = "";
        private double covered;

        static List<Row> of(List<Event> events, double milliseconds) {
            Reading reading = new Reading();
            events.forEach(reading::enter);
            while (!reading.open.isEmpty()) reading.leave();
            reading.add(List.of("", "", OUTSIDE), Math.max(0, milliseconds - reading.covered), 1);
            return reading.sums.entrySet().stream()
                    .map(e -> new Row(
                            e.getKey().get(0),
                            e.getKey().get(1),
                            e.getKey().get(2),
                            (long) e.getValue()[0],
                            e.getValue()[1]))
                    .toList();
        }

        private void enter(Event event) {
            while (!open.isEmpty() && open.peek().ts + open.peek().dur <= event.ts) leave();
            if (open.isEmpty()) {
                place(event.name);
                if (!event.name.startsWith(MARK)) covered += event.dur / 1000;
            } else {
                inner.merge(open.peek(), event.dur, Double::sum);
            }
            open.push(event);
        }

        private void leave() {
            Event event = open.pop();
            double own = Math.max(0, event.dur - inner.getOrDefault(event, 0.0));
            inner.remove(event);
            if (event.name.startsWith(MARK)) return;
            boolean counted = open.isEmpty() || !open.peek().name.equals(event.name); // a kernel of ours is seen twice
            add(List.of(part, pass, name(event.name)), own / 1000, counted ? 1 : 0);
        }

        /**
         * Where in a step the work is, told by what runs at the top. The backward pass goes through the language model
         * first; the place where pictures were put into the text is where it leaves it.
         */
        private void place(String name) {
            if (name.startsWith(MARK)) {
                part = name.substring(MARK.length());
                pass = "forward";
            } else if (name.startsWith(ENGINE)) {
                if (!pass.equals("backward")) part = "language";
                pass = "backward";
                if (name.contains("MaskedScatter")) part = "connector";
            } else if (name.equals("clip_global_norm") || name.equals("adamw")) {
                part = "";
                pass = "optimiser";
            } else if (pass.equals("optimiser") || part.isEmpty()) {
                pass = "";
            }
        }

        /** "mm" for PyTorch's, "linear()" for what a kernel of ours does beside them, "AddmmBackward0" for a graph's. */
        private static String name(String event) {
            if (event.startsWith(ENGINE)) return event.substring(ENGINE.length());
            if (event.startsWith(ATEN)) return event.substring(ATEN.length());
            return event.matches("[a-z_0-9]+") ? event + "()" : event;
        }

        private void add(List<String> key, double milliseconds, int calls) {
            double[] sum = sums.computeIfAbsent(key, k -> new double[2]);
            sum[0] += calls;
            sum[1] += milliseconds;
        }
    }

    /** One row a part and pass: milliseconds, and the share of the whole. */
    public Table parts() {
        Map<List<String>, double[]> sums = new LinkedHashMap<>();
        for (Row row : rows) {
            sums.computeIfAbsent(List.of(row.part, row.label()), k -> new double[2])[1] += row.milliseconds;
        }
        StringColumn part = StringColumn.create("part");
        StringColumn pass = StringColumn.create("pass");
        DoubleColumn milliseconds = DoubleColumn.create("ms");
        DoubleColumn share = DoubleColumn.create("share");
        sums.forEach((key, sum) -> {
            part.append(key.get(0));
            pass.append(key.get(1));
            milliseconds.append(rounded(sum[1], 100));
            share.append(rounded(sum[1] / this.milliseconds, 1000));
        });
        return Table.create("time by part", part, pass, milliseconds, share).sortDescendingOn("ms");
    }

    /** One row a kernel, over all parts: calls, milliseconds, and the share of the whole. */
    public Table kernels() {
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (Row row : rows) {
            double[] sum = sums.computeIfAbsent(row.kernel, k -> new double[2]);
            sum[0] += row.calls;
            sum[1] += row.milliseconds;
        }
        StringColumn kernel = StringColumn.create("kernel");
        LongColumn calls = LongColumn.create("calls");
        DoubleColumn milliseconds = DoubleColumn.create("ms");
        DoubleColumn share = DoubleColumn.create("share");
        sums.forEach((name, sum) -> {
            kernel.append(name);
            calls.append((long) sum[0]);
            milliseconds.append(rounded(sum[1], 100));
            share.append(rounded(sum[1] / this.milliseconds, 1000));
        });
        return Table.create("time by kernel", kernel, calls, milliseconds, share)
                .sortDescendingOn("ms");
    }

    private static double rounded(double x, double to) {
        return Math.round(x * to) / to;
    }

    @Override
    public String toString() {
        return "Profile[%.1f ms, %d kernels, most in %s]"
                .formatted(
                        milliseconds, rows.stream().map(Row::kernel).distinct().count(), rows.get(0).kernel);
    }
}
