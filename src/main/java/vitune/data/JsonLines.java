package vitune.data;

import java.nio.file.Path;
import java.util.stream.Stream;

/** Rows of {@link LlavaJson}, one on each line without a list around them: files to append to, cut and count. */
public final class JsonLines {
    private JsonLines() {}

    /**
     * Reads a file; rows without a type are taken for conversations.
     *
     * @throws DataException for bad rows, by file, line and field
     */
    public static InstructionSet read(Path jsonl, Path imageFolder) {
        try (Stream<InstructionSample> samples = stream(jsonl, imageFolder)) {
            return InstructionSet.of(samples.toList());
        }
    }

    /** The samples of a file, one at a time; close the stream, as with {@link LlavaJson#stream(Path, Path)}. */
    public static Stream<InstructionSample> stream(Path jsonl, Path imageFolder) {
        return LlavaJson.samples(JsonRows.ofLines(jsonl), imageFolder, ResponseType.CONVERSATION);
    }

    /** Writes a set, one sample a line; pictures are named relative to their folder. */
    public static void write(Path jsonl, Path imageFolder, InstructionSet set) {
        write(jsonl, imageFolder, set.samples().stream());
    }

    /** Writes samples as they come, whole or not at all. */
    public static void write(Path jsonl, Path imageFolder, Stream<InstructionSample> samples) {
        JsonFile.write(jsonl, LlavaJson.lines(samples, imageFolder).iterator());
    }
}
