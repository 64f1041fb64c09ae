package vitune.tune;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.data.Sha256;
import vitune.model.Batch;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.DeviceMemory;

/**
 * The data of a run, ready for the loop: every sample rendered once to ids and labels, and, if the vision encoder is
 * frozen, what it sees in every picture.
 */
final class Examples implements AutoCloseable {
    /** One optimiser step's samples. */
    record Group(List<Integer> samples, long supervisedTokens) {}

    private final VisionLanguageModel model;
    private final List<InstructionSample> samples;
    private final List<Rendered> rendered;
    private final String hash;
    private final Map<Path, String> pictures = new LinkedHashMap<>();
    private final @Nullable VisionFeatures features; // null where the encoder is trained

    /**
     * @param rendered of the data, see {@link #render}
     * @throws IllegalArgumentException if T5 were to pack them
     */
    Examples(
            VisionLanguageModel model,
            InstructionSet data,
            List<Rendered> rendered,
            Stage stage,
            FeatureCache cache,
            IntConsumer onPicture) {
        this.model = model;
        this.samples = data.samples();
        this.rendered = rendered;
        if (stage.packed()) Batch.requirePackable(rendered);
        this.hash = hash(data);
        long uses = stage.epochs()
                * samples.stream().mapToLong(s -> s.images().size()).sum();
        this.features = stage.plan().vision().equals(Treatment.FROZEN)
                ? new VisionFeatures(model, stage, pictures, uses, cache, DeviceMemory.ofMachine(), onPicture)
                : null;
    }

    /**
     * The samples as tokens.
     *
     * @throws IllegalArgumentException if there is none, or one has nothing to learn or no room for its picture
     */
    static List<Rendered> render(VisionLanguageModel model, InstructionSet data) {
        if (data.size() == 0) throw new IllegalArgumentException("the data must hold at least one sample, got 0");
        return data.samples().stream().map(sample -> render(model, sample)).toList();
    }

    /** A sample longer than the model's positions is cut at its end. Source: LLaVA cuts at {@code model_max_length}. */
    private static Rendered render(VisionLanguageModel model, InstructionSample sample) {
        int most = model.config().language().maxTokens();
        Rendered whole;
        try {
            whole = model.render(sample.turns(), sample.images().size());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("sample " + sample.id() + ": " + e.getMessage(), e);
        }
        Rendered kept = whole.cut(most);
        if (kept.supervised() == 0) {
            throw new IllegalArgumentException("sample " + sample.id() + " has " + whole.length()
                    + " tokens, the model " + most + " positions: no token of an answer is left to learn");
        }
        long shown = imageTokens(model, kept);
        if (shown < imageTokens(model, whole)) {
            throw new IllegalArgumentException("sample " + sample.id() + " has " + whole.length()
                    + " tokens, the model " + most + " positions: " + shown + " of the " + imageTokens(model, whole)
                    + " tokens of its picture are left, expected all");
        }
        return kept;
    }

    private static long imageTokens(VisionLanguageModel model, Rendered text) {
        return Arrays.stream(text.ids())
                .filter(id -> id == model.specials().image())
                .count();
    }

    /** Sha-256 of instructions and responses, and of the bytes of the pictures' files. */
    String hash() {
        return hash;
    }

    /** Where features of pictures are kept, and why. */
    String features() {
        return features == null ? "none (the vision encoder is trained)" : features.reason();
    }

    private String hash(InstructionSet data) {
        try {
            MessageDigest digest = Sha256.digest();
            digest.update(data.hash().getBytes(StandardCharsets.UTF_8));
            Set<Path> unique = new LinkedHashSet<>();
            data.forEach(sample -> unique.addAll(sample.images()));
            for (Path picture : unique) {
                byte[] bytes = Files.readAllBytes(picture);
                digest.update(bytes);
                pictures.put(picture, Sha256.of(bytes));
            }
            return Sha256.of(digest);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a picture of the data: " + e.getMessage(), e);
        }
    }

    int size() {
        return samples.size();
    }

    /** Optimiser steps in all. */
    int steps(Stage stage) {
        return steps(stage, size());
    }

    /** Optimiser steps over so many samples; the last group of an epoch may be smaller. */
    static int steps(Stage stage, int samples) {
        return stage.epochs() * stepsPerEpoch(stage, samples);
    }

    private static int stepsPerEpoch(Stage stage, int samples) {
        return (samples + stage.batch() - 1) / stage.batch();
    }

    /** The samples of a step: each epoch is one shuffle, drawn from the seed and the epoch alone. */
    Group group(Stage stage, int step) {
        int perEpoch = stepsPerEpoch(stage, size());
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(stage.seed() * 1_000_003L + step / perEpoch));
        int from = step % perEpoch * stage.batch();
        List<Integer> members = order.subList(from, Math.min(size(), from + stage.batch()));
        return new Group(
                List.copyOf(members),
                members.stream().mapToLong(i -> rendered.get(i).supervised()).sum());
    }

    /** Whether a group has a picture, so that its gradients reach every part. */
    boolean withPictures(Group group) {
        return group.samples().stream().anyMatch(i -> !samples.get(i).images().isEmpty());
    }

    /** All tokens of some samples, image tokens included. */
    long tokens(List<Integer> members) {
        return members.stream().mapToLong(i -> rendered.get(i).length()).sum();
    }

    /** The samples of a step in rows, a list for each forward pass. */
    List<List<List<Integer>>> passes(Stage stage, Group group) {
        return MicroBatches.of(group.samples(), i -> rendered.get(i).length(), stage.microBatch(), stage.packed());
    }

    /** Some rows of samples as one batch, pictures as cached features or as pixels. */
    Batch batch(List<List<Integer>> rows, NDManager manager) {
        Batch batch = Batch.packed(
                rows.stream()
                        .map(row -> row.stream().map(rendered::get).toList())
                        .toList(),
                model.specials().pad(),
                manager);
        List<Path> shown = rows.stream()
                .flatMap(List::stream)
                .flatMap(i -> samples.get(i).images().stream())
                .toList();
        if (shown.isEmpty()) {
            return batch;
        }
        return features == null
                ? batch.withPixels(model.processor().batch(shown, manager))
                : features.show(batch, shown, manager);
    }

    /** The ids of some samples, for a message. */
    List<String> names(List<Integer> members) {
        return members.stream().map(i -> samples.get(i).id()).toList();
    }

    @Override
    public void close() {
        if (features != null) {
            features.close();
        }
    }
}
