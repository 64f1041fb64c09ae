package vitune.tune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import vitune.data.InstructionSample;
import vitune.data.InstructionSet;
import vitune.model.Batch;
import vitune.model.Rendered;
import vitune.model.VisionLanguageModel;
import vitune.tensor.Gradients;
import vitune.tensor.Kernels;

/**
 * The data of a run, ready for the loop: every sample rendered once to ids and labels, and, if the vision encoder is
 * frozen, every picture seen once.
 */
final class Examples implements AutoCloseable {
    private static final int PICTURES_AT_ONCE = 64;

    /** One optimiser step's samples. */
    record Group(List<Integer> samples, long supervisedTokens) {}

    private final VisionLanguageModel model;
    private final List<InstructionSample> samples;
    private final List<Rendered> rendered;
    private final String hash;
    private final @Nullable NDManager owner;
    private final Map<Path, Integer> seen = new LinkedHashMap<>();
    private @Nullable NDArray features; // [N, P+1, Dv]

    Examples(VisionLanguageModel model, InstructionSet data, boolean cacheFeatures, IntConsumer onPicture) {
        this.model = model;
        this.samples = data.samples();
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("the data must hold at least one sample, got 0");
        }
        this.rendered = samples.stream().map(s -> render(model, s)).toList();
        this.hash = hash(data);
        this.owner = cacheFeatures ? model.manager().newSubManager() : null;
        if (owner != null) {
            see(owner, onPicture);
        }
    }

    /** A sample longer than the model's positions is cut at its end. Source: LLaVA cuts at {@code model_max_length}. */
    static Rendered render(VisionLanguageModel model, InstructionSample sample) {
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
        return kept;
    }

    /** Sha-256 of instructions and responses, and of the bytes of the pictures' files. */
    String hash() {
        return hash;
    }

    private static String hash(InstructionSet data) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(data.hash().getBytes(StandardCharsets.UTF_8));
            Set<Path> pictures = new LinkedHashSet<>();
            data.forEach(sample -> pictures.addAll(sample.images()));
            for (Path picture : pictures) {
                digest.update(Files.readAllBytes(picture));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a picture of the data: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    int size() {
        return samples.size();
    }

    /** Optimiser steps in all; the last group of an epoch may be smaller. */
    int steps(Stage stage) {
        return stage.epochs() * stepsPerEpoch(stage);
    }

    private int stepsPerEpoch(Stage stage) {
        return (size() + stage.batch() - 1) / stage.batch();
    }

    /** The samples of a step: each epoch is one shuffle, drawn from the seed and the epoch alone. */
    Group group(Stage stage, int step) {
        int perEpoch = stepsPerEpoch(stage);
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

    /** Some samples as one batch, pictures as cached features or as pixels. */
    Batch batch(List<Integer> members, NDManager manager) {
        Batch batch = Batch.of(
                members.stream().map(rendered::get).toList(), model.specials().pad(), manager);
        List<Path> pictures =
                members.stream().flatMap(i -> samples.get(i).images().stream()).toList();
        if (pictures.isEmpty()) {
            return batch;
        }
        if (features == null) {
            return batch.withPixels(model.processor().batch(pictures, manager));
        }
        long[] rows = pictures.stream().mapToLong(seen::get).toArray();
        return batch.withFeatures(Kernels.rows(features, manager.create(rows)));
    }

    /** The names of some samples, for a message. */
    String names(List<Integer> members) {
        return String.join(", ", members.stream().map(i -> samples.get(i).id()).toList());
    }

    private void see(NDManager manager, IntConsumer onPicture) {
        Set<Path> unique = new LinkedHashSet<>();
        samples.forEach(s -> unique.addAll(s.images()));
        List<Path> pictures = List.copyOf(unique);
        if (pictures.isEmpty()) {
            return;
        }
        NDList parts = new NDList();
        for (int from = 0; from < pictures.size(); from += PICTURES_AT_ONCE) {
            if (Thread.interrupted()) {
                throw new CancellationException(
                        "interrupted after " + seen.size() + " of " + pictures.size() + " pictures were seen");
            }
            List<Path> some = pictures.subList(from, Math.min(pictures.size(), from + PICTURES_AT_ONCE));
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                parts.add(Gradients.off(() ->
                        Kernels.keep(model.visionFeatures(model.processor().batch(some, manager)), manager)));
            }
            some.forEach(picture -> seen.put(picture, seen.size()));
            onPicture.accept(seen.size());
        }
        features = NDArrays.concat(parts, 0);
        parts.close();
    }

    @Override
    public void close() {
        if (owner != null) {
            owner.close();
        }
    }
}
