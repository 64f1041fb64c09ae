package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyWorldTest {
    @TempDir
    Path folder;

    private TinyWorld world() {
        return new TinyWorld(Path.of("data", "tiny"), folder);
    }

    /** The fingerprints of kept results hang on it, character for character. */
    @Test
    void itsOwnSizesLeaveTheDescriptionAsItWas() {
        String description = world().description();
        assertTrue(description.startsWith("900 drawn scenes, 60 examined questions a kind, align "), description);
        assertFalse(description.contains("Sizes"), description);
        assertEquals(description, world().withSizes(TinyWorld.SIZES).description());
    }

    @Test
    void anySizeChangesTheDescription() {
        String description = world().description();
        for (var sizes : List.of(
                new TinyWorld.Sizes(899, 1000, 60, 30, 3),
                new TinyWorld.Sizes(900, 999, 60, 30, 3),
                new TinyWorld.Sizes(900, 1000, 59, 30, 3),
                new TinyWorld.Sizes(900, 1000, 60, 29, 3),
                new TinyWorld.Sizes(900, 1000, 60, 30, 2))) {
            assertFalse(world().withSizes(sizes).description().equals(description), sizes::toString);
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
