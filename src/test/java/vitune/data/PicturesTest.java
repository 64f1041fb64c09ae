package vitune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PicturesTest {
    /** 8 x 8 pixels of (200, 30, 60), written by Pillow as a CMYK JPEG. */
    private static final String CMYK = ""
            + "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBET"
            + "FBUVFQwPFxgWFBgSFBUU/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAgJ/8QAFBABAAAAAAAAAAAA"
            + "AAAAAAAAAP/aAA4EQwBNAFkASwAAPwBgJ9CUqm//2Q==";
    /** 4 x 4 pixels of (200, 30, 60), written by Pillow as a lossless WebP. */
    private static final String WEBP = "UklGRh4AAABXRUJQVlA4TBEAAAAvA8AAAAdQjyKXp/+BiOh/AAA=";

    private static final int RED = 0xFFC81E3C;

    @TempDir
    Path folder;

    private int first(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("x." + format);
        assertTrue(ImageIO.write(image, format, file.toFile()));
        BufferedImage read = Pictures.read(file);
        assertEquals(BufferedImage.TYPE_INT_RGB, read.getType());
        return read.getRGB(0, 0);
    }

    private static BufferedImage filled(int type, int... samples) {
        BufferedImage image = new BufferedImage(4, 4, type);
        for (int i = 0; i < 16; i++) {
            image.getRaster().setPixel(i % 4, i / 4, samples);
        }
        return image;
    }

    @Test
    void grayStaysAsBrightAsItIsStored() throws IOException {
        assertEquals(0xFF808080, first(filled(BufferedImage.TYPE_BYTE_GRAY, 128), "png"));
        assertEquals(0xFF808080, first(filled(BufferedImage.TYPE_BYTE_GRAY, 128), "jpg"));
        assertEquals(0xFF808080, first(filled(BufferedImage.TYPE_USHORT_GRAY, 0x8080), "png"));
        assertEquals(0xFFFFFFFF, first(filled(BufferedImage.TYPE_BYTE_BINARY, 1), "png"));
    }

    @Test
    void alphaIsDroppedAndNotBlended() throws IOException {
        assertEquals(RED, first(filled(BufferedImage.TYPE_INT_ARGB, 200, 30, 60, 0), "png"));
        assertEquals(RED, first(filled(BufferedImage.TYPE_4BYTE_ABGR, 200, 30, 60, 100), "png"));
    }

    @Test
    void cmykAndWebpAreReadAsPillowReadsThem() throws IOException {
        Path cmyk = Files.write(folder.resolve("cmyk.jpg"), Base64.getDecoder().decode(CMYK));
        assertEquals(RED, Pictures.read(cmyk).getRGB(3, 3));
        Path webp = Files.write(folder.resolve("x.webp"), Base64.getDecoder().decode(WEBP));
        assertEquals(RED, Pictures.read(webp).getRGB(3, 3));
    }

    /** The stored corners 1 2 / 3 4 stand after turning as Pillow's exif_transpose puts them. */
    @ParameterizedTest
    @CsvSource({"1, 1234", "2, 2143", "3, 4321", "4, 3412", "5, 1324", "6, 3142", "7, 4231", "8, 2413"})
    void exifTurnsThePicture(int orientation, String corners) throws IOException {
        BufferedImage stored = new BufferedImage(48, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 48 * 16; i++) {
            int corner = 1 + (i % 48 < 24 ? 0 : 1) + (i / 48 < 8 ? 0 : 2);
            stored.setRGB(i % 48, i / 48, 60 * corner * 0x010101);
        }
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(stored, "jpg", jpeg);
        String motorola = "4d4d002a00000008" + "0001" + "0112000300000001000%d0000".formatted(orientation) + "00000000";
        String intel = "49492a0008000000" + "0100" + "12010300010000000%d000000".formatted(orientation) + "00000000";
        for (String tiff : new String[] {motorola, intel}) {
            byte[] bytes = jpeg.toByteArray();
            ByteArrayOutputStream tagged = new ByteArrayOutputStream();
            tagged.write(bytes, 0, 2);
            tagged.write(HexFormat.of().parseHex("ffe10022" + "457869660000" + tiff));
            tagged.write(bytes, 2, bytes.length - 2);
            BufferedImage read = Pictures.read(Files.write(folder.resolve("x.jpg"), tagged.toByteArray()));
            int right = read.getWidth() - 1, bottom = read.getHeight() - 1;
            assertEquals(orientation < 5 ? 47 : 15, right);
            int[] found = {read.getRGB(0, 0), read.getRGB(right, 0), read.getRGB(0, bottom), read.getRGB(right, bottom)
            };
            int[] expected = corners.chars().map(c -> c - '0').toArray();
            assertArrayEquals(
                    expected,
                    Arrays.stream(found)
                            .map(rgb -> Math.round((rgb & 0xFF) / 60f))
                            .toArray());
        }
    }

    @Test
    void tornExifTurnsNothing() {
        assertEquals(1, Exif.orientation(new byte[0]));
        assertEquals(1, Exif.orientation(HexFormat.of().parseHex("ffd8ffe1000c4578696600004d4d002a7fffffff")));
        assertEquals(1, Exif.orientation(HexFormat.of().parseHex("89504e470d0a1a0affffffff6558494600000000")));
        assertEquals(1, Exif.orientation(HexFormat.of().parseHex("524946460000000057454250455849460000")));
    }

    @Test
    void badFilesAreNamed() throws IOException {
        assertSays(folder.resolve("none.png"), "none.png", "got nothing");
        assertSays(folder, "no file");
        assertSays(Files.writeString(folder.resolve("text.jpg"), "hello"), "text.jpg", "no known kind");
        assertSays(Files.write(folder.resolve("empty.jpg"), new byte[0]), "empty.jpg", "no known kind");
        for (String format : new String[] {"png", "jpg", "gif", "bmp"}) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            ImageIO.write(ClipArt.draw(ClipArt.sample(1, Pairs.TUNING)), format, whole);
            byte[] half = Arrays.copyOf(whole.toByteArray(), whole.size() / 2);
            assertSays(Files.write(folder.resolve("half." + format), half), "half." + format, "unreadable", "whole");
        }
    }

    private static void assertSays(Path file, String... parts) {
        DataException e = assertThrows(DataException.class, () -> Pictures.read(file));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
