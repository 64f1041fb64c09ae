package vitune.experiment;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import vitune.data.Sha256;

/**
 * SHA-256 of files, in hexadecimal. A file is read once, a piece at a time, and its hash is remembered: it must not change
 * meanwhile. Hidden files and folders count for nothing; what is not there is "missing".
 */
final class FileHashes {
    private final Map<String, String> known = new HashMap<>();

    /** Of a file's bytes; of a folder, of the names, sizes and bytes of all files in it. */
    String content(Path path) {
        return known("content of ", path, true);
    }

    /** Of the names and sizes of a folder's files: pictures are too many to be read. */
    String names(Path folder) {
        return known("names in ", folder, false);
    }

    private String known(String what, Path path, boolean read) {
        if (!Files.exists(path)) return "missing";
        return known.computeIfAbsent(what + path.toAbsolutePath().normalize(), key -> hash(path, read));
    }

    private static String hash(Path path, boolean read) {
        MessageDigest digest = Sha256.digest();
        try {
            for (Path file : files(path)) {
                if (!file.equals(path)) {
                    String row = name(path, file) + " " + Files.size(file) + "\n";
                    digest.update(row.getBytes(StandardCharsets.UTF_8));
                }
                if (read) Files.copy(file, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
        return Sha256.of(digest);
    }

    private static List<Path> files(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(file -> file.equals(path) || !("/" + name(path, file)).contains("/."))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(file -> name(path, file)))
                    .toList();
        }
    }

    /** The same on every system. */
    private static String name(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
