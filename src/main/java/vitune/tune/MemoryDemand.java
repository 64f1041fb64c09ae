package vitune.tune;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import vitune.model.ModelConfig;
import vitune.model.Part;
import vitune.tensor.Precision;

/**
 * The bytes and operations of one stage, counted from the sizes of the model and of its largest micro-batch.
 *
 * @param weights stored weights and f32 masters, by part
 * @param gradients of what is trained, f32
 * @param optimizer AdamW's two moments, f32
 * @param looking before the first step, when pictures are seen once; then only weights are there beside
 * @param cache features of pictures that were seen once
 * @param activations what the way back needs, by part
 * @param scores scores of the vocabulary, their logarithms and their gradients: of as many places as are scored at once
 * @param work what comes and goes within one layer, at the worst moment
 * @param forward operations of a micro-batch on the way forward
 * @param backward operations on the way back, layers that are computed again included
 * @param look operations of seeing all pictures once; 0 where the encoder looks in every step
 */
record MemoryDemand(
        Map<Part, Long> weights,
        Map<Part, Long> gradients,
        Map<Part, Long> optimizer,
        long looking,
        long cache,
        Map<Part, Long> activations,
        long scores,
        long work,
        double forward,
        double backward,
        double look) {
    private static final int SINGLE = 4; // bytes of an f32
    private static final int PICTURES_AT_ONCE = 64;
    private static final Set<String> HEADS = Set.of(
            "language_model.lm_head.weight",
            "language_model.model.decoder.embed_tokens.weight",
            "language_model.shared.weight");

    static MemoryDemand of(Workload work) {
        int looked = work.cachedPictures() > 0 ? 0 : work.pictures();
        Layers layers = Layers.of(work, looked);
        Map<Part, Long> weights = new EnumMap<>(Part.class);
        Map<Part, Long> gradients = new EnumMap<>(Part.class);
        Map<Part, Long> activations = new EnumMap<>(Part.class);
        double forward = 0;
        double backward = 0;
        for (Part part : Part.values()) {
            long numbers = count(work.config(), part, name -> true);
            long used = count(work.config(), part, work.config()::uses);
            PartLoad load = work.part(part);
            long adapters =
                    layers.of(part).stream().mapToLong(LayerTally::adapters).sum();
            long learned = load.trained() ? used : adapters;
            long masters = load.trained() ? used : 0;
            weights.put(part, (numbers - masters) * load.stored().bytes() + SINGLE * (masters + adapters));
            gradients.put(part, SINGLE * learned);
            boolean again = work.recompute() && part != Part.CONNECTOR;
            activations.put(part, kept(layers.of(part), again));
            for (LayerTally layer : layers.of(part)) {
                forward += layer.forward();
                backward += layer.backward() + (again && layer.flows() ? layer.forward() : 0);
            }
        }
        Map<Part, Long> optimizer = new EnumMap<>(gradients);
        optimizer.replaceAll((part, bytes) -> 2 * bytes);
        ModelConfig config = work.config();
        double head = 2.0
                * work.supervised()
                * config.language().vocabulary()
                * config.language().width();
        boolean pieces = work.supervised() > config.language().placesAtOnce();
        forward += head;
        backward += head + (pieces ? head : 0) + (work.part(Part.LANGUAGE).trained() ? head : 0);
        Peak peak = Peak.of(work, layers, activations, looked);
        return new MemoryDemand(
                weights,
                gradients,
                optimizer,
                looking(work),
                cache(work),
                activations,
                peak.scores(),
                peak.work(),
                forward,
                backward,
                work.cachedPictures() == 0
                        ? 0
                        : Layers.of(work, work.cachedPictures()).vision().stream()
                                .mapToDouble(LayerTally::forward)
                                .sum());
    }

    /** The most bytes at one time, beside the JVM and its libraries. */
    long peak() {
        return sum(weights) + Math.max(looking, step());
    }

    /** What an optimiser step needs beside the weights. */
    long step() {
        return sum(gradients) + sum(optimizer) + cache + sum(activations) + scores + work;
    }

    static long sum(Map<Part, Long> bytes) {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Bytes that a part's layers keep until the way back. */
    private static long kept(List<LayerTally> layers, boolean again) {
        long saved = layers.stream().mapToLong(LayerTally::saved).sum();
        long largest = layers.stream().mapToLong(LayerTally::saved).max().orElse(0);
        long inputs = layers.stream()
                .filter(LayerTally::flows)
                .mapToLong(LayerTally::input)
                .sum();
        return again ? Math.min(saved, inputs + largest) : saved;
    }

    private static long count(ModelConfig config, Part part, Predicate<String> names) {
        return config.shapes().entrySet().stream()
                .filter(each -> Part.of(each.getKey()) == part && names.test(each.getKey()))
                .mapToLong(each -> each.getValue().size())
                .sum();
    }

    /** Before the first step: pictures are seen in f32, some at once, and kept, or written as soon as they fill a file. */
    private static long looking(Workload work) {
        if (work.cachedPictures() == 0) return 0;
        int some = Math.min(PICTURES_AT_ONCE, work.cachedPictures());
        long seeing =
                Peak.largest(Layers.of(work.withCompute(Precision.F32), some).vision())
                        + 2 * some * 3L * side(work) * side(work) * SINGLE
                        + features(work, some);
        long seen = kept(work);
        return (work.inMemory() ? seen : Math.min(seen, VisionFeatures.FILE_BYTES)) + seeing;
    }

    /** What was seen in all pictures, in the precision to compute in. */
    private static long kept(Workload work) {
        return features(work, work.cachedPictures()) / SINGLE * work.compute().bytes();
    }

    private static long cache(Workload work) {
        return work.inMemory() ? kept(work) : 0;
    }

    private static long side(Workload work) {
        return work.config().vision().imageSize();
    }

    private static long features(Workload work, long pictures) {
        return pictures
                * work.config().vision().features()
                * work.config().vision().width()
                * SINGLE;
    }

    /** The worst moment: what is there then beside weights, gradients, moments and what is kept for the way back. */
    private record Peak(long scores, long work) {
        static Peak of(Workload work, Layers layers, Map<Part, Long> activations, int looked) {
            long kept = sum(activations);
            long bytes = work.compute().bytes();
            long n = Math.min(work.supervised(), work.config().language().placesAtOnce());
            long width = work.config().language().width();
            long words = (long) work.config().language().vocabulary();
            // at once: logarithms, their gradient, the scores' gradient; on the way forward scores and logarithms. In
            // f32 on
            // a CPU the logarithms become the gradient, one array less
            long scores = 3 * n * words * SINGLE;
            long head = work.part(Part.LANGUAGE).trained() ? words * width * SINGLE : 0;
            long texts = 4L * work.rows() * work.tokens() * width * bytes;
            long connector =
                    layers.connector().stream().mapToLong(LayerTally::made).sum();
            long held = Math.max(0, connector - activations.get(Part.CONNECTOR)); // until the loss is there
            long forwardEnd = Math.min(scores, n * words * (bytes == SINGLE ? 2 * SINGLE : bytes + 2 * SINGLE))
                    + held
                    + texts
                    + seen(work, looked);
            long atScores = scores + head + texts;
            long atLayers = head + texts + Math.max(back(layers.language()), back(layers.connector()));
            long atTable = head == 0 ? 0 : 2 * head - kept;
            long looking = work.part(Part.VISION).learns() || looked == 0
                    ? 0
                    : largest(layers.vision()) + seen(work, looked) - kept;
            long worst = Math.max(Math.max(forwardEnd, atScores), Math.max(Math.max(atLayers, atTable), looking));
            long shown = Math.min(worst, scores);
            return new Peak(shown, worst - shown);
        }

        private static long back(List<LayerTally> layers) {
            return layers.stream()
                    .mapToLong(layer -> layer.back() + Math.max(0, layer.made() - layer.saved()))
                    .max()
                    .orElse(0);
        }

        /** Pixels, and features as they came and in the precision to compute in. */
        private static long seen(Workload work, int looked) {
            return looked * 3 * side(work) * side(work) * SINGLE + 2 * features(work, work.pictures());
        }

        /** An encoder without a graph: one layer, and what goes in. */
        private static long largest(List<LayerTally> layers) {
            return layers.stream()
                    .mapToLong(layer -> layer.made() + layer.input())
                    .max()
                    .orElse(0);
        }
    }
}
