package vitune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Rows of {@link LlavaJson} as columns of a Parquet file: {@code id}, {@code image} (a list of names), {@code type},
 * {@code conversations} (a list of {@code from} and {@code value}) and {@code provenance} (a list of {@code name} and
 * {@code value}: Hugging Face's datasets know no maps). Compressed with Snappy.
 *
 * <p>Needs a library of 32 MB that this kit brings along only where it is asked for: {@value #LIBRARY}. In a clone, {@code
 * jshell/vitune --build -Pparquet} adds it to {@code target/lib}; elsewhere add it to your dependencies.
 */
public final class Parquet {
    /** The library that reads and writes Parquet. */
    public static final String LIBRARY = "com.jerolba:carpet-record:0.5.0";

    private Parquet() {}

    /**
     * Reads a file; columns that are missing are as fields that are missing in a row of LLaVA JSON.
     *
     * @throws DataException for what is no Parquet, and for bad rows, by file, row and column
     * @throws IllegalStateException without the library
     */
    public static InstructionSet read(Path parquet, Path imageFolder) {
        try (Stream<InstructionSample> samples = stream(parquet, imageFolder)) {
            return InstructionSet.of(samples.toList());
        }
    }

    /** The samples of a file, one at a time; close the stream, as with {@link LlavaJson#stream(Path, Path)}. */
    public static Stream<InstructionSample> stream(Path parquet, Path imageFolder) {
        if (!Files.isRegularFile(parquet)) {
            throw new DataException(parquet, "file", "no such file", "a Parquet file");
        }
        Stream<JsonRow> rows = withLibrary(() -> ParquetRow.stream(parquet));
        return LlavaJson.samples(rows, imageFolder, ResponseType.CONVERSATION);
    }

    /** Writes a set; pictures are named relative to their folder. */
    public static void write(Path parquet, Path imageFolder, InstructionSet set) {
        write(parquet, imageFolder, set.samples().stream());
    }

    /**
     * Writes samples as they come, whole or not at all.
     *
     * @throws IllegalStateException without the library
     */
    public static void write(Path parquet, Path imageFolder, Stream<InstructionSample> samples) {
        withLibrary(() -> {
            ParquetRow.write(parquet, LlavaJson.rows(samples, imageFolder));
            return parquet;
        });
    }

    /** @throws IllegalStateException without the library */
    static void requireLibrary() {
        withLibrary(ParquetRow::library);
    }

    private static <T> T withLibrary(Supplier<T> use) {
        try {
            return use.get();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "Parquet needs " + LIBRARY
                            + " on the class path: in a clone run jshell/vitune --build -Pparquet and "
                            + "start anew, elsewhere add it to your dependencies; or write .json or .jsonl",
                    e);
        }
    }
}
