package vitune.experiment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a {@link RealWorld} are. What is not there keeps only those tables from being run that need it.
 *
 * @param model a Hugging Face folder to start from
 * @param images the pictures of captions and instructions
 * @param data a folder with {@code conversation_58k.json}, {@code detail_23k.json} and {@code complex_reasoning_77k.json}
 *     as LLaVA published them, or as {@code jshell/vitune generate} writes them
 * @param captions LLaVA's {@code chat.json} of 595K captions from CC3M (the paper's), {@code blip_laion_cc_sbu_558k.json} (LLaVA-1.5's) or another such file, its pictures under {@code images}
 * @param coco a COCO-format folder for the exam, none of whose pictures is tuned on: val2014
 * @param bench a folder with {@code questions.jsonl}, {@code answers.jsonl} and {@code context.jsonl} of LLaVA-Bench
 *     ({@link vitune.data.LlavaBench}), its pictures those of {@code coco}
 * @param scienceQa ScienceQA's folder, for the paper's table 8; or null
 * @param work where run states, features and the judge's ledger are kept
 */
public record RealFiles(
        Path model,
        Path images,
        Path data,
        Path captions,
        Path coco,
        Path bench,
        @Nullable Path scienceQa,
        Path work) {
    static final List<String> TYPES = List.of("conversation_58k.json", "detail_23k.json", "complex_reasoning_77k.json");
    static final List<String> BENCH = List.of("questions.jsonl", "answers.jsonl", "context.jsonl");

    /**
     * A file or folder that a recipe reads.
     *
     * @param pictures whether names and sizes stand for its content
     */
    record Needed(String what, Path path, boolean pictures) {
        private static Needed file(String what, Path path) {
            return new Needed(what, path, false);
        }

        private static Needed pictures(String what, Path path) {
            return new Needed("pictures of " + what, path, true);
        }
    }

    /** What a recipe reads; ScienceQA's files where they are given. */
    List<Needed> needed(Recipe recipe) {
        List<Needed> needed = new ArrayList<>();
        needed.add(Needed.file("model", model));
        needed.add(Needed.file("model's settings", model.resolve("config.json")));
        if (recipe.aligned()) needed.add(Needed.file("captions", captions));
        if (!recipe.reasons()) {
            if (recipe.instructed()) TYPES.forEach(name -> needed.add(Needed.file(name, data.resolve(name))));
            BENCH.forEach(name -> needed.add(Needed.file("bench, " + name, bench.resolve(name))));
            needed.add(Needed.pictures("COCO", coco));
            annotations().forEach(file -> needed.add(Needed.file("COCO, " + file.getFileName(), file)));
        } else if (scienceQa != null) {
            for (String name : List.of("problems.json", "pid_splits.json"))
                needed.add(Needed.file(name, scienceQa.resolve(name)));
            needed.add(Needed.pictures("ScienceQA", scienceQa));
        }
        if (recipe.aligned() || recipe.instructed() && !recipe.reasons())
            needed.add(Needed.pictures("captions and instructions", images));
        return needed;
    }

    private List<Path> annotations() {
        Path folder = Files.isDirectory(coco.resolve("annotations")) ? coco.resolve("annotations") : coco;
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    /** Every file and folder that a recipe needs and that is not there: what it is, and where it was looked for. */
    public List<String> missing(Recipe recipe) {
        List<String> missing = new ArrayList<>();
        if (recipe.reasons() && scienceQa == null) missing.add("the folder of ScienceQA was not given");
        for (Needed one : needed(recipe)) {
            if (!Files.exists(one.path)) missing.add("missing " + one.what + ": " + one.path);
        }
        return missing;
    }
}
