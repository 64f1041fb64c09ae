package vitune.teach;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import vitune.data.Sha256;

/** SHA-256 of a list of texts, in which no two lists look alike. */
final class TextHash {
    private final MessageDigest digest;

    private TextHash(MessageDigest digest) {
        this.digest = digest;
    }

    /** Of these texts; more may follow. */
    static TextHash of(List<String> texts) {
        return new TextHash(Sha256.digest()).add(texts);
    }

    /** The hash of these texts and those before; this one stays as it is. */
    TextHash and(List<String> texts) {
        try {
            return new TextHash((MessageDigest) digest.clone()).add(texts);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
        }
    }

    private TextHash add(List<String> texts) {
        for (var text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return this;
    }

    /** In hexadecimal digits; the last thing that is asked of it. */
    String hex() {
        return Sha256.of(digest);
    }
}
