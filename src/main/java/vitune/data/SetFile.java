package vitune.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Files of instruction data, told apart by their ending. */
final class SetFile {
    private SetFile() {}

    static InstructionSet read(Path file, Path imageFolder) {
        return switch (ending(file)) {
            case "jsonl" -> JsonLines.read(file, imageFolder);
            case "parquet" -> Parquet.read(file, imageFolder);
            default -> LlavaJson.read(file, imageFolder);
        };
    }

    static void write(Path file, Path imageFolder, InstructionSet set) {
        switch (ending(file)) {
            case "jsonl" -> JsonLines.write(file, imageFolder, set);
            case "parquet" -> Parquet.write(file, imageFolder, set);
            default -> LlavaJson.write(file, imageFolder, set);
        }
    }

    static void requireWritable(Path file) {
        if (ending(file).equals("parquet")) Parquet.requireLibrary();
        if (Files.isDirectory(file)) throw new IllegalArgumentException(file + " is a folder, expected a file");
        Path there = file.toAbsolutePath().getParent();
        while (!Files.exists(there)) there = there.getParent();
        if (!Files.isDirectory(there)) {
            throw new IllegalArgumentException(there + " is a file, expected a folder for " + file.getFileName());
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        if (!Set.of("json", "jsonl", "parquet").contains(ending)) {
            throw new IllegalArgumentException("a file must end in .json, .jsonl or .parquet, got " + name);
        }
        return ending;
    }
}
