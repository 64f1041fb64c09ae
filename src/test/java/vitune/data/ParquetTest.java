package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.io.FileSystemOutputFile;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTest {
    @TempDir
    Path folder;

    /** As somebody else may write it: no type, no provenance, one column more. */
    record Foreign(String id, List<String> image, List<ForeignSaid> conversations, int score) {}

    record ForeignSaid(String from, String value) {}

    private Path foreign(Foreign... rows) throws IOException {
        Files.writeString(folder.resolve("a.jpg"), "x");
        Path file = folder.resolve("foreign.parquet");
        try (CarpetWriter<Foreign> writer =
                new CarpetWriter<>(new FileSystemOutputFile(file.toFile()), Foreign.class)) {
            writer.write(List.of(rows));
        }
        return file;
    }

    @Test
    void columnsMayBeMissing() throws IOException {
        Path file = foreign(new Foreign(
                "1",
                List.of("a.jpg"),
                List.of(new ForeignSaid("human", "<image>\nWhat?"), new ForeignSaid("gpt", "A bus.")),
                3));
        InstructionSample sample = Parquet.read(file, folder).samples().get(0);
        assertEquals(
                new InstructionSample(
                        "1",
                        List.of(folder.resolve("a.jpg")),
                        ResponseType.CONVERSATION,
                        List.of(new Turn("What?", "A bus.")),
                        Map.of()),
                sample);
    }

    @Test
    void badRowsAreNamedByFileRowAndColumn() throws IOException {
        var said = List.of(new ForeignSaid("human", "<image>\nWhat?"), new ForeignSaid("gpt", "A bus."));
        Path file = foreign(new Foreign("1", List.of("a.jpg"), said, 3), new Foreign("2", List.of("b.jpg"), said, 3));
        DataException e = assertThrows(DataException.class, () -> Parquet.read(file, folder));
        assertEquals("[1].image", e.where());
        Path text = Files.writeString(folder.resolve("text.parquet"), "no parquet at all");
        e = assertThrows(DataException.class, () -> Parquet.read(text, folder));
        assertEquals(text, e.file());
        assertThrows(DataException.class, () -> Parquet.read(folder.resolve("none.parquet"), folder));
    }

    @Test
    void whatFailsLeavesNoFile() throws IOException {
        Path file = folder.resolve("out.parquet");
        InstructionSample sample =
                new InstructionSample("1", List.of(), ResponseType.SUMMARY, List.of(new Turn("q", "a")), Map.of());
        Stream<InstructionSample> failing = Stream.of(1, 2).map(i -> {
            if (i == 2) throw new IllegalStateException("no more");
            return sample;
        });
        assertThrows(IllegalStateException.class, () -> Parquet.write(file, folder, failing));
        assertFalse(Files.exists(file));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void withoutTheLibraryTheErrorNamesIt() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("carpet-record"))
                others.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader bare =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Method write =
                    bare.loadClass(Parquet.class.getName()).getMethod("write", Path.class, Path.class, Stream.class);
            InvocationTargetException e = assertThrows(
                    InvocationTargetException.class,
                    () -> write.invoke(null, folder.resolve("x.parquet"), folder, Stream.of()));
            assertInstanceOf(IllegalStateException.class, e.getCause());
            for (String told : List.of("com.jerolba:carpet-record:0.5.0", "jshell/vitune --build -Pparquet")) {
                assertTrue(
                        e.getCause().getMessage().contains(told), e.getCause().getMessage());
            }
        }
    }
}
