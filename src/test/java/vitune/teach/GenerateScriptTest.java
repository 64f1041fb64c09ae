package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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
    }

    @Test
    void aWrongCommandLineIsSaidInOneLine() {
        said(2, "--cap needs a value: USD", "--cap");
        said(2, "--cap needs a number >= 0, got nan", "--cap", "nan");
        said(2, "--limit needs a whole number, got abc", "--limit", "abc");
        said(2, "--limit must be >= 1, got 0", "--limit", "0");
        said(2, "--base-url needs --model, the name of the model there", "--base-url", "http://127.0.0.1:9/v1");
        String ledger = folder.resolve("ledger.db").toString();
        said(1, "a file must end in .json, .jsonl or .parquet, got x.csv", "--out", "x.csv", "--ledger", ledger);
        said(
                1,
                "baseUrl must be http(s)://host..., got \"foo\"",
                "--base-url",
                "foo",
                "--model",
                "m",
                "--ledger",
                ledger);
    }

    private void said(int code, String message, String... arguments) {
        err.reset();
        assertEquals(code, run(arguments), err.toString(UTF_8));
        assertTrue(err.toString(UTF_8).matches("generate.jsh:\\d+: \\Q" + message + "\\E\n"), err.toString(UTF_8));
    }

    @Test
    void anEmptySetReplacesNoFile() throws Exception {
        var coco = ClipArt.draw(folder.resolve("scenes"), 2, 7, Pairs.TUNING).toString();
        var out = Files.writeString(folder.resolve("keep.json"), "mine");
        var ledger = folder.resolve("ledger.db").toString();
        String[] all = {"--coco", coco, "--limit", "1", "--ledger", ledger, "--out", out.toString(), "--types"};
        var none = Stream.of(all, new String[] {"comparison", "--teacher", "builtin"})
                .flatMap(Stream::of);
        assertEquals(1, run(none.toArray(String[]::new)));
        assertTrue(err.toString(UTF_8).contains("no sample came of 1 pictures"), err.toString(UTF_8));
        try (var server = new ScriptedServer()) {
            server.always = "400";
            String[] dead = {"summary", "--base-url", server.baseUrl(), "--model", "mine"};
            assertEquals(1, run(Stream.of(all, dead).flatMap(Stream::of).toArray(String[]::new)));
        }
        assertTrue(err.toString(UTF_8).contains("1 of 1 requests failed: the teacher refuses"), err.toString(UTF_8));
        assertEquals("mine", Files.readString(out));
    }
}
