package vitune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, in small: forty scenes, a handful of questions, the real model. */
class WalkthroughTest {
    @TempDir
    static Path folder;

    private static String told;

    private record Outcome(int code, String out, String err) {}

    private static Outcome walk(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = Stream.concat(Stream.of(arguments), Stream.of("--teacher", "builtin"))
                .toList();
        int code = Walkthrough.run(all, new PrintStream(out, true), new PrintStream(err, true));
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String[] small(String out) {
        return new String[] {
            "--scenes", "40", "--questions", "8", "--out", folder.resolve(out).toString()
        };
    }

    @BeforeAll
    static void walkOnce() {
        Outcome outcome = walk(small("first"));
        assertEquals("", outcome.err());
        assertEquals(0, outcome.code());
        told = outcome.out();
    }

    private static JsonObject report(String out) throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve(out).resolve("report.json")))
                .getAsJsonObject();
    }

    @Test
    void theReportHasWhatIsPromised() throws IOException {
        JsonObject report = report("first");
        assertTrue(report.get("seconds").getAsDouble() > 0);
        assertTrue(report.get("peakRssMiB").getAsLong() > 0 || !Files.exists(Path.of("/proc/self/status")));
        assertEquals(
                40 + 4 * 6 - 1,
                report.getAsJsonObject("samples").get("generated").getAsInt(),
                3);
        assertEquals(0, report.getAsJsonObject("samples").get("rejected").getAsInt());
        for (String stage : List.of("before", "aligned", "tuned", "blind")) {
            JsonObject accuracy = report.getAsJsonObject("accuracy").getAsJsonObject(stage);
            assertTrue(accuracy.get("n").getAsInt() >= 16, stage);
            assertTrue(accuracy.get("overall").getAsDouble() >= 0 && accuracy.has("presence"), stage);
        }
        assertTrue(report.getAsJsonObject("loss")
                        .getAsJsonObject("align")
                        .get("first")
                        .getAsDouble()
                > 0);
        JsonObject instruct = report.getAsJsonObject("loss").getAsJsonObject("instruct");
        assertTrue(instruct.get("last").getAsDouble() < instruct.get("first").getAsDouble(), instruct.toString());
        assertEquals(7, report.get("seed").getAsLong());
        assertTrue(
                report.getAsJsonObject("versions").get("vitune").getAsString().matches("\\d+\\.\\d+.*"),
                "the build's own version");
    }

    @Test
    void everyStepIsToldAndShown() {
        for (int step = 1; step <= 10; step++) {
            assertTrue(told.contains("[" + step + "/10] "), told);
        }
        for (String file : List.of(
                "index.html",
                "scenes.png",
                "samples.png",
                "composition.png",
                "loss.png",
                "accuracy.png",
                "attention.png",
                "predictions-tuned.csv")) {
            assertTrue(Files.exists(folder.resolve("first").resolve(file)), file);
        }
    }

    /** But for times and memory. */
    @Test
    void oneSeedGivesOneReport() throws IOException {
        assertEquals(0, walk(small("second")).code());
        JsonObject first = report("first");
        JsonObject second = report("second");
        for (String noise : List.of("seconds", "peakRssMiB")) {
            first.remove(noise);
            second.remove(noise);
        }
        assertEquals(first, second);
    }

    @Test
    void walksOverAFolderOfOnesOwn() {
        Outcome outcome = walk(
                "--coco",
                folder.resolve("first/scenes").toString(),
                "--questions",
                "4",
                "--out",
                folder.resolve("own").toString());
        assertEquals("", outcome.err());
        assertTrue(outcome.out().contains("Read the pictures of " + folder.resolve("first/scenes")), outcome.out());
    }

    @Test
    void wrongCommandLinesAreExplained() {
        assertWrong(2, "walkthrough: unknown option --fast", "--fast", "1");
        assertWrong(2, "walkthrough: --scenes must be in 20..1000000, got 5000000000", "--scenes", "5000000000");
        assertWrong(2, "walkthrough: --scenes needs a whole number, got many", "--scenes", "many");
        assertWrong(2, "walkthrough: --coco needs a folder that exists, got nowhere", "--coco", "nowhere");
        assertWrong(2, "walkthrough: --out needs a value", "--out");
        Path empty = folder.resolve("first/heldout/images");
        assertWrong(1, "walkthrough: " + empty + ", folder: got a folder with [", "--coco", empty.toString());
    }

    private static void assertWrong(int code, String message, String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int found = Walkthrough.run(
                List.of(arguments), new PrintStream(new ByteArrayOutputStream()), new PrintStream(err, true));
        assertTrue(
                err.toString(StandardCharsets.UTF_8).strip().startsWith(message), err.toString(StandardCharsets.UTF_8));
        assertEquals(code, found);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("a-file"), "not a folder");
        Outcome outcome = walk(
                "--scenes",
                "20",
                "--questions",
                "4",
                "--out",
                file.resolve("out").toString());
        assertEquals(1, outcome.code());
        assertTrue(outcome.err().contains("a-file"), outcome.err());
    }
}
