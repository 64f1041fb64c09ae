package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Filters for whole sets: what they keep, what they turn away, and why. */
class SiftedTest {
    @TempDir
    private Path folder;

    private static InstructionSample sample(String id, Path image, String instruction, String response) {
        return new InstructionSample(
                id, List.of(image), ResponseType.SUMMARY, List.of(new Turn(instruction, response)), Map.of());
    }

    private static List<String> ids(InstructionSet set) {
        return set.samples().stream().map(InstructionSample::id).toList();
    }

    /** Words by chance, so that texts are like each other only where a test makes them so. */
    private static List<String> words(int count, SplittableRandom random) {
        var words = new ArrayList<String>();
        while (words.size() < count) words.add("w" + random.nextInt(5000));
        return words;
    }

    private static double jaccard(List<String> a, List<String> b) {
        var first = new HashSet<List<String>>();
        var second = new HashSet<List<String>>();
        for (int i = 0; i + 3 <= a.size(); i++) first.add(a.subList(i, i + 3));
        for (int i = 0; i + 3 <= b.size(); i++) second.add(b.subList(i, i + 3));
        var both = new HashSet<>(first);
        both.retainAll(second);
        return (double) both.size() / (first.size() + second.size() - both.size());
    }

    @Test
    void nearDuplicatesAreThoseThatShareFourOfFiveTriples() {
        var random = new SplittableRandom(7);
        int near = 0, far = 0;
        for (int i = 0; i < 400; i++) {
            var text = words(60, random);
            var other = new ArrayList<>(text);
            for (int changes = random.nextInt(8); changes > 0; changes--)
                other.set(random.nextInt(60), "changed" + changes);
            var set = InstructionSet.of(List.of(
                    sample("a", Path.of("a.png"), text.get(0), String.join(" ", text.subList(1, 60))),
                    sample("b", Path.of("b.png"), other.get(0), String.join(" ", other.subList(1, 60)))));
            boolean expected = jaccard(text, other) >= 0.8;
            near += expected ? 1 : 0;
            far += expected ? 0 : 1;
            assertEquals(
                    expected ? List.of("a") : List.of("a", "b"),
                    ids(new NearDuplicates().sift(set).kept()));
        }
        assertTrue(near > 50 && far > 50, near + " " + far);
    }

    @Test
    void everyRejectHasItsReason() {
        var a = Path.of("a.png");
        var set = InstructionSet.of(List.of(
                sample("1", a, "Describe it.", "A red car stands near two blue dogs on a sunny day."),
                sample("2", a, "Describe it.", "A red car stands near two blue dogs on a sunny day!"),
                sample("3", a, "Describe it.", "There is nothing but snow.")));
        var sifted = new NearDuplicates().sift(set);
        assertEquals(List.of("1", "3"), ids(sifted.kept()));
        assertEquals(
                "repeats sample 1 (1.00 of the wording)",
                sifted.rejected().get(0).reason());
        assertEquals("2", sifted.table().stringColumn("id").get(0));
        assertEquals("2 kept, 1 rejected", sifted.toString());
        assertEquals(sifted.rejected(), new NearDuplicates().sift(set).rejected());
        assertThrows(IllegalArgumentException.class, () -> new NearDuplicates(0.5));
    }

    @Test
    void theEvaluationsPicturesAndTurnsAreKeptOut() throws IOException {
        var seen = Files.write(folder.resolve("seen.png"), new byte[] {1, 2, 3});
        var renamed = Files.write(folder.resolve("renamed.png"), new byte[] {1, 2, 3});
        var other = Files.write(folder.resolve("other.png"), new byte[] {1, 2, 4});
        var answer = "A dog and a cat sit on a wall in the rain at night.";
        var evaluation = InstructionSet.of(
                List.of(sample("e1", seen, "What is this?", answer), sample("e2", seen, "Is there a dog?", "Yes.")));
        var set = InstructionSet.of(List.of(
                sample("picture", renamed, "Say something.", "A train."),
                sample(
                        "text",
                        other,
                        "What is this?",
                        answer.replace("night", "midnight").replace("mid", "")),
                sample("short", other, "Is there a dog?", "Yes."),
                sample("clean", other, "What is this?", "A house with a garden and two old trees behind it.")));
        var sifted = Leakage.of(evaluation).sift(set);
        assertEquals(List.of("short", "clean"), ids(sifted.kept()));
        assertEquals(
                "picture renamed.png is the evaluation's seen.png",
                sifted.rejected().get(0).reason());
        assertEquals(
                "turn 1 repeats the evaluation's e1 (1.00 of the wording)",
                sifted.rejected().get(1).reason());
        assertEquals(4, new Leakage().sift(set).kept().size());
        var missing = InstructionSet.of(List.of(sample("m", folder.resolve("missing.png"), "a", "b")));
        var e = assertThrows(
                java.io.UncheckedIOException.class, () -> Leakage.of(evaluation).sift(missing));
        assertTrue(e.getMessage().contains("missing.png"), e.getMessage());
    }

    /** A turn that is like another of the same sample must not hide it. */
    @Test
    void everyTurnOfAnEvaluationIsCompared() {
        var random = new SplittableRandom(3);
        for (int i = 0; i < 60; i++) {
            var words = words(40, random);
            var like = new ArrayList<>(words);
            for (int j = 0; j < 3; j++) like.set(6 + 12 * j, "changed" + j); // 0.62 of its triples
            var turns = List.of(
                    new Turn("What is there?", String.join(" ", like)),
                    new Turn("What is there?", String.join(" ", words)));
            var evaluation = new InstructionSample("e", List.of(), ResponseType.CONVERSATION, turns, Map.of());
            var set = InstructionSet.of(
                    List.of(sample("s", Path.of("s.png"), "What is there?", String.join(" ", words))));
            var leakage = Leakage.of(InstructionSet.of(List.of(evaluation)));
            assertEquals(1, leakage.sift(set).rejected().size(), "text " + i);
        }
    }

    @Test
    void aLongQuestionWithAShortAnswerLeaksToo() {
        var leakage = new Leakage().text("e1", "What is the name of the red boat? Maria");
        var set = InstructionSet.of(List.of(
                sample("long", Path.of("a.png"), "What is the name of the red boat?", "Maria"),
                sample("short", Path.of("a.png"), "Is it red?", "Yes, it is.")));
        assertEquals(List.of("short"), ids(leakage.sift(set).kept()));
    }
}
