package vitune.tune;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tech.tablesaw.api.DateTimeColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.numbers.NumberColumnFormatter;

/** Every run under a folder, those that did not come to their end included, from the {@code run.json} that each leaves. */
public final class Runs {
    private static final String[] WORDS = {"outcome", "steps"};
    private static final String[] NUMBERS = {
        "samples", "first loss", "last loss", "tokens/s", "peak MiB", "seconds", "disk MB"
    };
    private static final String[] LAST = {"device", "precision", "seed", "data", "folder"};

    private final Path folder;
    private final Table table = Table.create("runs");

    private Runs(Path folder) {
        this.folder = folder;
        DateTimeColumn began = DateTimeColumn.create("began");
        began.setPrintFormatter(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm"), "");
        table.addColumns(StringColumn.create("stage"), began);
        Stream.of(WORDS).forEach(name -> table.addColumns(StringColumn.create(name)));
        for (String name : NUMBERS) {
            if (name.endsWith("loss")) {
                DoubleColumn loss = DoubleColumn.create(name);
                loss.setPrintFormatter(NumberColumnFormatter.fixedWithGrouping(3));
                table.addColumns(loss);
            } else {
                LongColumn whole = LongColumn.create(name);
                whole.setPrintFormatter(NumberColumnFormatter.intsWithGrouping());
                table.addColumns(whole);
            }
        }
        Stream.of(LAST).forEach(name -> table.addColumns(StringColumn.create(name)));
    }

    /**
     * A row for each run, in the order in which they began (UTC): stage, outcome, steps made and planned, samples, loss of the
     * first step and over the last tenth, all tokens a second, peak memory, seconds of training, what its folder takes on the
     * disk, device, precision, seed, first digits of the data's hash, and the folder. A file that is no run gives a row that
     * says so. Any of the folders may be deleted: the same call then trains again.
     *
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static Table table(Path folder) {
        Runs runs = new Runs(folder);
        try {
            for (Path file : files(folder)) runs.add(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
        return runs.table.sortOn("began", "folder");
    }

    /** Every {@code run.json} in order; runs may be writing, so what goes while it is looked for is passed over. */
    private static List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.endsWith("run.json")) found.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(folder) || !(e instanceof NoSuchFileException)) throw e;
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }

    private void add(Path file) {
        String place = folder.relativize(file.getParent()).toString();
        Runs one = new Runs(folder);
        try {
            one.table.longColumn("disk MB").append(Math.round(size(file.getParent()) / 1e6));
            one.add(JsonParser.parseString(Files.readString(file)).getAsJsonObject(), place);
            table.append(one.table);
        } catch (IOException
                | UncheckedIOException
                | JsonParseException
                | IllegalStateException
                | ClassCastException
                | DateTimeException
                | NumberFormatException e) {
            table.stringColumn("outcome").append("not readable");
            table.stringColumn("folder").append(place);
            table.columns().forEach(column -> {
                if (column.size() < table.stringColumn("folder").size()) {
                    column.appendMissing();
                }
            });
        }
    }

    /** Bytes of the files that lie in a run's folder; one that goes meanwhile has none. */
    private static long size(Path run) throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.list(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) sum += bytes(file);
        }
        return sum;
    }

    private static long bytes(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException gone) {
            return 0;
        }
    }

    private void add(JsonObject run, String place) {
        if (!run.has("steps") || !run.has("stage")) {
            throw new JsonParseException("no run");
        }
        List<JsonObject> steps = new ArrayList<>();
        run.getAsJsonArray("steps").forEach(step -> steps.add(step.getAsJsonObject()));
        JsonObject last = steps.isEmpty() ? new JsonObject() : steps.get(steps.size() - 1);
        Double seconds = number(last, "seconds");
        double tokens = numbers(steps, "tokens").sum();
        JsonObject stage = run.getAsJsonObject("stage");
        JsonObject versions = run.getAsJsonObject("versions");
        words("stage", text(stage, "name"));
        String began = text(run, "began");
        table.dateTimeColumn("began")
                .append(began.isEmpty() ? null : LocalDateTime.ofInstant(Instant.parse(began), ZoneOffset.UTC));
        words("outcome", text(run, "outcome"));
        words(
                "steps",
                steps.size() + (last.has("steps") ? " of " + last.get("steps").getAsInt() : ""));
        whole("samples", number(run, "samples"));
        table.doubleColumn("first loss").append(steps.isEmpty() ? null : number(steps.get(0), "loss"));
        table.doubleColumn("last loss").append(lastLoss(steps));
        whole("tokens/s", seconds == null || tokens == 0 ? null : tokens / seconds);
        double peak = numbers(steps, "peakMiB").max().orElse(0);
        whole("peak MiB", peak > 0 ? peak : null);
        whole("seconds", seconds);
        words("device", text(versions, "device"));
        words("precision", text(stage, "precision").toLowerCase(Locale.ROOT));
        words("seed", text(stage, "seed"));
        String data = text(run, "dataHash");
        words("data", data.substring(0, Math.min(8, data.length())));
        words("folder", place);
    }

    /** The mean of the last tenth, as {@link TuningRun#lastLoss} has it. */
    private static @Nullable Double lastLoss(List<JsonObject> steps) {
        if (steps.isEmpty()) return null;
        int tail = Math.max(1, steps.size() / 10);
        return numbers(steps.subList(steps.size() - tail, steps.size()), "loss")
                .average()
                .orElseThrow();
    }

    private void words(String column, String value) {
        table.stringColumn(column).append(value);
    }

    private void whole(String column, @Nullable Double value) {
        if (value == null) {
            table.longColumn(column).appendMissing();
        } else {
            table.longColumn(column).append(Math.round(value));
        }
    }

    private static String text(@Nullable JsonObject from, String name) {
        JsonElement value = from == null ? null : from.get(name);
        return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
    }

    private static @Nullable Double number(JsonObject from, String name) {
        JsonElement value = from.get(name);
        return value == null || !value.isJsonPrimitive() ? null : value.getAsDouble();
    }

    /** A number of each step, 0 where it has none. */
    private static DoubleStream numbers(List<JsonObject> steps, String name) {
        return steps.stream().map(step -> number(step, name)).mapToDouble(value -> value == null ? 0 : value);
    }
}
