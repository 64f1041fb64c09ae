package vitune.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of a {@link RealWorld} are.
 *
 * @param model a Hugging Face folder to start from
 * @param images the pictures of captions and instructions
 * @param data a folder with {@code conversation_58k.json}, {@code detail_23k.json} and {@code complex_reasoning_77k.json}
 *     as LLaVA published them, or as {@code jshell/vitune generate} writes them
 * @param captions LLaVA's {@code blip_laion_cc_sbu_558k.json} or another such file, its pictures under {@code images}
 * @param coco a COCO-format folder for the exam, none of whose pictures is tuned on: val2014
 * @param bench a folder with {@code questions.jsonl}, {@code answers.jsonl} and {@code context.jsonl} of LLaVA-Bench
 *     ({@link vitune.data.LlavaBench}), its pictures those of {@code coco}
 * @param scienceQa ScienceQA's folder, for the tables about its answers; or null
 * @param work where run states, features, replies and ledgers are kept
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

    /** Every file and folder that is needed and not there. */
    public List<Path> missing() {
        List<Path> needed = new ArrayList<>(List.of(model.resolve("config.json"), images, captions, coco));
        TYPES.forEach(name -> needed.add(data.resolve(name)));
        List.of("questions.jsonl", "answers.jsonl", "context.jsonl").forEach(name -> needed.add(bench.resolve(name)));
        if (scienceQa != null) needed.add(scienceQa.resolve("problems.json"));
        return needed.stream().filter(path -> !Files.exists(path)).toList();
    }
}
