package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sets by chance, written and read again, in every format. */
class RoundTripTest {
    private static final String[] PIECES = {
        "bus",
        "\u65e5\u672c",
        "\ud83d\ude8c",
        "\u00fc",
        "e\u0301",
        "\"quoted\"",
        "back\\slash",
        "</b>&amp;",
        "\t",
        "\n",
        "\r\n",
        "\u2028",
        "\u0001",
        "{}",
        "[1]",
        "<pic>",
        "'",
        ",",
        ": ",
        "null",
        "\u202e",
        "a | b",
        "\u00a0x"
    };
    private static final List<ResponseType> TYPES = List.of(
            ResponseType.CONVERSATION,
            ResponseType.DETAILED_DESCRIPTION,
            ResponseType.COMPLEX_REASONING,
            ResponseType.SUMMARY,
            ResponseType.COMPARISON);
    private static final List<String> PICTURES =
            List.of("a.jpg", "sub/b c.png", "sub/\u65e5\u672c.webp", "\u00fc#1.jpg");

    @TempDir
    Path folder;

    @BeforeEach
    void pictures() throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        for (String name : PICTURES) {
            Files.writeString(folder.resolve(name), "x");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"set.json", "set.jsonl", "set.parquet"})
    void whatIsWrittenReadsBackEqual(String name) {
        for (int seed = 0; seed < 25; seed++) {
            InstructionSet set = set(new SplittableRandom(seed), seed == 0 ? 0 : 1 + seed * 3);
            set.write(folder.resolve(name), folder);
            InstructionSet again = InstructionSet.read(folder.resolve(name), folder);
            assertEquals(set.samples(), again.samples(), "seed " + seed);
            assertEquals(set.hash(), again.hash());
        }
    }

    private InstructionSet set(SplittableRandom random, int size) {
        List<InstructionSample> samples = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            ResponseType type = TYPES.get(random.nextInt(TYPES.size()));
            List<Path> images = new ArrayList<>();
            int shown = random.nextInt(4) == 0 ? 0 : type.images();
            while (images.size() < shown) {
                images.add(folder.resolve(PICTURES.get(random.nextInt(PICTURES.size()))));
            }
            List<Turn> turns = IntStream.rangeClosed(0, random.nextInt(3))
                    .mapToObj(turn -> new Turn(text(random), text(random)))
                    .toList();
            Map<String, String> provenance = new HashMap<>();
            for (int n = random.nextInt(4); n > 0; n--) {
                provenance.put(text(random), random.nextInt(5) == 0 ? "" : " " + text(random));
            }
            samples.add(new InstructionSample(i + text(random), images, type, turns, provenance));
        }
        return InstructionSet.of(samples);
    }

    /** Not blank, without white space around it, which no format keeps. */
    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder("x");
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.append(random.nextInt(100)).toString();
    }
}
