package vitune.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Finds the one EXIF tag that matters for learning: how a stored picture must be turned to stand upright. */
final class Exif {
    private static final int ORIENTATION = 0x112;
    private static final int JPEG = 0xFFD8;
    private static final int PNG = 0x89504E47;
    private static final int EXIF = 0x45786966; // "Exif"
    private static final int RIFF = 0x52494646;

    private Exif() {}

    /** The orientation, 1 (upright) to 8; 1 where a JPEG, PNG or WebP says nothing, and for other formats. */
    static int orientation(byte[] picture) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(picture);
            if (bytes.getShort(0) == (short) JPEG) {
                return jpeg(bytes.position(2));
            }
            return switch (bytes.getInt(0)) {
                case PNG -> chunk(bytes.position(8), "eXIf", 4);
                case RIFF -> chunk(bytes.order(ByteOrder.LITTLE_ENDIAN).position(12), "EXIF", 0);
                default -> 1;
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
            return 1; // a torn tag turns nothing; a torn picture fails where its pixels are read
        }
    }

    private static int jpeg(ByteBuffer bytes) {
        while (bytes.get() == (byte) 0xFF) {
            int marker = bytes.get() & 0xFF;
            int start = bytes.position();
            int length = bytes.getShort(start) & 0xFFFF;
            if (marker == 0xE1 && length > 8 && bytes.getInt(start + 2) == EXIF) { // two zeros follow
                return tiff(bytes.position(start + 8).slice());
            }
            if (marker == 0xDA) { // the pixels begin
                return 1;
            }
            bytes.position(start + length);
        }
        return 1;
    }

    /**
     * Walks chunks of a length, a name and data, in the order of PNG (length first) or RIFF (name first, data padded).
     */
    private static int chunk(ByteBuffer bytes, String wanted, int checksum) {
        boolean png = checksum > 0;
        while (true) {
            int start = bytes.position();
            byte[] name = new byte[4];
            bytes.get(start + (png ? 4 : 0), name);
            int length = bytes.getInt(start + (png ? 0 : 4));
            if (new String(name, StandardCharsets.ISO_8859_1).equals(wanted)) {
                ByteBuffer data = bytes.position(start + 8).slice();
                boolean prefixed = data.order(ByteOrder.BIG_ENDIAN).getInt(0) == EXIF; // as in a JPEG: some do so
                return tiff(prefixed ? data.position(6).slice() : data);
            }
            bytes.position(start + 8 + length + (png ? checksum : length & 1));
        }
    }

    private static int tiff(ByteBuffer tiff) {
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (tiff.getShort(entry) == ORIENTATION) {
                int value = tiff.getShort(entry + 8);
                return value >= 1 && value <= 8 ? value : 1;
            }
        }
        return 1;
    }
}
