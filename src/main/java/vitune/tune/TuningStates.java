package vitune.tune;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import vitune.tensor.CheckpointException;
import vitune.tensor.Parameters;
import vitune.tensor.Safetensors;

/**
 * The files from which a cut run goes on, {@code state-000050.safetensors} after fifty steps: trained weights, AdamW's
 * moments, and the steps so far. The order of the data follows from the seed and the step, and nothing else is random,
 * so N steps equal k + (N - k) to the bit. Of a run that is finished its weights alone stay, a third of one state.
 *
 * <p>Written beside its name and moved there, so a crash or a full disk leaves the one before; with a checksum over all of
 * it, so that a damaged one is passed over on reading.
 *
 * @param folder of this run alone
 * @param key of this very run
 * @param most states that stay, at least 1
 */
record TuningStates(Path folder, String key, int most) {
    private static final Pattern NAME = Pattern.compile("state-(\\d+)\\.safetensors");
    private static final Pattern LEFT_BEHIND = Pattern.compile("\\.state-.*\\.part");

    /**
     * What a state tells beside the arrays.
     *
     * @param began when the run began
     * @param unreached what no gradient has reached yet
     * @param finished whether no step is to come, and the weights are all there is
     */
    record Content(String began, List<Step> steps, List<String> unreached, boolean finished) {}

    /** Puts the newest sound state back and returns what it tells; null if there is none. */
    @Nullable
    Content restore(AdamW optimizer, NDManager manager, Consumer<String> onWarning) throws IOException {
        for (Path file : files(LEFT_BEHIND)) {
            Files.deleteIfExists(file); // of a process that was killed while it wrote
        }
        for (Path file : newestFirst()) {
            try (NDManager scratch = manager.newSubManager(Device.cpu())) {
                return read(file, optimizer, scratch);
            } catch (CheckpointException | UncheckedIOException | JsonParseException e) {
                if (e instanceof UncheckedIOException && Thread.currentThread().isInterrupted()) {
                    throw e; // Java closed the file, which is sound
                }
                onWarning.accept(file + " is damaged (" + e.getMessage()
                        + "); the run goes on from the one before, if there is one");
            }
        }
        return null;
    }

    /** Reads and checks a whole state before it changes anything. */
    private Content read(Path file, AdamW optimizer, NDManager scratch) {
        Map<String, String> notes;
        try (Safetensors stored = Safetensors.open(file)) {
            notes = stored.metadata();
        }
        Parameters arrays = Parameters.read(file, scratch);
        String text = notes.getOrDefault("content", "");
        String found = checksum(text, arrays.asMap());
        if (!key.equals(notes.get("key")) || !found.equals(notes.get("checksum"))) {
            throw new CheckpointException(file.toString(), "checksum", notes.get("checksum") + " of run " + key, found);
        }
        Content content = new Gson().fromJson(text, Content.class);
        if (content.finished()) optimizer.restoreWeights(arrays);
        else optimizer.restore(arrays, content.steps().size(), content.unreached());
        return content;
    }

    /** Writes a state and removes all but the newest; of a run that is finished the weights, and removes all else. */
    void save(AdamW optimizer, String began, List<Step> steps, boolean finished) throws IOException {
        String text = new Gson().toJson(new Content(began, steps, List.copyOf(optimizer.unreached()), finished));
        Map<String, NDArray> arrays = finished ? optimizer.weights() : optimizer.state();
        Path file = file(steps.size());
        try {
            Safetensors.write(file, arrays, Map.of("key", key, "content", text, "checksum", checksum(text, arrays)));
        } catch (UncheckedIOException e) {
            throw new IOException(refusal(file, arrays, e), e);
        }
        int left = finished ? 1 : most;
        for (Path other : newestFirst()) {
            if (step(other) > steps.size() || --left < 0) { // a later one was damaged, else this run would not be here
                Files.deleteIfExists(other);
            }
        }
    }

    /** Where the state after that many steps lies. */
    Path file(int step) {
        return folder.resolve("state-%06d.safetensors".formatted(step));
    }

    /** The newest state there is, by name; null if there is none. */
    @Nullable
    Path newest() {
        try {
            return newestFirst().stream().findFirst().orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private String refusal(Path file, Map<String, NDArray> arrays, UncheckedIOException e) {
        long needed =
                arrays.values().stream().mapToLong(array -> 4 * array.size()).sum();
        Path newest = newest();
        return "cannot write " + file + ": it needs " + DiskSpace.words(needed, DiskSpace.free(folder)) + " ("
                + e.getCause() + "); " + (newest == null ? "there is no earlier state" : newest + " is kept");
    }

    private static String checksum(String text, Map<String, NDArray> arrays) {
        CRC32C words = new CRC32C();
        words.update(text.getBytes(StandardCharsets.UTF_8));
        return "%08x%08x".formatted(words.getValue(), Parameters.checksum(arrays));
    }

    private List<Path> newestFirst() throws IOException {
        return files(NAME).stream()
                .sorted(Comparator.comparingInt(TuningStates::step).reversed())
                .toList();
    }

    private static int step(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Integer.parseInt(name.group(1)) : -1;
    }

    private List<Path> files(Pattern name) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
    }
}
