package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import vitune.data.Sha256;
import vitune.tensor.CheckpointException;
import vitune.tensor.Precision;
import vitune.tensor.Safetensors;

/**
 * Features of pictures in files, by the hash of the picture: {@code <folder>/<key>/features-*.safetensors}, where the key
 * stands for the encoder, the processor and the versions. A file is written whole and never changed, and is named after the
 * pictures it holds, so several runs may read and write at the same time. Large files are mapped, not read.
 *
 * <p>A file that cannot be read is removed, one of another origin is left alone; {@link #faults} names both, and what they
 * should have held counts as missing.
 */
final class FeatureFolder implements AutoCloseable {
    private static final int OPEN_FILES = 64;
    private static final Pattern PART = Pattern.compile("\\.features-.*\\.part");
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);

    private final Path folder;
    private final String key;
    private final Shape shape;
    private final Precision precision;
    private final Map<String, Path> places = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<Path, Safetensors> open = new LinkedHashMap<>(16, 0.75f, true); // least recently used first

    /** @param shape of the features of one picture, [1, F, Dv] */
    FeatureFolder(Path root, String key, Shape shape, Precision precision) {
        this.folder = root.resolve(key.substring(0, 16));
        this.key = key;
        this.shape = shape;
        this.precision = precision;
        try {
            Files.createDirectories(folder);
            try (var all = Files.list(folder)) {
                for (Path file : all.sorted().toList()) {
                    if (file.toString().endsWith(".safetensors")) index(file);
                    else if (PART.matcher(file.getFileName().toString()).matches()) clear(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + folder + " for features", e);
        }
    }

    private void index(Path file) throws IOException {
        try (Safetensors stored = Safetensors.open(file)) {
            if (!key.equals(stored.metadata().get("key"))) {
                faults.add(file + ": features of another encoder, processor or version; left alone");
                return;
            }
            for (String picture : stored.names()) {
                if (stored.shape(picture).equals(shape) && stored.dtype(picture).equals(precision.name())) {
                    places.put(picture, file);
                } else {
                    faults.add(file + ", " + picture + ": " + stored.dtype(picture) + " " + stored.shape(picture)
                            + ", expected " + precision + " " + shape);
                }
            }
        } catch (CheckpointException e) {
            faults.add(e.getMessage() + "; removed, its pictures are seen again");
            Files.deleteIfExists(file);
        }
    }

    /** Removes what a process that was killed left half written; another one may be writing a younger one now. */
    private void clear(Path part) {
        try {
            Instant written = Files.getLastModifiedTime(part).toInstant();
            if (written.isBefore(Instant.now().minus(LONGEST_WRITE))) Files.deleteIfExists(part);
        } catch (IOException e) {
            if (Files.exists(part)) faults.add(part + ": half written, cannot be removed (" + e + ")");
        }
    }

    /** What is wrong with the files that were found, a line each. */
    List<String> faults() {
        return faults;
    }

    boolean has(String picture) {
        return places.containsKey(picture);
    }

    /** The features of a picture, [1, F, Dv]. */
    NDArray read(String picture, NDManager manager) {
        Path file = places.get(picture);
        if (file == null) throw new IllegalStateException("no features of picture " + picture + " in " + folder);
        Safetensors stored = open.computeIfAbsent(file, Safetensors::open);
        if (open.size() > OPEN_FILES) {
            Iterator<Safetensors> oldest = open.values().iterator();
            oldest.next().close();
            oldest.remove();
        }
        return stored.read(picture, manager);
    }

    /** Writes the features of some pictures as one file. */
    void write(Map<String, NDArray> features) {
        Path file = folder.resolve("features-"
                + Sha256.of(new TreeSet<>(features.keySet()).toString()).substring(0, 16) + ".safetensors");
        Safetensors.write(file, features, Map.of("key", key));
        features.keySet().forEach(picture -> places.put(picture, file));
    }

    /** Bytes that can be written; more than anything where the system does not tell. */
    long free() {
        return DiskSpace.free(folder);
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    @Override
    public void close() {
        open.values().forEach(Safetensors::close);
        open.clear();
    }
}
