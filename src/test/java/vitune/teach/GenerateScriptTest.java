package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ClipArt;
import vitune.data.Pairs;
import vitune.shell.BatchRunner;

/** {@code jshell/generate.jsh} with all that can be said to it. */
class GenerateScriptTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        var runner = new BatchRunner(Path.of("jshell/startup.jsh"), System.out, new PrintStream(err, true, UTF_8));
        return runner.run(Path.of("jshell/generate.jsh"), List.of(arguments));
    }

    @Test
    void writesWhatIsFinishedAndFailsAtTheCap() throws Exception {
        var coco = ClipArt.draw(folder.resolve("scenes"), 12, 7, Pairs.TUNING).toString();
        var out = folder.resolve("out.json");
        var ledger = folder.resolve("ledger.db").toString();
        var prices = Files.writeString(folder.resolve("prices.csv"), "mine,0.4,1.6,2026-01-01\n");
        try (var server = new ScriptedServer()) {
            var url = server.baseUrl();
            // a call costs $0.005 at most and $0.0005 in truth
            int code = run(
                    "--coco",
                    coco,
                    "--base-url",
                    url,
                    "--model",
                    "mine",
                    "--prices",
                    prices.toString(),
                    "--types",
                    "summary,detailed_description",
                    "--limit",
                    "9",
                    "--cap",
                    "0.007",
                    "--ledger",
                    ledger,
                    "--out",
                    out.toString());
            assertEquals(1, code, err.toString(UTF_8));
            assertTrue(err.toString(UTF_8).contains("stopped at the cap of $0.01"), err.toString(UTF_8));
            long written = Files.readAllLines(out).stream()
                    .filter(row -> row.contains("\"id\""))
                    .count();
            assertTrue(written > 0 && written < 18, written + " rows");
            assertEquals(server.requests(), written);
        }
        assertEquals(1, run("--cap"));
        assertTrue(err.toString(UTF_8).contains("got --cap"), err.toString(UTF_8));
    }
}
