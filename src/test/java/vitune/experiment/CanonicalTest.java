package vitune.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.model.Lora;
import vitune.model.Part;
import vitune.tensor.Precision;
import vitune.tune.FreezePlan;
import vitune.tune.Stage;

/** Kept results are known by these texts, character for character: a change here loses them. */
class CanonicalTest {
    @Test
    void aRecipeIsSpelledOut() {
        assertEquals(
                "full: data complex reasoning 1.0, conversation 1.0, detailed description 1.0; aligned true;"
                        + " connector shipped; layer -1; fresh none; vision encoder frozen, connector full, language model"
                        + " full; place BEFORE; order ANSWER_ONLY; withheld PAIRS",
                Canonical.of(Recipe.full()));
        Recipe changed = Recipe.full()
                .withFresh("a", Part.VISION, Part.CONNECTOR)
                .withPlan("b", FreezePlan.lora(Lora.of(16)))
                .unaligned("changed");
        assertEquals(
                "changed: data complex reasoning 1.0, conversation 1.0, detailed description 1.0; aligned false;"
                        + " connector shipped; layer -1; fresh vision encoder, connector; vision encoder frozen,"
                        + " connector full, language model lora 16 alpha 32.0 dropout 0.0 of []; place BEFORE;"
                        + " order ANSWER_ONLY; withheld PAIRS",
                Canonical.of(changed));
    }

    @Test
    void aStageIsSpelledOutButForWhatChangesMemoryAlone() {
        Stage stage = Stage.align().withPrecision(Precision.F32);
        String text = "align: vision encoder frozen, connector full, language model frozen; epochs 1; rate 0.002; batch"
                + " 128; warm-up 0.03; decay 0.0; beta2 0.999; norm 1.0; F32";
        assertEquals(text, Canonical.of(stage));
        assertEquals(
                text, Canonical.of(stage.withMicroBatch(1).withRecompute(true).withSeed(3)));
        assertNotEquals(text, Canonical.of(stage.withEpochs(2)));
    }

    /** As {@code printf abc | sha256sum} has it; and the outcome of all tables' base in {@code data/results/tiny}. */
    @Test
    void oneFingerprintIsKnown() {
        assertEquals("ba7816bf8f01cfea", Canonical.fingerprint("abc"));
        try (TinyWorld world = new TinyWorld(Path.of("data", "tiny"), Path.of("none"))) {
            assertEquals("e0744fc8d403e888", new Reproduction(world, Path.of("none")).fingerprint(Recipe.full(), 1));
        }
    }

    @Test
    void everyRecipeHasATextOfItsOwn() {
        List<Recipe> all = Experiment.all().stream()
                .flatMap(table -> Stream.of(table, table.reasoned()))
                .flatMap(table -> table.recipes().stream())
                .distinct()
                .toList();
        assertEquals(all.size(), all.stream().map(Canonical::of).distinct().count());
        assertEquals(all.size(), all.stream().map(Recipe::name).distinct().count());
    }

    /** A file's is what {@code sha256sum} says. */
    @Test
    void filesAreKnownByTheirContentAndPicturesByNameAndSize(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a.txt"), "abc");
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", new FileHashes().content(file));
        assertEquals("missing", new FileHashes().content(folder.resolve("b.txt")));
        FileHashes remembered = new FileHashes();
        String names = remembered.names(folder);
        String content = remembered.content(folder);
        Files.writeString(folder.resolve(".hidden"), "x");
        Files.writeString(file, "abd");
        assertEquals(content, remembered.content(folder), "read once");
        assertEquals(names, new FileHashes().names(folder));
        assertNotEquals(content, new FileHashes().content(folder));
        Files.writeString(folder.resolve("c.txt"), "");
        assertNotEquals(names, new FileHashes().names(folder));
    }
}
