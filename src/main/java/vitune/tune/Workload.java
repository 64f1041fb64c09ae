package vitune.tune;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import vitune.model.ModelConfig;
import vitune.model.Part;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Precision;

/**
 * What a step of a stage has to do, as far as memory and time go: the largest micro-batch, and how it is computed.
 *
 * @param config sizes of the model
 * @param parts how each part is treated
 * @param compute precision of the forward and backward passes
 * @param recompute whether layers are computed again on the way back
 * @param rows texts in a micro-batch
 * @param tokens of the longest text, image tokens included
 * @param supervised tokens with a label in a micro-batch
 * @param pictures in a micro-batch
 * @param cachedPictures pictures that are seen once, before the first step; 0 where the encoder looks in every step
 * @param inMemory whether what was seen is kept in the memory that this is about, and not on a disk or, from a GPU, the host
 * @param samples in one optimiser step
 */
record Workload(
        ModelConfig config,
        Map<Part, PartLoad> parts,
        Precision compute,
        boolean recompute,
        int rows,
        int tokens,
        int supervised,
        int pictures,
        int cachedPictures,
        boolean inMemory,
        int samples) {

    Workload {
        parts = Map.copyOf(parts);
        for (Part part : Part.values()) {
            if (!parts.containsKey(part)) throw new IllegalArgumentException("no word on the " + part.label());
        }
        if (rows < 1 || tokens < 1 || supervised < 0 || pictures < 0 || cachedPictures < 0 || samples < 1) {
            throw new IllegalArgumentException("sizes of a micro-batch must be >= 1, got " + rows + " rows of " + tokens
                    + " tokens, " + pictures + " pictures, " + samples + " samples a step");
        }
        if (cachedPictures > 0 && parts.get(Part.VISION).learns()) {
            throw new IllegalArgumentException("features of an encoder that is trained cannot be kept");
        }
    }

    /**
     * The largest micro-batch that the order of the data can bring.
     *
     * @param pictures that differ in all of it
     * @param features where they are kept, not {@link FeatureCache.Kind#FASTEST}
     */
    static Workload of(
            VisionLanguageModel model, Stage stage, List<Rendered> rows, int pictures, FeatureCache.Kind features) {
        Map<Part, PartLoad> parts = parts(
                stage,
                part -> Precision.of(model.parameters()
                        .select(name -> Part.of(name) == part)
                        .arrays()
                        .get(0)));
        int size = Math.min(stage.microBatch(), rows.size());
        return new Workload(
                model.config(),
                parts,
                stage.precision(),
                stage.recompute(),
                size,
                most(rows.stream().map(Rendered::length).toList(), 1),
                most(rows.stream().map(Rendered::supervised).toList(), size),
                most(rows.stream().map(Rendered::images).toList(), size),
                parts.get(Part.VISION).learns() || features == FeatureCache.Kind.NONE ? 0 : pictures,
                features == FeatureCache.Kind.MEMORY,
                Math.min(stage.batch(), rows.size()));
    }

    /** Texts of one length, each with a picture that is seen in every step and all its tokens learned. */
    static Workload of(ModelConfig config, Stage stage, Precision stored, int text, int samples) {
        int rows = Math.min(stage.microBatch(), samples);
        return new Workload(
                config,
                parts(stage, part -> stored),
                stage.precision(),
                stage.recompute(),
                rows,
                config.queries() + text,
                rows * text,
                rows,
                0,
                true,
                Math.min(stage.batch(), samples));
    }

    private static Map<Part, PartLoad> parts(Stage stage, Function<Part, Precision> stored) {
        Map<Part, PartLoad> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            parts.put(part, PartLoad.of(stage.plan().of(part), stored.apply(part)));
        }
        return parts;
    }

    private static int most(List<Integer> numbers, int count) {
        return numbers.stream()
                .sorted(Comparator.reverseOrder())
                .limit(count)
                .mapToInt(Integer::intValue)
                .sum();
    }

    PartLoad part(Part part) {
        return parts.get(part);
    }

    /** Micro-batches in one optimiser step. */
    int microBatches() {
        return (samples + rows - 1) / rows;
    }

    Workload withPart(Part part, UnaryOperator<PartLoad> change) {
        Map<Part, PartLoad> changed = new EnumMap<>(parts);
        changed.computeIfPresent(part, (key, load) -> change.apply(load));
        return with(draft -> draft.parts = changed);
    }

    Workload withRecompute(boolean again) {
        return with(draft -> draft.recompute = again);
    }

    Workload withCompute(Precision precision) {
        return with(draft -> draft.compute = precision);
    }

    /** Features kept for so many pictures, 0 for none. */
    Workload withCachedPictures(int count) {
        return with(draft -> draft.cachedPictures = count);
    }

    /** The same with what was seen kept elsewhere. */
    Workload withFeaturesElsewhere() {
        return with(draft -> draft.inMemory = false);
    }

    /** Micro-batches of fewer texts; labels and pictures go down with them. */
    Workload withRows(int fewer) {
        return with(draft -> {
            draft.rows = fewer;
            draft.supervised = scaled(supervised, fewer);
            draft.pictures = scaled(pictures, fewer);
        });
    }

    private int scaled(int count, int fewer) {
        return (int) Math.ceil((double) count * fewer / rows);
    }

    /** A changed copy. */
    private Workload with(Consumer<Draft> change) {
        Draft draft = new Draft();
        change.accept(draft);
        return new Workload(
                config,
                draft.parts,
                draft.compute,
                draft.recompute,
                draft.rows,
                tokens,
                draft.supervised,
                draft.pictures,
                draft.cachedPictures,
                draft.inMemory,
                samples);
    }

    /** What may differ in a copy. */
    private final class Draft {
        Map<Part, PartLoad> parts = Workload.this.parts;
        Precision compute = Workload.this.compute;
        boolean recompute = Workload.this.recompute;
        int rows = Workload.this.rows;
        int supervised = Workload.this.supervised;
        int pictures = Workload.this.pictures;
        int cachedPictures = Workload.this.cachedPictures;
        boolean inMemory = Workload.this.inMemory;
    }
}
