package vitune.tune;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import vitune.data.Sha256;
import vitune.model.Batch;
import vitune.model.Part;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;
import vitune.tensor.Engines;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;
import vitune.tensor.Precision;

/**
 * What a frozen vision encoder sees in the pictures of a run, kept where a {@link FeatureCache} says, on the host and in
 * the precision that the stage computes in. Where the connector is frozen too, does
 * not read, and makes less of a picture than the encoder does, its tokens take the place of the features.
 */
final class VisionFeatures implements AutoCloseable {
    private static final int AT_ONCE = 64; // pictures
    static final long FILE_BYTES = 128L << 20;

    private final VisionLanguageModel model;
    private final Precision precision;
    private final boolean projected;
    private final Map<Path, String> pictures;
    private final NDManager host;
    private final @Nullable FeatureFolder folder;
    private final boolean choose;
    private FeatureCache.Kind kind;
    private String reason;
    private final Map<String, NDArray> kept = new HashMap<>();

    /**
     * @param pictures with their hashes, in the order in which they are to be seen
     * @param uses how often one of them is used, over all epochs
     * @param memory bytes of the machine
     * @throws IllegalStateException if features are to be kept on disk, and need more than is free there
     * @throws UncheckedIOException if they are to be kept on disk, and cannot be written
     */
    VisionFeatures(
            VisionLanguageModel model,
            Stage stage,
            Map<Path, String> pictures,
            long uses,
            FeatureCache cache,
            long memory,
            IntConsumer onPicture) {
        this.model = model;
        precision = stage.precision();
        projected = projected(model, stage);
        this.pictures = pictures;
        host = model.manager().newSubManager(Device.cpu());
        try {
            folder = cache.folder() == null || pictures.isEmpty()
                    ? null
                    : new FeatureFolder(cache.folder(), key(), shape(), precision);
            choose = cache.kind() == FeatureCache.Kind.FASTEST && !pictures.isEmpty();
            FeatureForecast forecast = forecast(uses, memory);
            kind = choose ? forecast.choice() : cache.kind();
            if (!choose && kind == FeatureCache.Kind.DISK && folder != null && forecast.missing() > folder.free()) {
                throw new IllegalStateException(full(forecast.missing()));
            }
            List<String> faults = folder == null ? List.of() : folder.faults();
            String choice = choose ? forecast.toString() : kind + " (asked for)";
            reason = pictures.isEmpty() ? "no pictures" : String.join("; ", join(choice, faults));
            fill(onPicture);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static boolean projected(VisionLanguageModel model, Stage stage) {
        return stage.plan().connector().equals(Treatment.FROZEN)
                && !model.config().reads()
                && tokens(model).size() <= features(model).size();
    }

    /** Where features of so many pictures would be kept if none were there yet; not {@link FeatureCache.Kind#FASTEST}. */
    static FeatureCache.Kind kind(VisionLanguageModel model, Stage stage, int pictures, long uses, FeatureCache cache) {
        if (cache.kind() != FeatureCache.Kind.FASTEST) return cache.kind();
        Shape shape = projected(model, stage) ? tokens(model) : features(model);
        long bytes = shape.size() * stage.precision().bytes();
        OptionalLong disk =
                cache.folder() == null ? OptionalLong.empty() : OptionalLong.of(DiskSpace.free(cache.folder()));
        return new FeatureForecast(pictures, 0, uses, bytes, DeviceMemory.ofMachine(), disk).choice();
    }

    private static List<String> join(String first, List<String> others) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return all;
    }

    /** Where features are kept, why, which files were no use, and what could not be written. */
    String reason() {
        return reason;
    }

    private static Shape features(VisionLanguageModel model) {
        return new Shape(
                1, model.config().vision().features(), model.config().vision().width());
    }

    private static Shape tokens(VisionLanguageModel model) {
        return new Shape(1, model.config().queries(), model.config().language().width());
    }

    /** Of what is kept for a picture. */
    private Shape shape() {
        return projected ? tokens(model) : features(model);
    }

    /** All that features depend on beside the picture. */
    private String key() {
        Map<String, String> versions = new LinkedHashMap<>(Engines.versions());
        versions.remove("java");
        String parts = model.parameters()
                .select(name -> Part.of(name) == Part.VISION || projected && Part.of(name) == Part.CONNECTOR)
                .hash();
        String settings = model.config().vision()
                + (projected ? model.config().connector().toString() : "")
                + model.processor()
                + precision;
        return Sha256.of(parts + settings + versions);
    }

    private FeatureForecast forecast(long uses, long memory) {
        List<String> hashes = pictures.values().stream().distinct().toList();
        return new FeatureForecast(
                hashes.size(),
                folder == null ? 0 : (int) hashes.stream().filter(folder::has).count(),
                uses,
                shape().size() * precision.bytes(),
                memory,
                folder == null ? OptionalLong.empty() : OptionalLong.of(folder.free()));
    }

    private String full(long bytes) {
        long free = folder == null ? 0 : folder.free();
        return "cannot keep features of pictures in " + folder + ": they need " + DiskSpace.words(bytes, free);
    }

    /** Sees what is not there yet, some pictures at a time. */
    private void fill(IntConsumer onPicture) {
        if (kind == FeatureCache.Kind.NONE) return;
        Map<String, Path> unseen = new LinkedHashMap<>();
        pictures.forEach((picture, hash) -> {
            if (folder == null || !folder.has(hash)) unseen.putIfAbsent(hash, picture);
        });
        Map<String, NDArray> fresh = new LinkedHashMap<>();
        int ready = pictures.size() - unseen.size();
        onPicture.accept(ready);
        List<String> hashes = List.copyOf(unseen.keySet());
        try {
            for (int from = 0; from < hashes.size() && kind != FeatureCache.Kind.NONE; from += AT_ONCE) {
                if (Thread.interrupted()) {
                    throw new CancellationException(
                            "interrupted after " + ready + " of " + pictures.size() + " pictures were seen");
                }
                List<String> some = hashes.subList(from, Math.min(hashes.size(), from + AT_ONCE));
                see(some, some.stream().map(unseen::get).toList(), kind == FeatureCache.Kind.DISK ? fresh : kept);
                if (fresh.size() * shape().size() * precision.bytes() >= FILE_BYTES) flush(fresh);
                ready += some.size();
                onPicture.accept(ready);
            }
        } finally {
            flush(fresh);
        }
        if (kind == FeatureCache.Kind.MEMORY && folder != null) {
            for (String hash : pictures.values()) {
                if (folder.has(hash)) kept.computeIfAbsent(hash, known -> folder.read(known, host));
            }
        }
    }

    /** Sees some pictures at once and keeps each, [1, F, Dv] or [1, Q, D], on the host. */
    private void see(List<String> hashes, List<Path> some, Map<String, NDArray> into) {
        NDManager manager = model.manager();
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray all = Gradients.off(() -> {
                NDArray seen = model.visionFeatures(model.processor().batch(some, manager), precision);
                if (projected) seen = model.project(seen);
                return Kernels.near(seen, host.create(new Shape(0)));
            });
            for (int i = 0; i < hashes.size(); i++) {
                into.put(hashes.get(i), Kernels.keep(all.get(new NDIndex(i + ":" + (i + 1))), host));
            }
        }
    }

