package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static vitune.data.ResponseType.COMPARISON;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.data.Box;
import vitune.data.ImageContext;

class PartnersTest {
    @TempDir
    private Path folder;

    private static Set<List<ImageContext>> groups(List<ImageContext> pictures, int size) {
        return new HashSet<>(Partners.of(pictures, size));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void everyPictureIsShownOnceWhateverTheOrder(int size) {
        var pictures = Contexts.photographs(301);
        var groups = groups(pictures, size);
        assertEquals(301 / size, groups.size());
        assertEquals(
                301 / size * size,
                groups.stream().flatMap(List::stream).distinct().count());
        var shuffled = new ArrayList<>(pictures);
        Collections.shuffle(shuffled, new Random(1));
        assertEquals(groups, groups(shuffled, size));
    }

    /** Wherever it is put, one picture more parts about two pairs. */
    @Test
    void aPictureMoreLeavesNearlyAllTogether() {
        var pictures = Contexts.photographs(600);
        int parted = 0;
        for (int n = 200; n < 300; n++) {
            var before = groups(pictures.subList(0, n), 2);
            var more = new ArrayList<>(pictures.subList(0, n));
            more.add(0, pictures.get(599 - n));
            before.removeAll(groups(more, 2));
            assertTrue(before.size() <= 8, before.size() + " of " + n / 2 + " pairs parted");
            parted += before.size();
        }
        assertTrue(parted < 300, parted + " pairs parted by 100 pictures");
    }

    @Test
    void partnersShowALikeThing() {
        var pairs = Partners.of(Contexts.photographs(400), 2);
        long alike = pairs.stream()
                .filter(pair -> !Collections.disjoint(categories(pair.get(0)), categories(pair.get(1))))
                .count();
        assertTrue(alike >= 0.97 * pairs.size(), alike + " of " + pairs.size());
    }

    private static Set<String> categories(ImageContext picture) {
        return picture.boxes().stream().map(Box::category).collect(Collectors.toSet());
    }

    @Test
    void paidComparisonsAreKeptWhenAPictureIsPutInFront() {
        var pictures = Contexts.drawn(41);
        var server = new ScriptedServer();
        try (var generator = new InstructionGenerator(server.teacher(), folder.resolve("ledger.db"))) {
            generator.generate(pictures.subList(1, 41), COMPARISON);
            assertEquals(20, server.requests());
            generator.generate(pictures, COMPARISON);
            assertTrue(server.requests() <= 24, server.requests() - 20 + " asked again for one picture more");
        } finally {
            server.close();
        }
    }
}
