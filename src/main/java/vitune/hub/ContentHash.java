package vitune.hub;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hash that an etag of the hub stands for: 64 hex digits are the SHA-256 of a large file, 40 those of a git blob.
 * Other etags, as a mirror may give, name a file but say nothing about its content.
 */
final class ContentHash {
    private static final Pattern GIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private ContentHash() {}

    /**
     * The hash of a file's content, of the kind that the etag is.
     *
     * @return the etag itself where it is no hash
     */
    static String of(Path file, String etag) throws IOException, InterruptedException {
        if (SHA256.matcher(etag).matches()) {
            return hex(file, digest("SHA-256"));
        }
        if (GIT.matcher(etag).matches()) {
            var digest = digest("SHA-1");
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            return hex(file, digest);
        }
        return etag;
    }

    private static String hex(Path file, MessageDigest digest) throws IOException, InterruptedException {
        byte[] buffer = new byte[1 << 20];
        // not a channel, which an interrupt would close with an error of its own
        try (var in = new FileInputStream(file.toFile())) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }
}
