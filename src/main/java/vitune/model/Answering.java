package vitune.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import vitune.data.Pictures;
import vitune.tensor.Kernels;
import vitune.tensor.Packing;

/** From pictures and questions, as a caller has them, to answers as text. */
record Answering(VisionLanguageModel model) {
    private static final int AT_ONCE = 32;

    Answering {
        model.requireOpen();
    }

    /** See {@link VisionLanguageModel#generate}. */
    List<long[]> generate(Batch prompts, Decoding decoding, int maxNewTokens, TokenListener listener) {
        Json.atLeast(1, "maxNewTokens", maxNewTokens);
        return Packing.during(model.manager(), () -> {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray read = model.embed(prompts, model.precision());
                int[] room = Padding.of(prompts.mask(), read.getShape().get(1))
                        .room(model.config().language().maxTokens(), maxNewTokens);
                try (Continuation prompt = model.language().read(read, prompts.mask(), model.manager())) {
                    requireFinite(prompt.first());
                    List<Set<Long>> said = said(prompts);
                    if (decoding instanceof Beam beam) {
                        return new BeamSearch(beam, model.specials(), this::ended, room, model.manager())
                                .run(prompt, said).stream()
                                        .map(BeamSearch.Written::ids)
                                        .toList();
                    }
                    return new DecodingLoop(model.specials(), this::ended).run(prompt, decoding, room, said, listener);
                }
            }
        });
    }

    /** Scores that are not finite would end as a blank answer, and be counted as a wrong one. */
    private void requireFinite(NDArray scores) {
        if (Kernels.isFinite(scores)) return;
        String cause = model.parameters().asMap().entrySet().stream()
                .filter(weight -> !Kernels.isFinite(weight.getValue()))
                .findFirst()
                .map(weight -> weight.getKey() + " holds numbers that are not finite")
                .orElse("all weights are finite, so " + model.precision() + " or the pixels are at fault");
        throw new IllegalStateException("the scores of an answer's first word must be finite, got others: " + cause);
    }

    /** The words before an answer, row by row: those of the prompt, or what the decoder beside an encoder starts from. */
    private List<Set<Long>> said(Batch prompts) {
        long[] ids = prompts.ids().toLongArray();
        long[] mask = prompts.mask().toLongArray();
        int width = (int) prompts.ids().getShape().get(1);
        List<Set<Long>> said = new ArrayList<>();
        for (int row = 0; row < ids.length; row += width) {
            Set<Long> words = new HashSet<>();
            for (int i = row; i < row + width; i++) if (mask[i] == 1) words.add(ids[i]);
            said.add(model.config().language() instanceof T5Config t5 ? Set.of(t5.start()) : words);
        }
        return said;
    }

    /** Whether a stop string of the template has been written. */
    private boolean ended(long[] ids) {
        List<String> stops = model.config().template().stopStrings();
        if (stops.isEmpty()) return false;
        String text = model.tokenizer().decode(ids);
        return stops.stream().anyMatch(text::contains);
    }

    /** Writes answers to prompts about pictures, all at once; the pixels of all pictures in order. */
    List<long[]> write(
            List<Rendered> prompts, List<float[]> pixels, Decoding decoding, int maxNewTokens, TokenListener listener) {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            Batch batch = Batch.prompts(prompts, model.specials().pad(), model.manager());
            if (!pixels.isEmpty()) batch = batch.withPixels(model.processor().stack(pixels, model.manager()));
            return model.generate(batch, decoding, maxNewTokens, listener);
        }
    }

    List<String> answers(List<@Nullable Path> images, List<String> instructions, int maxNewTokens) {
        if (images.size() != instructions.size()) {
            throw new IllegalArgumentException(images.size() + " images for " + instructions.size() + " instructions");
        }
        List<String> answers = new ArrayList<>();
        for (int from = 0; from < images.size(); from += AT_ONCE) {
            int to = Math.min(from + AT_ONCE, images.size());
            Map<Path, float[]> seen = new LinkedHashMap<>(); // neighbouring questions are often about one picture
            List<float[]> pixels = images.subList(from, to).stream()
                    .filter(Objects::nonNull)
                    .map(path ->
                            seen.computeIfAbsent(path, p -> model.processor().pixels(Pictures.read(p))))
                    .toList();
            List<Rendered> prompts = IntStream.range(from, to)
                    .mapToObj(i -> model.prompt(List.of(), instructions.get(i), images.get(i) == null ? 0 : 1))
                    .toList();
            write(prompts, pixels, Decoding.greedy(), maxNewTokens, (row, id) -> {})
                    .forEach(ids -> answers.add(model.text(ids)));
        }
        return answers;
    }

    float[][] attention(BufferedImage image, String instruction) {
        if (!(model.connector() instanceof QFormer former)) {
            throw new IllegalStateException("only a q-former has queries that look, this model has a connector of kind "
                    + model.config().connector().kind());
        }
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray pixels = model.processor().stack(List.of(model.processor().pixels(image)), model.manager());
            List<NDArray> maps =
                    former.attention(model.visionFeatures(pixels), told(instruction)); // [1, H, Q, P+1] each
            float[] shares = Kernels.floats(maps.get(maps.size() - 1).mean(new int[] {1})); // [1, Q, P+1]
            int width = shares.length / model.config().queries();
            float[][] rows = new float[model.config().queries()][width];
            for (int i = 0; i < rows.length; i++) System.arraycopy(shares, i * width, rows[i], 0, width);
            return rows;
        }
    }

    /** The instruction as a Q-Former that reads gets it; null for one that does not. */
    private @Nullable Instruction told(String instruction) {
        Tokenizer reader = model.setup().reader();
        if (reader == null) return null;
        NDArray ids =
                model.manager().create(reader.encodeWithSpecials(instruction)).expandDims(0); // [1, Ti]
        return new Instruction(ids, ids.onesLike());
    }
}
