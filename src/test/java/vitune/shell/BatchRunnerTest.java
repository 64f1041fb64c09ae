package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A script runs like a program: its exit code is true, and an error names file and line. */
class BatchRunnerTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aScriptThatRunsThroughIsZero() throws IOException {
        assertEquals(0, run("s.jsh", """
                int a = 6;

                // a comment
                int twice(int x) {
                    return 2 * x;
                }
                if (twice(a) != 12) throw new Error();
                // the end
                """));
        assertEquals("", err());
    }

    @Test
    void argumentsArriveAsTheyWere() throws IOException {
        Path script = Files.writeString(
                folder.resolve("a.jsh"),
                "if (!List.of(args).equals(List.of(\"a b\", \"\\\"\\\\\\n\", \"é…\", \"\"))) throw new Error();");
        var runner = runner(startup("import java.util.*;"));
        assertEquals(0, runner.run(script, List.of("a b", "\"\\\n", "é…", "")), this::err);
    }

    @Test
    void aCompileErrorNamesLineAndPlace() throws IOException {
        assertEquals(1, run("s.jsh", "int a = 1;\n\n    int b = a + nothing;\nSystem.exit(9);\n"));
        assertEquals("""
                s.jsh:3: cannot find symbol
                        int b = a + nothing;
                                    ^^^^^^^
                    symbol:   variable nothing
                """, err());
    }

    /** JShell of JDK 17 takes all from a switch expression that throws as one, and runs its first statement alone. */
    @Test
    void noStatementIsLeftOutInSilence() throws IOException {
        int code = run("s.jsh", """
                int a = 2;
                int b = switch (a) {
                    case 2 -> 3;
                    default -> throw new IllegalArgumentException();
                };
                System.exit(9);
                """);
        assertTrue(code == 9 || code == 1 && err().contains("leaves out what follows"), code + " " + err());
    }

    @Test
    void theSecondStatementOfALineIsFoundToo() throws IOException {
        assertEquals(1, run("s.jsh", "int a = 1; int b = \"x\";\n"));
        assertEquals("""
                s.jsh:1: incompatible types: java.lang.String cannot be converted to int
                    int a = 1; int b = "x";
                                       ^^^
                """, err());
    }

    @Test
    void anExceptionNamesTheLineThatThrewAndTheLineThatCalled() throws IOException {
        assertEquals(1, run("s.jsh", """
                int half(int x) {
                    if (x < 0) {
                        throw new IllegalStateException("no " + x);
                    }
                    return x / 2;
                }

                half(4);
                half(-4);
                """));
        assertEquals("""
                s.jsh:3: java.lang.IllegalStateException: no -4
                            throw new IllegalStateException("no " + x);
                            ^
                    at s.jsh:3 in half
                    at s.jsh:9
                """, err());
    }

    @Test
    void whatTheUserCanMendIsSaidInOneLine() throws IOException {
        Map<String, String> said = Map.of(
                "new IllegalArgumentException(\"must be x, got y\")", "must be x, got y",
                "new java.io.UncheckedIOException(\"no a\", new java.nio.file.NoSuchFileException(\"/a\"))",
                        "no a (NoSuchFileException: /a)",
                "new java.io.UncheckedIOException(new java.io.IOException(\"full\"))", "IOException: full");
        for (String thrown : said.keySet()) {
            err.reset();
            assertEquals(1, run("s.jsh", "int a = 1;\nif (a > 0) throw " + thrown + ";"));
            assertEquals("s.jsh:2: " + said.get(thrown) + "\n", err());
        }
        err.reset();
        var tracing = new BatchRunner(null, printer(out), printer(err), true);
        Files.writeString(folder.resolve("t.jsh"), "throw new IllegalArgumentException(\"no\");");
        assertEquals(1, tracing.run(folder.resolve("t.jsh"), List.of()));
        assertTrue(err().startsWith("t.jsh:1: java.lang.IllegalArgumentException: no\n    throw "), err());
    }

    @Test
    void aWrongCommandLineIsTwo() throws IOException {
        assertEquals(2, run("s.jsh", "vitune.shell.Options.of(new String[] {\"--a\"}, \"--a NAME\");"));
        assertEquals("s.jsh:1: --a needs a value: NAME\n", err());
    }

    @Test
    void causesAreTold() throws IOException {
        assertEquals(1, run("s.jsh", """
                try {
                    Object o = null;
                    o.toString();
                } catch (Exception e) {
                    throw new RuntimeException("outer", e);
                }
                """));
        assertTrue(err().startsWith("s.jsh:5: java.lang.RuntimeException: outer\n"), err());
        assertTrue(err().contains("caused by java.lang.NullPointerException"), err());
        assertTrue(err().contains("    at s.jsh:3\n"), err());
    }

    @Test
    void unfinishedCodeIsAnError() throws IOException {
        assertEquals(1, run("s.jsh", "int a = 1;\nif (a > 0) {\n"));
        assertTrue(err().startsWith("s.jsh:2: the code ends before this statement does\n"), err());
    }

    @Test
    void aMethodThatUsesWhatNeverComesIsAnError() throws IOException {
        assertEquals(1, run("s.jsh", "int f() {\n    return g();\n}\n"));
        assertEquals("""
                s.jsh:2: not declared: method g()
                        return g();
                               ^
                """, err());
        err.reset();
        assertEquals(0, run("t.jsh", "int f() {\n    return g();\n}\nint g() {\n    return 3;\n}\nf();\n"), this::err);
    }

    @Test
    void exitEndsAScriptAndOtherCommandsAreRefused() throws IOException {
        assertEquals(0, run("s.jsh", "int a = 1;\n/exit\nthis is not Java\n"));
        assertEquals(1, run("t.jsh", "int a = 1;\n/open other.jsh\n"));
        assertTrue(err().startsWith("t.jsh:2: a JShell command cannot run here\n"), err());
    }

    @Test
    void aNotebookRunsCellByCellAndShowsItsValues() throws IOException {
        assertEquals(1, run("n.ipynb", """
                {"cells": [
                  {"cell_type": "markdown", "source": ["# A"]},
                  {"cell_type": "code", "source": ["int a = 4;\\n", "a + 1"]},
                  {"cell_type": "code", "source": "var b = a;\\nint c = a / 0;"}
                ]}
                """));
        assertEquals("5\n", out.toString(StandardCharsets.UTF_8));
        assertTrue(err().startsWith("n.ipynb:cell 3:2: java.lang.ArithmeticException: / by zero\n"), err());
        assertTrue(err().contains("\n    int c = a / 0;\n    ^\n"), err());
    }

    @Test
    void aFileThatIsNotThereIsTheCallersMistake() {
        assertEquals(2, runner(null).run(folder.resolve("none.jsh"), List.of()));
        assertTrue(err().contains("none.jsh"), err());
    }

    @Test
    void anErrorInTheStartupIsNamedAsSuch() throws IOException {
        Path script = Files.writeString(folder.resolve("s.jsh"), "int a = 1;");
        assertEquals(
                1,
                runner(startup("import java.util.*;\nimport no.such.place.*;")).run(script, List.of()));
        assertTrue(err().startsWith("startup.jsh:2: package no.such.place does not exist\n"), err());
    }

    private int run(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return runner(null).run(folder.resolve(name), List.of());
    }

    private Path startup(String text) throws IOException {
        return Files.writeString(folder.resolve("startup.jsh"), text);
    }

    private BatchRunner runner(Path startup) {
        return new BatchRunner(startup, printer(out), printer(err));
    }

    private static PrintStream printer(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
