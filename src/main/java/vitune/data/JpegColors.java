package vitune.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the components of a JPEG mean, and the colours they make.
 *
 * <p>Source: {@code default_decompress_parms} and {@code jdcolor.c} of libjpeg-turbo, {@code cmyk2rgb} of Pillow. Colour
 * profiles are ignored; four components are stored inverted, as Adobe does.
 */
enum JpegColors {
    GRAY,
    RGB,
    YCC,
    CMYK,
    YCCK;

    private static final int HALF = 1 << 15;

    /** Tells by the markers JFIF and Adobe, and without them by the names of the components. */
    static JpegColors of(byte[] jpeg) {
        ByteBuffer bytes = ByteBuffer.wrap(jpeg);
        boolean jfif = false;
        int transform = -1;
        for (int at = 2; ; ) {
            while (bytes.get(at + 1) == (byte) 0xFF) at++; // a marker may be filled up
            int marker = bytes.get(at + 1) & 0xFF, length = bytes.getShort(at + 2) & 0xFFFF;
            if (marker == 0xE0) jfif |= length >= 16 && bytes.getInt(at + 4) == 0x4A464946;
            boolean adobe = marker == 0xEE && length >= 14 && bytes.getInt(at + 4) == 0x41646F62;
            if (adobe) transform = bytes.get(at + 15) & 0xFF;
            boolean frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
            if (frame) {
                return of(bytes.get(at + 9), jfif, transform, bytes.get(at + 10), bytes.get(at + 13));
            }
            at += 2 + length;
        }
    }

    private static JpegColors of(int components, boolean jfif, int transform, int first, int second) {
        return switch (components) {
            case 1 -> GRAY;
            case 3 -> {
                boolean named = first == 'R' && second == 'G';
                boolean plain = !jfif && (transform < 0 ? named : transform == 0);
                yield plain ? RGB : YCC;
            }
            case 4 -> transform <= 0 ? CMYK : YCCK;
            default -> throw new IllegalArgumentException(components + " components");
        };
    }

    /** The picture from its stored components. */
    BufferedImage rgb(Raster raster) {
        int bands = this == GRAY ? 1 : this == RGB || this == YCC ? 3 : 4;
        if (raster.getNumBands() != bands) {
            throw new IllegalArgumentException(raster.getNumBands() + " components where " + this + " has " + bands);
        }
        int width = raster.getWidth(), height = raster.getHeight();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        int[] samples = new int[width * bands];
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            Arrays.setAll(row, x -> pixel(samples, x * bands));
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }

    private int pixel(int[] s, int i) {
        return switch (this) {
            case GRAY -> s[i] * 0x010101;
            case RGB -> s[i] << 16 | s[i + 1] << 8 | s[i + 2];
            case YCC -> ycc(s[i], s[i + 1] - 128, s[i + 2] - 128);
            case CMYK -> inked(s[i] << 16 | s[i + 1] << 8 | s[i + 2], s[i + 3]);
            case YCCK -> inked(~ycc(s[i], s[i + 1] - 128, s[i + 2] - 128), s[i + 3]);
        };
    }

    /** Source: JFIF, in fixed point with 16 bits. */
    private static int ycc(int y, int cb, int cr) {
        int red = y + (91881 * cr + HALF >> 16);
        int green = y + (-22554 * cb - 46802 * cr + HALF >> 16);
        int blue = y + (116130 * cb + HALF >> 16);
        return clamp(red) << 16 | clamp(green) << 8 | clamp(blue);
    }

    /** Takes ink away from the white that black leaves; all four are stored as 255 - ink. */
    private static int inked(int cmy, int white) {
        return inked(255 - (cmy >> 16 & 255), white, 16)
                | inked(255 - (cmy >> 8 & 255), white, 8)
                | inked(255 - (cmy & 255), white, 0);
    }

    private static int inked(int ink, int white, int shift) {
        int product = ink * white + 128;
        return clamp(white - ((product >> 8) + product >> 8)) << shift;
    }

    private static int clamp(int level) {
        return Math.max(0, Math.min(255, level));
    }
}
