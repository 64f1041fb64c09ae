package vitune;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** @throws IllegalArgumentException that says what was wrong with the command line */
    static WalkthroughOptions parse(Path home, List<String> arguments) {
        Path coco = null;
        Path model = home.resolve("data/tiny");
        Path out = home.resolve("runs/walkthrough");
        String teacher = "environment";
        int scenes = 3000;
        int questions = 120;
        long seed = 7;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            String value = i + 1 < arguments.size() ? arguments.get(i + 1) : null;
            switch (option) {
                case "--coco" -> coco = folder(option, value);
                case "--model" -> model = folder(option, value);
                case "--out" -> out = Path.of(needed(option, value));
                case "--teacher" -> teacher = oneOf(option, needed(option, value), "builtin", "openai");
                case "--scenes" -> scenes = (int) number(option, value, 20, 1_000_000);
                case "--questions" -> questions = (int) number(option, value, 4, 100_000);
                case "--seed" -> seed = number(option, value, -1_000_000, 1_000_000);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        return new WalkthroughOptions(coco, model, out, teacher, scenes, questions, seed);
    }

    private static Path folder(String option, @Nullable String value) {
        Path folder = Path.of(needed(option, value));
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(option + " needs a folder that exists, got " + folder);
        }
        return folder;
    }

    private static long number(String option, @Nullable String value, long least, long most) {
        try {
            long number = Long.parseLong(needed(option, value));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " needs a whole number, got " + value, e);
        }
        throw new IllegalArgumentException(option + " must be in " + least + ".." + most + ", got " + value);
    }

    private static String oneOf(String option, String value, String... allowed) {
        if (!List.of(allowed).contains(value)) {
            throw new IllegalArgumentException(
                    option + " must be one of " + String.join(", ", allowed) + ", got " + value);
        }
        return value;
    }

    private static String needed(String option, @Nullable String value) {
        if (value == null || value.startsWith("--")) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return value;
    }
}
