package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class InstructionSetTest {
    private static final ResponseType[] SINGLE = {
        ResponseType.CONVERSATION, ResponseType.DETAILED_DESCRIPTION, ResponseType.COMPLEX_REASONING
    };

    private static InstructionSample sample(String id, ResponseType type, String... images) {
        List<Path> paths = Arrays.stream(images).map(Path::of).toList();
        return new InstructionSample(id, paths, type, List.of(new Turn("ask " + id, "say " + id)), Map.of());
    }

    /** 40 pictures with three samples each. */
    private static InstructionSet set() {
        List<InstructionSample> samples = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            samples.add(sample("s" + i, SINGLE[i % 3], i / 3 + ".png"));
        }
        return InstructionSet.of(samples);
    }

    private static Set<Path> images(InstructionSet set) {
        return set.samples().stream().flatMap(s -> s.images().stream()).collect(Collectors.toSet());
    }

    @Test
    void aSplitSharesNoPictureAndLosesNoSample() {
        InstructionSet.Split split = set().split(0.8, 1);
        assertEquals(24, split.validation().size());
        assertEquals(96, split.train().size());
        Set<Path> shared = images(split.train());
        shared.retainAll(images(split.validation()));
        assertEquals(Set.of(), shared);
        Set<InstructionSample> all = new HashSet<>(split.train().samples());
        all.addAll(split.validation().samples());
        assertEquals(new HashSet<>(set().samples()), all);
    }

    @Test
    void aSplitFollowsItsSeed() {
        assertEquals(
                set().split(0.8, 1).validation().hash(),
                set().split(0.8, 1).validation().hash());
        assertNotEquals(
                set().split(0.8, 1).validation().hash(),
                set().split(0.8, 2).validation().hash());
    }

    @Test
    void comparedPicturesStayTogether() {
        List<InstructionSample> samples = new ArrayList<>(set().samples());
        for (int i = 0; i + 1 < 40; i += 2) {
            samples.add(sample("pair" + i, ResponseType.COMPARISON, i + ".png", i + 1 + ".png"));
        }
        for (int seed = 0; seed < 20; seed++) {
            InstructionSet.Split split = InstructionSet.of(samples).split(0.7, seed);
            Set<Path> shared = images(split.train());
            shared.retainAll(images(split.validation()));
            assertEquals(Set.of(), shared);
            assertEquals(140, split.train().size() + split.validation().size());
        }
    }

    @Test
    void neitherSideOfASplitIsEmpty() {
        InstructionSet.Split split = set().split(0.9999, 1);
        assertEquals(3, split.validation().size());
        InstructionSet two = InstructionSet.of(
                List.of(sample("a", ResponseType.SUMMARY, "a.png"), sample("b", ResponseType.SUMMARY, "b.png")));
        assertEquals(1, two.split(0.01, 1).train().size());
        InstructionSet one = InstructionSet.of(List.of(sample("a", ResponseType.SUMMARY, "a.png")));
        assertThrows(IllegalArgumentException.class, () -> one.split(0.5, 1));
        assertThrows(IllegalArgumentException.class, () -> set().split(1, 1));
    }

    @Test
    void aSampleIsDrawnWithoutRepeatsInTheOldOrder() {
        InstructionSet chosen = set().sample(30, 4);
        List<Integer> at = chosen.samples().stream()
                .map(s -> Integer.parseInt(s.id().substring(1)))
                .toList();
        assertEquals(30, at.size());
        assertEquals(at.stream().sorted().distinct().toList(), at);
        assertNotEquals(chosen.hash(), set().sample(30, 5).hash());
        assertThrows(IllegalArgumentException.class, () -> set().sample(121, 1));
    }

    @Test
    void aMixKeepsAShareOfEachType() {
        InstructionSet mix =
                set().mix(Map.of(ResponseType.CONVERSATION, 1.0, ResponseType.DETAILED_DESCRIPTION, 0.05), 1);
        assertEquals(40, mix.ofType(ResponseType.CONVERSATION).size());
        assertEquals(2, mix.ofType(ResponseType.DETAILED_DESCRIPTION).size());
        assertEquals(42, mix.size());
        assertThrows(IllegalArgumentException.class, () -> set().mix(Map.of(ResponseType.CONVERSATION, 1.5), 1));
    }

    @Test
    void theHashSeesWhatIsTaughtAndNothingElse() {
        InstructionSample plain = sample("a", ResponseType.SUMMARY, "x/a.png");
        String hash = InstructionSet.of(List.of(plain)).hash();
        assertEquals(64, hash.length());
        InstructionSample moved = new InstructionSample(
                "a", List.of(Path.of("y/a.png")), plain.type(), plain.turns(), Map.of("teacher", "t"));
        assertEquals(hash, InstructionSet.of(List.of(moved)).hash());
        InstructionSample reworded =
                new InstructionSample("a", plain.images(), plain.type(), List.of(new Turn("ask a", "say b")), Map.of());
        assertNotEquals(hash, InstructionSet.of(List.of(reworded)).hash());
        assertNotEquals(
                hash,
                InstructionSet.of(List.of(sample("a", ResponseType.CONVERSATION, "x/a.png")))
                        .hash());
    }

    @Test
    void theTableHasARowForEachSample() {
        Table table = set().table();
        assertEquals(120, table.rowCount());
        assertEquals(List.of("id", "type", "images", "turns", "instruction", "response"), table.columnNames());
        assertEquals("detailed description", table.stringColumn("type").get(1));
        assertEquals("say s119", table.stringColumn("response").get(119));
    }

    @Test
    void theCompositionCountsBySourceAndType() {
        InstructionSample told = new InstructionSample(
                "t",
                List.of(),
                ResponseType.SUMMARY,
                List.of(new Turn("q", "one two three"), new Turn("q", "four")),
                Map.of("teacher", "built-in", "part", "first", "source", "file"));
        Table table = set().and(InstructionSet.of(List.of(told))).composition();
        assertEquals(4, table.rowCount());
        assertEquals(
                "not told, complex reasoning, 40, 33.1, 40, 40, 0, 2",
                table.columnNames().stream()
                        .map(name -> table.column(name).getString(0))
                        .collect(Collectors.joining(", ")));
        assertEquals(
                "first, summary, 1, 0.8, 2, 0, 1, 2",
                table.columnNames().stream()
                        .map(name -> table.column(name).getString(3))
                        .collect(Collectors.joining(", ")));
    }

    @Test
    void aFileIsKnownByItsEnding() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> InstructionSet.read(Path.of("set.csv"), Path.of(".")));
        assertTrue(e.getMessage().contains("set.csv"), e.getMessage());
    }

    @Test
    void badSamplesAreRefused() {
        InstructionSample a = sample("a", ResponseType.SUMMARY, "a.png");
        assertThrows(IllegalArgumentException.class, () -> InstructionSet.of(List.of(a, a)));
        InstructionSet set = InstructionSet.of(List.of(a));
        assertThrows(IllegalArgumentException.class, () -> set.and(set));
        assertThrows(IllegalArgumentException.class, () -> sample("a", ResponseType.COMPARISON, "a.png"));
        assertThrows(IllegalArgumentException.class, () -> sample("a", ResponseType.SUMMARY, "a.png", "b.png"));
        assertThrows(IllegalArgumentException.class, () -> new Turn("ask", " "));
        assertThrows(
                IllegalArgumentException.class,
                () -> new InstructionSample("a", List.of(), ResponseType.SUMMARY, List.of(), Map.of()));
        assertThrows(IllegalArgumentException.class, () -> new Box("dog", 0, 0, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Box("dog", Double.NaN, 0, 1, 1));
    }

    @Test
    void whatIsShownAtThePromptIsOneLine() {
        InstructionSample chatty = new InstructionSample(
                "a",
                List.of(),
                ResponseType.SUMMARY,
                List.of(new Turn("line\nline " + "x".repeat(200), "r")),
                Map.of());
        assertTrue(chatty.toString().length() < 120 && !chatty.toString().contains("\n"), chatty.toString());
        assertEquals("120 samples (40 conversation, 40 detailed description, 40 complex reasoning)", set().toString());
    }
}
