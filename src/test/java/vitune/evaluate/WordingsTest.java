package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import vitune.data.ImageContext;
import vitune.data.InstructionSet;

class WordingsTest {
    @Test
    void grammar() {
        assertEquals("an umbrella", Wordings.fill("{a thing}", "umbrella", 1, null));
        assertEquals("are the buses", Wordings.fill("{is} the {it}", "bus", 2, null));
        assertEquals("is the bus", Wordings.fill("{is} the {it}", "bus", 1, null));
    }

    @Test
    void everyKindHasTwoWordingsOrMoreAndAllAreFilled() {
        for (String kind : Questions.KINDS) {
            assertTrue(Wordings.heldOut().of(kind).size() >= 2, kind);
            for (String template : Wordings.heldOut().of(kind)) {
                assertTrue(Wordings.fill(template, "dog", 1, "cat").matches("[A-Z][a-z ,]+[?.]"), template);
            }
        }
    }

    /** What the teacher asks in tuning data is never what the exam asks. */
    @Test
    void noWordingIsTheTeachers() throws IOException {
        Set<String> taught = new HashSet<>();
        try (InputStream resource = WordingsTest.class.getResourceAsStream("/vitune/teach/builtin/questions.txt")) {
            assumeTrue(resource != null);
            new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains("|"))
                    .forEach(line -> taught.addAll(filled(line.substring(line.indexOf('|') + 1))));
        }
        assertTrue(taught.contains("is there dog"), taught.toString());
        assertHeldOut(taught);
    }

    /** Nor is a request for a description, be it of a caption or of a sample. */
    @Test
    void noWordingAsksForADescription() throws IOException {
        List<ImageContext> pictures = IntStream.range(0, 60)
                .mapToObj(i -> new ImageContext("" + i, Path.of(i + ".png"), 8, 8, List.of("a dog"), List.of()))
                .toList();
        Set<String> taught = InstructionSet.ofCaptions(pictures, 1).samples().stream()
                .map(sample -> ExactMatch.normalise(sample.turns().get(0).instruction()))
                .collect(Collectors.toSet());
        assertEquals(3, taught.size(), "three ways to ask for a caption: " + taught);
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/vitune/teach/prompts"))) {
            for (Path file :
                    files.filter(path -> path.endsWith("instructions.txt")).toList()) {
                Files.readAllLines(file).forEach(line -> taught.add(ExactMatch.normalise(line)));
            }
        }
        assertTrue(taught.contains(ExactMatch.normalise("Describe the picture in one sentence.")), taught.toString());
        assertHeldOut(taught);
    }

    /** Nor is what the language model of {@code data/tiny} was asked in pretraining. */
    @Test
    void noWordingIsThePretrainings() throws IOException {
        String script = Files.readString(Path.of("jshell/pretrain/2_language.jsh"));
        int map = script.indexOf("ASK = Map.of(");
        assertTrue(map > 0, "the map ASK");
        Set<String> taught = Pattern.compile("\"([^\"]+)\"")
                .matcher(script.substring(map, script.indexOf("));", map)))
                .results()
                .flatMap(text -> filled(text.group(1)).stream())
                .collect(Collectors.toSet());
        for (String kind : Questions.KINDS) assertTrue(taught.contains(kind), kind + " is a key of the map");
        assertTrue(
                taught.containsAll(Set.of("is there dog", "number of dogs", "what colour is dog")), taught.toString());
        assertHeldOut(taught);
    }

    /** A template of the teacher or of pretraining in words, about one and about two, as an answer is compared. */
    private static Set<String> filled(String template) {
        Set<String> filled = new HashSet<>();
        for (int count = 1; count <= 2; count++) {
            filled.add(ExactMatch.normalise(template.replace("{a}", "a dog")
                    .replace("{s}", "dog")
                    .replace("{p}", "dogs")
                    .replace("{k}", "dog")
                    .replace("{ks}", "dogs")
                    .replace("{t}", count == 1 ? "dog" : "dogs")
                    .replace("{is}", count == 1 ? "is" : "are")
                    .replace("{A}", "dog")
                    .replace("{B}", "cat")));
        }
        return filled;
    }

    private static void assertHeldOut(Set<String> taught) {
        for (String kind : Questions.KINDS) {
            for (String template : Wordings.heldOut().of(kind)) {
                for (int count = 1; count <= 2; count++) {
                    String asked = ExactMatch.normalise(Wordings.fill(template, "dog", count, "cat"));
                    assertFalse(taught.contains(asked), asked);
                }
            }
        }
    }
}
