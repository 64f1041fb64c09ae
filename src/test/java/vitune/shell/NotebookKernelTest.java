package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel without Jupyter: what a cell gives, how an error reads, and that a stop stops. */
class NotebookKernelTest {
    @TempDir
    Path folder;

    private NotebookKernel kernel = kernel(Map.of());

    @AfterEach
    void close() {
        kernel.onShutdown(false);
    }

    @Test
    void theLastValueIsTheCellsAnswer() throws Exception {
        assertEquals("7", text(kernel.eval("int a = 3;\na + 4")));
        assertEquals("3", text(kernel.eval("a")));
        assertNull(kernel.eval("a = 5"));
        assertNull(kernel.eval("a + 1;\nint b = a;"));
        assertNull(kernel.eval("// nothing here"));
        kernel.eval("import io.github.spencerpark.jupyter.kernel.display.DisplayData;");
        assertEquals("ready", text(kernel.eval("new DisplayData(\"ready\")")));
    }

    @Test
    void anErrorTellsCellLineAndPlace() {
        var error = assertThrows(CodeException.class, () -> kernel.eval("int a = 1;\nint b = a + nothing;"));
        List<String> lines = kernel.formatError(error);
        assertEquals("\u001b[1;31mcell [1] line 2: cannot find symbol\u001b[0m", lines.get(0));
        assertEquals("    int b = a + nothing;", lines.get(1));
        assertEquals("                ^^^^^^^", lines.get(2));
    }

    @Test
    void anExceptionIsFollowedIntoTheCellThatDeclared() throws Exception {
        kernel.eval("int f(int x) {\n    return 1 / x;\n}");
        var error = assertThrows(CodeException.class, () -> kernel.eval("\nf(0)"));
        assertEquals("cell [1] line 2: java.lang.ArithmeticException: / by zero", error.getMessage());
        assertTrue(error.lines().contains("    at cell [1] line 2 in f"), error.lines()::toString);
        assertTrue(kernel.eval("f(1)") != null);
    }

    @Test
    void aDeclarationThatWaitsIsAnErrorOfItsCell() throws Exception {
        var error = assertThrows(CodeException.class, () -> kernel.eval("Absent x;"));
        assertEquals("cell [1] line 1: not declared: class Absent", error.getMessage());
        assertEquals("1", text(kernel.eval("1")));
    }

    @Test
    void aStopReachesLoopsThatNeverAsk() {
        String spin = "void spin() {\n    while (true) {\n    }\n}\nspin();";
        for (String loop : List.of("while (true);", spin, "Thread.sleep(100_000);")) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20),
                    () -> {
                        var stop = interruptLater();
                        var error = assertThrows(CodeException.class, () -> kernel.eval(loop));
                        assertTrue(error.getMessage().endsWith(": interrupted"), error.getMessage());
                        stop.join();
                        assertEquals("2", text(kernel.eval("1 + 1")));
                    },
                    loop);
        }
    }

    @Test
    void aLoopThatListensClosesWhatItHolds() throws Exception {
        kernel.eval("boolean closed = false;\nint rounds = 0;");
        interruptLater();
        assertThrows(CodeException.class, () -> kernel.eval("""
                try {
                    while (!Thread.currentThread().isInterrupted()) rounds++;
                } finally {
                    closed = true;
                }
                """));
        assertEquals("true", text(kernel.eval("closed")));
    }

    @Test
    void aLoopThatListensHasTimeToSave() throws Exception {
        kernel.eval("boolean saved = false;");
        interruptLater();
        assertThrows(CodeException.class, () -> kernel.eval("""
                try {
                    Thread.sleep(100_000);
                } catch (InterruptedException e) {
                    Thread.sleep(1_500);
                    saved = true;
                    throw new java.util.concurrent.CancellationException("saved");
                }
                """));
        assertEquals("true", text(kernel.eval("saved")));
    }

    @Test
    void magicsAreRefusedByName() {
        var error = assertThrows(CodeException.class, () -> kernel.eval("\n%maven a:b:1"));
        assertEquals("cell [1] line 2: this kernel has no magics", error.getMessage());
    }

    @Test
    void startupComesFromTheEnvironment() throws Exception {
        Path first = Files.writeString(folder.resolve("first of all.jsh"), "import java.util.function.*;\n");
        close();
        kernel = kernel(Map.of(
                "IJAVA_STARTUP_SCRIPTS_PATH",
                first.toString(),
                "IJAVA_STARTUP_SCRIPT",
                "int answer = 42;",
                "IJAVA_COMPILER_OPTS",
                "-Xlint:none  -parameters"));
        assertEquals("43", text(kernel.eval("IntUnaryOperator next = x -> x + 1;\nnext.applyAsInt(answer)")));
        assertNull(kernel.eval("printf(\"\");")); // a function every cell has
    }

    @Test
    void theEditorIsHelped() {
        assertTrue(kernel.complete("\"a\".toUpp", 9).getReplacements().contains("toUpperCase("));
        assertNull(kernel.complete("zzz", 3));
        assertTrue(text(kernel.inspect("Math.max(1, 2)", 6, false)).contains("int Math.max(int a, int b)"));
        assertEquals("complete", kernel.isComplete("int a = 1;\nint b = 2"));
        assertEquals("    ", kernel.isComplete("if (true) {"));
    }

    private CompletableFuture<Void> interruptLater() {
        return CompletableFuture.runAsync(kernel::interrupt, CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
    }

    private static NotebookKernel kernel(Map<String, String> environment) {
        try {
            return new NotebookKernel(environment);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(DisplayData data) {
        return String.valueOf(data.getData(MIMEType.TEXT_PLAIN));
    }
}
