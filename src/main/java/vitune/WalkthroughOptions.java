package vitune;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.shell.Options;

/**
 * What the walkthrough can be told.
 *
 * @param coco a COCO-format folder of one's own, or null to draw scenes
 * @param model the folder of the model to tune
 * @param out where everything is left
 * @param teacher "builtin", "openai", or "environment" for what OPENAI_API_KEY and OPENAI_BASE_URL say
 * @param scenes pictures to learn from, 20..1,000,000
 * @param questions questions of each kind in the evaluation, 4..100,000
 * @param seed of everything that is drawn or shuffled
 */
record WalkthroughOptions(
        @Nullable Path coco, Path model, Path out, String teacher, int scenes, int questions, long seed) {
    static final String USAGE = """
            usage: jshell/vitune walkthrough [options]
              --coco FOLDER     walk over your own pictures: annotations/captions*.json and instances*.json, images/
              --teacher NAME    builtin or openai; by default openai if OPENAI_API_KEY or OPENAI_BASE_URL is set
                                (VITUNE_TEACHER_MODEL names the model), else builtin
              --model FOLDER    the model to tune (default data/tiny)
              --out FOLDER      where pictures, data, report.json and index.html go (default runs/walkthrough)
              --scenes N        pictures to learn from (default 3000)
              --questions N     questions of each kind to measure with (default 120)
              --seed N          of everything drawn or shuffled (default 7)
            """;

    private static final String FORM =
            "--coco FOLDER --teacher NAME --model FOLDER --out FOLDER --scenes N --questions N --seed N";

    /** @throws IllegalArgumentException that says what was wrong with the command line */
    static WalkthroughOptions parse(Path home, List<String> arguments) {
        Options options = Options.of(arguments.toArray(String[]::new), FORM);
        return new WalkthroughOptions(
                options.has("--coco") ? folder(options, "--coco", home) : null,
                folder(options, "--model", home.resolve("data/tiny")),
                options.path("--out", home.resolve("runs/walkthrough").toString()),
                options.oneOf("--teacher", "environment", "builtin", "openai"),
                options.number("--scenes", 3000, 20, 1_000_000),
                options.number("--questions", 120, 4, 100_000),
                options.number("--seed", 7, -1_000_000, 1_000_000));
    }

    private static Path folder(Options options, String option, Path otherwise) {
        Path folder = options.path(option, otherwise.toString());
        if (options.has(option) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + " needs a folder that exists, got " + folder);
        }
        return folder;
    }
}
