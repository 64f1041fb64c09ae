package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every notebook and every answer runs from its first cell to its last, each in a JVM of its own, without Jupyter. */
class NotebooksTest {
    private static final Path NOTEBOOKS = Path.of("notebooks").toAbsolutePath();
    private static final Path STARTUP = Path.of("jshell", "startup.jsh").toAbsolutePath();
    private static final int MINUTES = 10;

    @TestFactory
    List<DynamicTest> everyNotebookRuns() throws IOException {
        return tests(NOTEBOOKS);
    }

    /** Some answers take the model that a notebook left, where there is one, and say so; they run without it too. */
    @TestFactory
    List<DynamicTest> everyAnswerRuns() throws IOException {
        return tests(NOTEBOOKS.resolve("answers"));
    }

    private static List<DynamicTest> tests(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> notebooks = files.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
            assertFalse(notebooks.isEmpty(), () -> "no notebook in " + folder);
            return notebooks.stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)))
                    .toList();
        }
    }

    private static void run(Path notebook) throws IOException, InterruptedException {
        Path log = Files.createTempFile("notebook", ".log");
        var process = new ProcessBuilder(command(notebook))
                .directory(notebook.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
            String printed = Files.readString(log);
            assertTrue(ended, () -> "still running after " + MINUTES + " minutes:\n" + printed);
            assertEquals(0, process.exitValue(), printed);
        } finally {
            process.destroyForcibly().waitFor();
            Files.delete(log);
        }
    }

    private static List<String> command(Path notebook) {
        var command = Stream.<String>builder()
                .add(Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .add("-Xmx1g")
                .add("-Djava.awt.headless=true")
                .add("-Dai.djl.offline=true");
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        return command.add("-cp")
                .add(classPath())
                .add(BatchRunner.class.getName())
                .add("--startup")
                .add(STARTUP.toString())
                .add(notebook.getFileName().toString())
                .build()
                .toList();
    }

    /** The class path of this test run, absolute: Maven may start from a manifest, the true one in a property. */
    private static String classPath() {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(path.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }
}
