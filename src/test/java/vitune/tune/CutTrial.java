package vitune.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import vitune.data.InstructionSet;
import vitune.model.VisionLanguageModel;

/**
 * Kills a training process (SIGKILL) at random moments, again and again, lets it finish at last, and compares its weights
 * with those of a run that was left alone. With {@code limit} the process may write no file above so many KiB (as
 * {@code ulimit -f} has it), which cuts a write in its midst like a full disk. One JSON line; a broken promise is an
 * exception.
 *
 * <p>Arguments: kills (10), epochs of two steps (500), seed (1); or {@code limit KIB}.
 */
final class CutTrial {
    private final Path folder;
    private final int epochs;

    private CutTrial(int epochs) throws IOException {
        this.folder = Files.createTempDirectory("vitune-cut");
        this.epochs = epochs;
    }

    public static void main(String[] args) throws Exception {
        if (args.length > 0 && args[0].equals("child")) {
            child(Path.of(args[1]), Integer.parseInt(args[2]));
        } else if (args.length > 0 && args[0].equals("limit")) {
            CutTrial trial = new CutTrial(30);
            trial.limit(Integer.parseInt(args[1]));
            trial.clear();
        } else {
            CutTrial trial = new CutTrial(args.length > 1 ? Integer.parseInt(args[1]) : 500);
            trial.kill(args.length > 0 ? Integer.parseInt(args[0]) : 10, args.length > 2 ? Long.parseLong(args[2]) : 1);
            trial.clear();
        }
    }

    private static Stage stage(int epochs) {
        return Stage.instruct().withBatch(4).withLearningRate(1e-3).withEpochs(epochs);
    }

    /** Saves after every step, so that many kills fall into a save. */
    private static void child(Path folder, int epochs) {
        InstructionSet data = TinyRuns.data(folder.resolve("data"), 8);
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            TuningRun run = new Tuner(model, folder.resolve("run"))
                    .withSaving(new Saving(Duration.ZERO, 2))
                    .onWarning(System.err::println)
                    .run(stage(epochs), data);
            System.out.println(run.endHash());
        }
    }

    private String undisturbed() {
        try (VisionLanguageModel model = TinyRuns.model("blip2-opt")) {
            return new Tuner(model)
                    .run(stage(epochs), TinyRuns.data(folder.resolve("data"), 8))
                    .endHash();
        }
    }

    private void kill(int kills, long seed) throws IOException, InterruptedException {
        long began = System.nanoTime();
        String whole = undisturbed();
        SplittableRandom random = new SplittableRandom(seed);
        int halfWritten = 0;
        StringBuilder at = new StringBuilder();
        for (int i = 0; i < kills; i++) {
            int before = newest();
            Process child = start(List.of(), "killed");
            while (newest() == before && child.isAlive()) {
                Thread.sleep(2);
            }
            TimeUnit.NANOSECONDS.sleep(random.nextLong(400_000_000));
            check(child.isAlive(), "the run was over after " + i + " kills: give it more epochs");
            child.destroyForcibly().waitFor(); // SIGKILL
            halfWritten += count(".part");
            at.append(i == 0 ? "" : ", ").append(newest());
        }
        Process last = start(List.of(), "last");
        check(last.waitFor(5, TimeUnit.MINUTES) && last.exitValue() == 0, "the last process did not finish");
        check(text("last").strip().equals(whole), "the weights differ from those of a run left alone");
        check(count(".part") == 0, "half-written files were left");
        System.out.printf(
                Locale.ROOT,
                "{\"kills\": %d, \"steps\": %d, \"killed_after_steps\": [%s], \"half_written_states\": %d,"
                        + " \"equal_weights\": true, \"seconds\": %.1f}%n",
                kills,
                2 * epochs,
                at,
                halfWritten,
                (System.nanoTime() - began) / 1e9);
    }

    /** A process whose writes are cut trains to its end in memory; the next one, with room, finds what there is. */
    private void limit(int kib) throws IOException, InterruptedException {
        String whole = undisturbed();
        Process cut = start(List.of("bash", "-c", "ulimit -f " + kib + "; exec \"$@\"", "-"), "cut");
        check(cut.waitFor(5, TimeUnit.MINUTES) && cut.exitValue() == 0, "the process did not finish");
        String said = text("cut");
        check(said.lines().anyMatch(whole::equals), "the weights in memory differ: " + said);
        int states = count("state-");
        Process next = start(List.of(), "next");
        check(next.waitFor(5, TimeUnit.MINUTES) && text("next").strip().equals(whole), "the next process differs");
        System.out.printf(
                "{\"limit_kib\": %d, \"states_before_there_was_room\": %d, \"equal_weights\": true, \"said\": \"%s\"}%n",
                kib,
                states,
                said.lines().findFirst().orElse("").replace("\\", "/").replace("\"", "'"));
    }

    private Process start(List<String> before, String name) throws IOException {
        List<String> command = Stream.concat(
                        before.stream(),
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx256m",
                                "-XX:-UsePerfData", // a file of its own, which a limit would cut
                                "-XX:TieredStopAtLevel=1", // starts sooner
                                "-cp",
                                System.getProperty("java.class.path"),
                                CutTrial.class.getName(),
                                "child",
                                folder.toString(),
                                String.valueOf(epochs)))
                .toList();
        Path file = folder.resolve(name + ".txt");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
    }

    private String text(String name) throws IOException {
        return Files.readString(folder.resolve(name + ".txt"));
    }

    /** Steps in the newest state, 0 if there is none. */
    private int newest() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("state-\\d+\\.safetensors"))
                    .mapToInt(name -> Integer.parseInt(name.replaceAll("\\D", "")))
                    .max()
                    .orElse(0);
        } catch (java.io.UncheckedIOException e) {
            return newest(); // a file went while the folder was read
        }
    }

    private int count(String part) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return (int) files.filter(file -> file.getFileName().toString().contains(part))
                    .count();
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
