package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class MixtureTest {
    /** Samples whose ids are numbers and whose content is these numbers. */
    private static InstructionSet set(int first, int last) {
        return InstructionSet.of(IntStream.rangeClosed(first, last)
                .mapToObj(i -> new InstructionSample(
                        "" + i,
                        List.of(Path.of(i + ".jpg")),
                        ResponseType.SUMMARY,
                        List.of(new Turn("ask", "say " + i)),
                        Map.of("source", "test")))
                .toList());
    }

    private static long of(InstructionSet set, String part) {
        return set.samples().stream()
                .filter(s -> part.equals(s.provenance().get("part")))
                .count();
    }

    @Test
    void partsAreTakenByTheirRatio() {
        Mixture mixture = Mixture.of(1)
                .with("a", set(1, 100), 2)
                .with("b", set(101, 200), 1)
                .with("c", set(201, 300), 0.5)
                .withTotal(101);
        InstructionSet mixed = mixture.set();
        assertEquals(101, mixed.size());
        assertEquals(58, of(mixed, "a")); // 57.71
        assertEquals(29, of(mixed, "b")); // 28.86
        assertEquals(14, of(mixed, "c")); // 14.43
        Table table = mixture.table();
        assertEquals(List.of(58, 29, 14), table.intColumn("taken").asList());
        assertEquals(List.of(57.1, 28.6, 14.3), table.doubleColumn("ratio %").asList());
        assertEquals("test", mixed.samples().get(0).provenance().get("source"));
    }

    @Test
    void theSameSeedGivesTheSameOrder() {
        Mixture one = Mixture.of(1)
                .with("a", set(1, 100), 1)
                .with("b", set(101, 200), 1)
                .withTotal(50);
        Mixture two = Mixture.of(2)
                .with("a", set(1, 100), 1)
                .with("b", set(101, 200), 1)
                .withTotal(50);
        assertEquals(one.set().samples(), one.set().samples());
        assertNotEquals(one.set().hash(), two.set().hash());
        List<String> parts = one.set().samples().stream()
                .map(s -> s.provenance().get("part"))
                .toList();
        assertTrue(parts.subList(0, 25).contains("b") && parts.subList(25, 50).contains("a"), parts.toString());
    }

    @Test
    void noSampleComesTwiceThoughPartsOverlap() {
        for (int seed = 0; seed < 30; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Mixture mixture = Mixture.of(seed);
            Set<Object> union = new HashSet<>();
            for (int part = 0; part < 4; part++) {
                int first = random.nextInt(60);
                InstructionSet set = set(first, first + 20 + random.nextInt(60));
                int before = union.size();
                set.forEach(s -> union.add(s.turns()));
                double ratio = 0.1 + random.nextDouble();
                if (union.size() > before) mixture = mixture.with("p" + part, set, ratio);
            }
            InstructionSet mixed = mixture.set();
            Set<Object> turns = new HashSet<>();
            mixed.forEach(s -> assertTrue(turns.add(s.turns()), s.toString()));
            assertTrue(mixed.size() <= union.size());
            Mixture more = mixture.withTotal(mixed.size() + 1);
            assertThrows(IllegalArgumentException.class, more::set);
            assertEquals(mixed.size(), mixture.withTotal(mixed.size()).set().size());
        }
    }

    @Test
    void idsThatTwoPartsShareAreToldApart() {
        List<InstructionSample> other = new ArrayList<>();
        set(1, 3)
                .forEach(s -> other.add(new InstructionSample(
                        s.id(), s.images(), s.type(), List.of(new Turn("another", "answer")), Map.of())));
        InstructionSet mixed = Mixture.of(1)
                .with("a", set(1, 3), 1)
                .with("b", InstructionSet.of(other), 1)
                .set();
        Set<String> ids = new HashSet<>();
        mixed.forEach(s -> ids.add(s.id()));
        assertEquals(Set.of("1", "2", "3", "b/1", "b/2", "b/3"), ids);
    }

    @Test
    void aPartThatIsTooSmallIsNamed() {
        Mixture mixture = Mixture.of(1).with("a", set(1, 100), 1).with("b", set(91, 130), 1);
        assertEquals(61, mixture.set().size()); // 31 and 30
        Mixture more = mixture.withTotal(80);
        String message = assertThrows(IllegalArgumentException.class, more::set).getMessage();
        assertEquals(
                "part b must have 40 samples for 80 in all, got 30 (10 more come twice or in an earlier part); "
                        + "these parts and ratios allow 61 in all",
                message);
        assertThrows(IllegalArgumentException.class, more::table);
        Mixture covered = mixture.with("c", set(95, 120), 1);
        assertThrows(IllegalArgumentException.class, covered::set);
    }

    @Test
    void oddPartsAreRefused() {
        Mixture mixture = Mixture.of(1);
        assertThrows(IllegalArgumentException.class, mixture::set);
        assertThrows(IllegalArgumentException.class, () -> mixture.with("a", set(1, 2), 0));
        assertThrows(IllegalArgumentException.class, () -> mixture.with("a", set(1, 2), Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> mixture.with(" ", set(1, 2), 1));
        assertThrows(IllegalArgumentException.class, () -> mixture.withTotal(0));
        Mixture one = mixture.with("a", set(1, 2), 1);
        assertThrows(IllegalArgumentException.class, () -> one.with("a", set(3, 4), 1));
    }
}
