package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WordingsTest {
    @Test
    void grammar() {
        assertEquals("an umbrella", Wordings.fill("{a thing}", "umbrella", 1, null));
        assertEquals("are the buses", Wordings.fill("{is} the {it}", "bus", 2, null));
        assertEquals("is the bus", Wordings.fill("{is} the {it}", "bus", 1, null));
        assertEquals("fish people cherries toys glasses driers couches sheep knives",
                Stream.of("fish person cherry toy glass drier couch sheep knife".split(" ")).map(Wordings::plural)
                        .collect(Collectors.joining(" ")));
        assertEquals("wine glasses", Wordings.plural("wine glass"));
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
            Arrays.stream(new String(resource.readAllBytes(), StandardCharsets.UTF_8).split("\\R"))
                    .filter(line -> line.contains("|"))
                    .forEach(line -> {
                        for (int count = 1; count <= 2; count++) {
                            taught.add(ExactMatch.normalise(line.substring(line.indexOf('|') + 1)
                                    .replace("{a}", "a dog")
                                    .replace("{s}", "dog").replace("{p}", "dogs")
                                    .replace("{t}", count == 1 ? "dog" : "dogs")
                                    .replace("{is}", count == 1 ? "is" : "are").replace("{A}", "dog")
                                    .replace("{B}", "cat")));
                        }
                    });
        }
        assertTrue(taught.contains("is there dog"), taught.toString());
        for (String kind : Questions.KINDS) {
            for (String template : Wordings.heldOut().of(kind)) {
                for (int count = 1; count <= 2; count++) {
                    String asked = ExactMatch.normalise(Wordings.fill(template, "dog", count, "cat"));
                    assertTrue(!taught.contains(asked), asked);
                }
            }
        }
    }
}
