package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyWorldTest {
    @TempDir
    Path folder;

    private TinyWorld world() {
        return new TinyWorld(Path.of("data", "tiny"), folder);
    }

    /** All that stands in {@code data/results/tiny} is found, by every table: a fingerprint that changes loses it. */
    @Test
    void theCommittedOutcomesAreKnown() throws IOException {
        Path results = Path.of("data", "results", "tiny");
        try (TinyWorld world = world()) {
            var committed = new Reproduction(world, results);
            Set<Outcome> found = new HashSet<>();
            for (Experiment experiment : Experiment.all()) {
                List<Outcome> outcomes = committed.known(experiment).outcomes();
                assertEquals(3 * experiment.recipes().size(), outcomes.size(), experiment.id());
                found.addAll(outcomes);
            }
            assertEquals(Files.readAllLines(results.resolve("outcomes.jsonl")).size(), found.size());
        }
    }

    @Test
    void anySizeChangesTheDescription() {
        String description = world().description(Recipe.full());
        assertEquals(description, world().withSizes(TinyWorld.SIZES).description(Recipe.full()));
        for (var sizes : List.of(
                new TinyWorld.Sizes(899, 1000, 60, 30, 3),
                new TinyWorld.Sizes(900, 999, 60, 30, 3),
                new TinyWorld.Sizes(900, 1000, 59, 30, 3),
                new TinyWorld.Sizes(900, 1000, 60, 29, 3),
                new TinyWorld.Sizes(900, 1000, 60, 30, 2))) {
            assertNotEquals(description, world().withSizes(sizes).description(Recipe.full()), sizes::toString);
        }
    }

    @Test
    void sizesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new TinyWorld.Sizes(0, 1000, 60, 30, 3));
        assertThrows(IllegalArgumentException.class, () -> new TinyWorld.Sizes(900, 29, 60, 30, 3));
    }

    /** A result of another world, or of an older recipe, is not taken for one of this. */
    @Test
    void whatIsKnownIsKnownByItsFingerprint() throws IOException {
        var other = new Outcome("full", 1, "0123456789abcdef", Map.of(), Map.of(), Map.of(), 1);
        Files.writeString(folder.resolve("outcomes.jsonl"), other.line() + "\n");
        var reproduction = new Reproduction(world(), folder);
        assertEquals(List.of(), reproduction.known(Experiment.DATA).outcomes());
        assertTrue(reproduction.plan(Experiment.DATA, List.of(1L)).contains("full, seed 1: to run"));
    }
}
