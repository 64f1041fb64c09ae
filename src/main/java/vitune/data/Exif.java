package vitune.data;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the one tag that matters for learning: how a stored picture must be turned to stand upright.
 *
 * <p>Source: {@code Image.getexif} of Pillow: EXIF, or where it says nothing, XMP (in a PNG if not compressed).
 */
final class Exif {
    private static final int ORIENTATION = 0x112;
    private static final int JPEG = 0xFFD8;
    private static final int PNG = 0x89504E47;
    private static final int EXIF = 0x45786966; // "Exif"
    private static final int RIFF = 0x52494646;
    private static final String XMP_OF_JPEG = "http://ns.adobe.com/xap/1.0/\0", XMP_OF_PNG = "XML:com.adobe.xmp\0\0";
    private static final Pattern XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    /** What EXIF and XMP said so far; 0: nothing. */
    private int exif, xmp;

    private Exif() {}

    /** The orientation, 1 (upright) to 8; 1 where a JPEG, PNG or WebP says nothing, and for other formats. */
    static int orientation(byte[] picture) {
        Exif found = new Exif();
        try {
            ByteBuffer bytes = ByteBuffer.wrap(picture);
            if (bytes.getShort(0) == (short) JPEG) {
                found.jpeg(bytes.position(2));
            } else if (bytes.getInt(0) == PNG) {
                found.chunks(bytes.position(8), true);
            } else if (bytes.getInt(0) == RIFF) {
                found.chunks(bytes.order(ByteOrder.LITTLE_ENDIAN).position(12), false);
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
            // the end, or a torn tag: it turns nothing; a torn picture fails where its pixels are read
        }
        int said = found.exif != 0 ? found.exif : found.xmp;
        return said >= 1 && said <= 8 ? said : 1;
    }

    private void jpeg(ByteBuffer bytes) {
        while (bytes.get() == (byte) 0xFF) {
            int marker = bytes.get() & 0xFF;
            while (marker == 0xFF) marker = bytes.get() & 0xFF; // a marker may be filled up
            if (marker == 0xDA) return; // the pixels begin
            int start = bytes.position();
            int length = bytes.getShort(start) & 0xFFFF;
            if (marker == 0xE1 && length > 8) {
                ByteBuffer data = bytes.slice(start + 2, length - 2);
                if (data.getInt(0) == EXIF) exif(data);
                else if (text(data).startsWith(XMP_OF_JPEG)) xmp(data);
            }
            bytes.position(start + length);
        }
    }

    /** Walks chunks: a length, a name, data and a checksum in a PNG; a name, a length and even data in a RIFF. */
    private void chunks(ByteBuffer bytes, boolean png) {
        while (bytes.remaining() > 8) {
            int start = bytes.position();
            byte[] name = new byte[4];
            bytes.get(start + (png ? 4 : 0), name);
            int length = bytes.getInt(start + (png ? 0 : 4));
            ByteBuffer data = bytes.slice(start + 8, length);
            switch (new String(name, StandardCharsets.ISO_8859_1)) {
                case "eXIf", "EXIF" -> exif(data);
                case "XMP " -> xmp(data);
                case "iTXt" -> {
                    if (text(data).startsWith(XMP_OF_PNG)) xmp(data);
                }
                default -> {}
            }
            bytes.position(start + 8 + length + (png ? 4 : length & 1));
        }
    }

    private static String text(ByteBuffer data) {
        return StandardCharsets.ISO_8859_1.decode(data.duplicate()).toString();
    }

    private void xmp(ByteBuffer data) {
        Matcher said = XMP.matcher(text(data));
        if (xmp == 0 && said.find()) xmp = Integer.parseInt(said.group(1));
    }

    /** Reads TIFF tags; in a JPEG, and in some others, behind "Exif" and two zeros. */
    private void exif(ByteBuffer data) {
        if (exif != 0) return;
        ByteBuffer tiff = data.order(ByteOrder.BIG_ENDIAN);
        if (tiff.getInt(0) == EXIF) tiff = tiff.position(6).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int entries = tiff.getShort(directory) & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + 12 * i;
            if (tiff.getShort(entry) == ORIENTATION) {
                boolean wide = tiff.getShort(entry + 2) == 4; // a LONG where a SHORT is usual
                exif = wide ? tiff.getInt(entry + 8) : tiff.getShort(entry + 8);
                if (exif == 0) exif = 1;
            }
        }
    }
}
