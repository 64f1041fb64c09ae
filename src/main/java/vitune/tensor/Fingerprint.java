package vitune.tensor;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;

/** SHA-256 of arrays, in hexadecimal, and their faster checksum. */
final class Fingerprint {
    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of the bytes of one array. */
    static String of(NDArray array) {
        return new Fingerprint().add(array).hex();
    }

    /** Of names, shapes and bytes, in order. */
    static String of(Map<String, NDArray> arrays) {
        Fingerprint all = new Fingerprint();
        arrays.forEach((name, array) -> {
            all.digest.update((name + array.getShape()).getBytes(StandardCharsets.UTF_8));
            all.add(array);
        });
        return all.hex();
    }

    /** CRC-32C of names, shapes and bytes, in order. */
    static long checksum(Map<String, NDArray> arrays) {
        CRC32C checksum = new CRC32C();
        try {
            for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
                checksum.update((entry.getKey() + entry.getValue().getShape()).getBytes(StandardCharsets.UTF_8));
                RawMemory.each(entry.getValue(), checksum::update);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return checksum.getValue();
    }

    private Fingerprint add(NDArray array) {
        try {
            RawMemory.each(array, digest::update);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
