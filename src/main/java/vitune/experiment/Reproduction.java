package vitune.experiment;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import vitune.tune.Step;

/**
 * Runs the recipes of experiments in a world, each with several seeds. Every outcome is a line of {@code outcomes.jsonl},
 * and a recipe that has run with a seed is not run again: tables share their recipes, and what was cut goes on with the
 * next one.
 *
 * <pre>{@code
 * try (var world = new TinyWorld(Path.of("data/tiny"), Path.of("runs/reproduce"))) {
 *     var results = new Reproduction(world, Path.of("runs/reproduce")).run(Experiment.of("4"), List.of(1L, 2L, 3L));
 *     results.table()
 * }
 * }</pre>
 */
public final class Reproduction {
    /** To be raised with a change of the kit after which recipes give other results: all of them are run again then. */
    private static final int EDITION = 2;

    private final World world;
    private final Path folder;
    private BiConsumer<String, Step> onStep = (cell, step) -> {};
    private BiConsumer<String, Outcome> onOutcome = (cell, outcome) -> {};

    /**
     * @param folder where {@code outcomes.jsonl} is, or will be, and a folder {@code predictions} with every reply
     */
    public Reproduction(World world, Path folder) {
        this.world = world;
        this.folder = folder;
    }

    /** Tells a listener of every step of training, and which recipe and seed it is of. */
    public Reproduction onStep(BiConsumer<String, Step> listener) {
        onStep = listener;
        return this;
    }

    /** Tells a listener of every recipe that has run, and how far all is: "3 of 15". */
    public Reproduction onOutcome(BiConsumer<String, Outcome> listener) {
        onOutcome = listener;
        return this;
    }

    /** What is in the way of a table here, missing files by name, found before anything runs; empty if nothing is. */
    public List<String> obstacles(Experiment experiment) {
        return world.obstacles(world.fitted(experiment));
    }

    /**
     * Runs what has not run yet.
     *
     * @param seeds at least one; two or more for intervals
     * @throws IllegalArgumentException if anything is in the way, see {@link #obstacles}; nothing has run then
     * @throws java.util.concurrent.CancellationException if the thread was interrupted: what has run is kept
     */
    public Results run(Experiment experiment, List<Long> seeds) {
        if (seeds.isEmpty()) throw new IllegalArgumentException("seeds must be >= 1, got none");
        List<String> obstacles = obstacles(experiment);
        if (!obstacles.isEmpty()) {
            throw new IllegalArgumentException(
                    "table " + experiment.id() + " cannot be run: " + String.join("; ", obstacles));
        }
        Experiment table = world.fitted(experiment);
        Map<String, Outcome> known = outcomes();
        List<Outcome> outcomes = new ArrayList<>();
        int all = seeds.size() * table.recipes().size();
        for (long seed : seeds) {
            for (Recipe recipe : table.recipes()) {
                String fingerprint = fingerprint(recipe, seed);
                Outcome outcome = known.get(fingerprint);
                if (outcome == null) {
                    outcome = run(recipe, seed, fingerprint);
                    append(outcome);
                    onOutcome.accept((outcomes.size() + 1) + " of " + all, outcome);
                }
                outcomes.add(outcome);
            }
        }
        return new Results(table, world.name(), outcomes);
    }

    private Outcome run(Recipe recipe, long seed, String fingerprint) {
        String cell = recipe.name() + ", seed " + seed;
        try {
            Files.createDirectories(predictions());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + predictions(), e);
        }
        return new Trial(world, recipe, seed, marking(recipe, seed), step -> onStep.accept(cell, step))
                .run(fingerprint);
    }

    private Marking marking(Recipe recipe, long seed) {
        return new Marking(world, recipe, seed, fingerprint(recipe, seed), predictions());
    }

    private Path predictions() {
        return folder.resolve("predictions");
    }

    /**
     * Scores the replies of what has run again, without a model: after a change of a metric or a judge. The outcomes'
     * file gets a line more for each; the last one counts.
     *
     * @throws UncheckedIOException if replies are not there any more
     */
    public Results rescore(Experiment experiment, List<Long> seeds) {
        Experiment table = world.fitted(experiment);
        Map<String, Outcome> known = outcomes();
        List<Outcome> outcomes = new ArrayList<>();
        for (long seed : seeds) {
            for (Recipe recipe : table.recipes()) {
                Outcome before = known.get(fingerprint(recipe, seed));
                if (before == null) continue;
                Map<String, Double> measures = new LinkedHashMap<>(before.measures());
                measures.keySet().removeIf(name -> !name.matches("(loss|seconds)/.*"));
                measures.putAll(marking(recipe, seed).measures());
                Outcome after = before.withMeasures(measures);
                if (!after.equals(before)) append(after);
                outcomes.add(after);
            }
        }
        return new Results(table, world.name(), outcomes);
    }

    /**
     * What has run in this world, with whatever seeds: nothing is run and nothing is asked. Rows that have not run are
     * empty in the table.
     */
    public Results known(Experiment experiment) {
        Experiment table = world.fitted(experiment);
        List<Outcome> known = new ArrayList<>();
        for (Outcome outcome : outcomes().values()) {
            for (Recipe recipe : table.recipes()) {
                if (outcome.fingerprint().equals(fingerprint(recipe, outcome.seed()))) known.add(outcome);
            }
        }
        return new Results(table, world.name(), known);
    }

    /** What is to run, by recipe and seed, and what is known already: nothing is run. */
    public List<String> plan(Experiment experiment, List<Long> seeds) {
        Experiment table = world.fitted(experiment);
        Map<String, Outcome> known = outcomes();
        List<String> plan = new ArrayList<>();
        for (long seed : seeds) {
            for (Recipe recipe : table.recipes()) {
                boolean done = known.containsKey(fingerprint(recipe, seed));
                plan.add(recipe.name() + ", seed " + seed + (done ? ": known" : ": to run"));
            }
        }
        return plan;
    }

    /**
     * Recipes of the same name but other content, or of another world, are other recipes. The version of the kit says
     * nothing here: most versions change no result, and the outcome names the one that made it.
     */
    String fingerprint(Recipe recipe, long seed) {
        return Canonical.fingerprint(String.join(
                "\n",
                "edition " + EDITION,
                Canonical.of(recipe),
                "seed " + seed,
                "world " + world.name(),
                world.description(recipe)));
    }

    private Path file() {
        return folder.resolve("outcomes.jsonl");
    }

    private Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        if (!Files.exists(file())) return outcomes;
        try {
            int row = 0;
            for (String line : Files.readAllLines(file())) {
                row++;
                try {
                    Outcome outcome = Outcome.ofLine(line);
                    outcomes.put(outcome.fingerprint(), outcome);
                } catch (JsonParseException | NullPointerException e) {
                    throw new IllegalArgumentException(file() + ", row " + row + " is no outcome: " + line, e);
                }
            }
            return outcomes;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file(), e);
        }
    }

    /** One line in one write: several programs may add to the same file. */
    private void append(Outcome outcome) {
        try {
            Files.writeString(file(), outcome.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file(), e);
        }
    }
}
