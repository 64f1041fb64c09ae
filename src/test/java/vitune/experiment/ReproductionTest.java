package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.view.ResultChart;

class ReproductionTest {
    private static final TinyWorld.Sizes SMALLEST = new TinyWorld.Sizes(12, 60, 4, 2, 1);

    private static final Experiment TABLE = new Experiment(
            "test",
            "With and without stage 2",
            "test",
            "none",
            Map.of("questions", "{withheld}/tuned/overall", "judge", "judge/overall"),
            List.of(
                    new Experiment.Row("tuned", Recipe.full(), Map.of("judge", 85.1)),
                    new Experiment.Row("aligned", Recipe.full().withData("none", Map.of()))));

    /** A recipe runs once; its scores can be had again from the replies, and a second run ends at the same ones. */
    @Test
    void whatHasRunIsKeptAndCanBeScoredAgain(@TempDir Path folder) throws IOException {
        List<String> ran = new ArrayList<>();
        try (World world = world(folder)) {
            var reproduction = new Reproduction(world, folder).onOutcome((place, outcome) -> ran.add(outcome.recipe()));
            Results first = reproduction.run(TABLE, List.of(1L));
            assertEquals(List.of("full", "none"), ran);
            assertTrue(reproduction.plan(TABLE, List.of(1L)).stream().allMatch(line -> line.endsWith("known")));
            Results again = reproduction.run(TABLE, List.of(1L));
            assertEquals(2, ran.size(), "nothing is run twice");
            assertEquals(first.outcomes(), again.outcomes());
            assertEquals(
                    first.outcomes(), reproduction.rescore(TABLE, List.of(1L)).outcomes());
            String mark = first.outcomes().get(0).fingerprint().substring(0, 8);
            Path replies = folder.resolve("predictions").resolve("tiny-full-1-" + mark + "-questions-tuned.jsonl");
            Files.writeString(
                    replies, Files.readString(replies).replaceAll("\"reply\":\"[^\"]*\"", "\"reply\":\"none\""));
            Outcome spoilt = reproduction.rescore(TABLE, List.of(1L)).outcomes().get(0);
            assertEquals(0, spoilt.measures().get("questions/tuned/overall"));
            assertEquals(
                    0, reproduction.known(TABLE).outcomes().get(0).measures().get("questions/tuned/overall"));
            assertTrue(first.markdown().contains("| 85.1 |"), first.markdown());
            ResultChart.of(first);
        }
        Path elsewhere = Files.createDirectory(folder.resolve("second"));
        try (World world = world(elsewhere)) {
            Results second = new Reproduction(world, elsewhere).run(TABLE, List.of(1L));
            Map<String, Double> before = measured(folder);
            assertEquals(
                    before,
                    second.outcomes().get(0).measures().entrySet().stream()
                            .filter(measure -> !measure.getKey().startsWith("seconds/"))
                            .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        }
    }

    private static Map<String, Double> measured(Path folder) throws IOException {
        Outcome first = Outcome.ofLine(
                Files.readAllLines(folder.resolve("outcomes.jsonl")).get(0));
        return first.measures().entrySet().stream()
                .filter(measure -> !measure.getKey().startsWith("seconds/"))
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void aDamagedRowIsNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("outcomes.jsonl"), "{\"recipe\": \"fu\n");
        try (World world = world(folder)) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> new Reproduction(world, folder).plan(TABLE, List.of(1L)))
                    .getMessage();
            assertTrue(message.contains("outcomes.jsonl, row 1"), message);
        }
    }

    private static World world(Path folder) {
        return new TinyWorld(Path.of("data/tiny"), folder.resolve("work")).withSizes(SMALLEST);
    }

    /** Against R: {@code t.test(c(60, 70, 80))} and {@code t.test(c(60, 70, 80) - c(50, 65, 74))}. */
    @Test
    void meansHaveStudentsIntervals() {
        List<Outcome> outcomes = new ArrayList<>();
        double[] tuned = {.60, .70, .80};
        double[] aligned = {.50, .65, .74};
        for (int i = 0; i < 3; i++) {
            outcomes.add(outcome("full", i, tuned[i]));
            outcomes.add(outcome("none", i, aligned[i]));
        }
        Results results = new Results(TABLE, "test", outcomes);
        Results.Mean mean = results.mean(TABLE.rows().get(0), "questions");
        assertEquals(70, mean.mean(), 1e-9);
        assertEquals(24.84138, mean.half(), 1e-4);
        Results.Mean difference =
                results.difference(TABLE.rows().get(0), TABLE.rows().get(1), "questions");
        assertEquals(7, difference.mean(), 1e-9);
        assertEquals(6.572411, difference.half(), 1e-4);
        assertEquals("7.0 ± 6.6", difference.toString());
        assertEquals("", results.mean(TABLE.rows().get(0), "judge").toString());
        assertThrows(
                IllegalArgumentException.class, () -> results.mean(TABLE.rows().get(0), "speed"));
    }

    @Test
    void whatIsWrittenSaysHowItCanBeHadAgain(@TempDir Path folder) throws IOException {
        List<Outcome> both = new ArrayList<>();
        for (long seed : new long[] {2, 1}) {
            both.add(outcome("full", seed, .5));
            both.add(outcome("none", seed, .5));
        }
        new Results(TABLE, "tiny", both).write(folder);
        String tiny = Files.readString(folder.resolve("table-test.md"));
        assertTrue(tiny.contains("`jshell/vitune reproduce --table test --seeds 2`"), tiny);
        assertTrue(tiny.contains("means over the seeds 1, 2, with"), tiny);
        List<Outcome> some = List.of(outcome("full", 1, .5), outcome("full", 7, .5), outcome("none", 7, .5));
        new Results(TABLE, "real", some).write(folder);
        String real = Files.readString(folder.resolve("table-test-real.md"));
        assertTrue(real.contains("List.of(1L, 7L)") && !real.contains("--seeds"), real);
        assertTrue(real.contains("the seeds 1, 7 as far as each row has run"), real);
    }

    @Test
    void whatIsKeptCannotBeChanged() {
        Map<String, Double> measures = new HashMap<>(Map.of("a", 1.0));
        Outcome outcome = new Outcome("full", 1, "f", measures, Map.of(), Map.of(), 1);
        measures.put("b", 2.0);
        assertEquals(Map.of("a", 1.0), outcome.measures());
        for (Map<?, ?> map : List.of(
                outcome.measures(), outcome.hashes(), outcome.versions(), Experiment.DATA.columns(), TABLE.columns())) {
            assertThrows(UnsupportedOperationException.class, map::clear);
        }
        assertEquals(outcome, Outcome.ofLine(outcome.line()));
    }

    private static Outcome outcome(String recipe, long seed, double share) {
        return new Outcome(
                recipe, seed, recipe + seed, Map.of("questions/tuned/overall", share), Map.of(), Map.of(), 1);
    }
}
