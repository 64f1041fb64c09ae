package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the launcher answers without Java. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path SCRIPTS = Path.of("jshell");

    @TestFactory
    List<DynamicTest> everyScriptTellsHowToCallIt() throws IOException {
        try (Stream<Path> files = Files.walk(SCRIPTS)) {
            return files.filter(file -> file.toString().endsWith(".jsh") && !file.endsWith("startup.jsh"))
                    .sorted()
                    .map(SCRIPTS::relativize)
                    .map(script -> DynamicTest.dynamicTest(script.toString(), () -> tells(script)))
                    .toList();
        }
    }

    @Test
    void aMachineWithoutAnNvidiaDriverIsToldAtOnce() throws IOException, InterruptedException {
        assumeFalse(Stream.of("/proc/driver/nvidia/version", "/dev/nvidia0", "/usr/bin/nvidia-smi")
                .anyMatch(file -> Files.exists(Path.of(file))));
        var process = new ProcessBuilder("bash", "jshell/vitune", "--device", "cuda", "build")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, process.waitFor(), said);
        assertEquals("vitune: no NVIDIA driver here; --device cpu computes on the processor\n", said);
    }

    private static void tells(Path script) throws IOException, InterruptedException {
        var process = new ProcessBuilder("bash", "jshell/vitune", script.toString(), "--help")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        String name = script.getParent() == null ? script.toString().replace(".jsh", "") : script.toString();
        assertTrue(said.contains("\n  jshell/vitune " + name), said);
        assertTrue(said.lines().noneMatch(line -> line.startsWith("//")), said);
    }
}