    private void flush(Map<String, NDArray> fresh) {
        if (folder == null || fresh.isEmpty()) return;
        boolean interrupted = Thread.interrupted(); // what was seen is written all the same
        try {
            folder.write(fresh);
        } catch (UncheckedIOException e) {
            String text = full(fresh.size() * shape().size() * precision.bytes()) + " (" + e.getCause() + ")";
            if (!choose || Thread.currentThread().isInterrupted()) throw new UncheckedIOException(text, e.getCause());
            kind = FeatureCache.Kind.NONE; // what was chosen to save time must not end the run
            reason += "; " + text + ", so each is seen in every step";
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
            fresh.values().forEach(NDArray::close);
            fresh.clear();
        }
    }

    /** A batch with its pictures: as they were seen, or as pixels where nothing is kept. */
    Batch show(Batch batch, List<Path> shown, NDManager manager) {
        if (kind == FeatureCache.Kind.NONE) {
            return batch.withPixels(model.processor().batch(shown, manager));
        }
        NDList parts = new NDList();
        for (Path picture : shown) {
            String hash = pictures.get(picture);
            NDArray known = kept.get(hash);
            if (known == null && folder != null) known = folder.read(hash, host);
            parts.add(known);
        }
        NDArray seen = Kernels.near(NDArrays.concat(parts, 0), manager.create(new Shape(0)));
        return projected ? batch.withTokens(seen) : batch.withFeatures(seen);
    }

    @Override
    public void close() {
        if (folder != null) folder.close();
        host.close();
    }
}
