package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tech.tablesaw.api.Table;

class CaptionFilterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A man riding a wave on top of a surfboard | man, wave, surfboard",
                "Two dogs play with a red frisbee in the green park. | two dogs, red frisbee, green park",
                "the sleeping cat lies on a white painted bench | sleeping cat, white painted bench",
                "an old brick building in the evening | old brick building, evening",
                "young woman wearing sunglasses walks her dog | young woman, sunglasses, dog",
                "The wall is white. | wall",
                "a man's hat, and 3 T-shirts | man's hat, 3 t-shirts",
                "a dog and a dog | dog, dog",
                "Straßenbahn am Café | straßenbahn, café",
                "it is very nice! | ''",
            })
    void phrasesAreCutOutOfCaptions(String caption, String phrases) {
        assertEquals(phrases, String.join(", ", new NounPhrases().of(caption)));
    }

    /** As many captions of each word as told, in turn. */
    private static InstructionSet captions(Map<String, Integer> counts) {
        List<InstructionSample> samples = new ArrayList<>();
        counts.forEach((caption, count) -> {
            for (int i = 0; i < count; i++) {
                samples.add(new InstructionSample(
                        caption + i,
                        List.of(Path.of(samples.size() + ".jpg")),
                        ResponseType.SUMMARY,
                        List.of(new Turn("Describe.", "a " + caption)),
                        Map.of()));
            }
        });
        return InstructionSet.of(samples);
    }

    private static long kept(InstructionSet set, String word) {
        return set.samples().stream()
                .filter(s -> s.turns().get(0).response().equals("a " + word))
                .count();
    }

    @Test
    void rarePhrasesAreSkippedAndFrequentOnesBounded() {
        InstructionSet chosen =
                CaptionFilter.paper(1).filter(captions(Map.of("yak", 2, "emu", 3, "cat", 100, "dog", 250)));
        assertEquals(0, kept(chosen, "yak"));
        assertEquals(3, kept(chosen, "emu"));
        assertEquals(100, kept(chosen, "cat"));
        assertEquals(100, kept(chosen, "dog"));
    }

    @Test
    void aCaptionChosenForARarePhraseBringsItsFrequentOne() {
        InstructionSet set = captions(Map.of("dog", 20, "dog with an emu", 3));
        InstructionSet chosen = CaptionFilter.paper(1).withMost(5).filter(set);
        assertEquals(3, kept(chosen, "dog with an emu"));
        Table table = CaptionFilter.paper(1).withMost(5).table(set);
        assertEquals(List.of("dog", "emu"), table.stringColumn("phrase").asList());
        assertEquals(List.of(23, 3), table.intColumn("captions").asList());
        assertEquals(chosen.size(), table.intColumn("kept").get(0));
        assertEquals(3, table.intColumn("kept").get(1));
    }

    @Test
    void theChoiceFollowsItsSeedAndKeepsTheOrder() {
        InstructionSet set = captions(Map.of("dog", 250));
        InstructionSet chosen = CaptionFilter.paper(1).filter(set);
        assertEquals(chosen.hash(), CaptionFilter.paper(1).filter(set).hash());
        assertNotEquals(chosen.hash(), CaptionFilter.paper(2).filter(set).hash());
        List<Integer> places =
                chosen.samples().stream().map(set.samples()::indexOf).toList();
        assertEquals(places.stream().sorted().distinct().toList(), places);
    }

    @Test
    void anotherChunkerMayBeGiven() {
        InstructionSet set = captions(Map.of("dog", 5, "cat", 5));
        CaptionFilter filter =
                CaptionFilter.paper(1).withPhrases(caption -> caption.contains("dog") ? List.of("d") : List.of());
        assertEquals(5, filter.filter(set).size());
        assertEquals(0, filter.withMinimum(6).filter(set).size());
        assertThrows(IllegalArgumentException.class, () -> filter.withMinimum(0));
        assertThrows(IllegalArgumentException.class, () -> filter.withMost(0));
    }
}
