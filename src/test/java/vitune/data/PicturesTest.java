package vitune.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PicturesTest {
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
        assertEquals(0xFF808080, first(filled(BufferedImage.TYPE_USHORT_GRAY, 0x80), "png"));
        assertEquals(0xFFFFFFFF, first(filled(BufferedImage.TYPE_USHORT_GRAY, 0x8080), "png"));
        assertEquals(0xFFFFFFFF, first(filled(BufferedImage.TYPE_BYTE_BINARY, 1), "png"));
    }

    @Test
    void alphaIsDroppedAndNotBlended() throws IOException {
        assertEquals(RED, first(filled(BufferedImage.TYPE_INT_ARGB, 200, 30, 60, 0), "png"));
        assertEquals(RED, first(filled(BufferedImage.TYPE_4BYTE_ABGR, 200, 30, 60, 100), "png"));
    }

    /** Every kind of file, as Pillow reads it: bit for bit, but for lossy WebP. */
    @ParameterizedTest
    @MethodSource("files")
    void pixelsEqualPillows(String name) throws Exception {
        JsonObject expected = table().getAsJsonObject(name);
        BufferedImage read = Pictures.read(pictures().resolve(name));
        assertEquals(expected.get("width").getAsInt(), read.getWidth());
        assertEquals(expected.get("height").getAsInt(), read.getHeight());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int rgb : read.getRGB(0, 0, read.getWidth(), read.getHeight(), null, 0, read.getWidth())) {
            bytes.write(rgb >> 16);
            bytes.write(rgb >> 8);
            bytes.write(rgb);
        }
        byte[] got = bytes.toByteArray();
        if (!expected.has("levels")) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(got);
            assertEquals(expected.get("sha256").getAsString(), HexFormat.of().formatHex(digest));
            return;
        }
        byte[] pillow = Base64.getDecoder().decode(expected.get("rgb").getAsString());
        double sum = 0;
        for (int i = 0; i < got.length; i++) sum += Math.abs((got[i] & 255) - (pillow[i] & 255));
        double mean = sum / got.length;
        assertTrue(mean <= expected.get("levels").getAsDouble(), "mean difference " + mean);
    }

    static Stream<String> files() throws Exception {
        return table().keySet().stream().filter(name -> !name.startsWith("_"));
    }

    private static JsonObject table() throws Exception {
        return JsonParser.parseString(Files.readString(pictures().resolve("pictures.json")))
                .getAsJsonObject();
    }

    private static Path pictures() throws URISyntaxException {
        return Path.of(PicturesTest.class.getResource("/pictures").toURI());
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

    @Test
    void cutWebpIsNamed() throws Exception {
        for (String name : new String[] {"lossy.webp", "lossless.webp", "animated.webp"}) {
            byte[] whole = Files.readAllBytes(pictures().resolve(name));
            byte[] cut = Arrays.copyOf(whole, whole.length - 2);
            assertSays(Files.write(folder.resolve(name), cut), name, "unreadable", "whole");
        }
    }

    /** A few bytes that claim gigabytes are refused before any memory is asked for. */
    @Test
    void hugePicturesAreRefused() throws Exception {
        byte[] png = Files.readAllBytes(pictures().resolve("rgb8.png"));
        byte[] gif = Files.readAllBytes(pictures().resolve("plain.gif"));
        CRC32 checksum = new CRC32();
        ByteBuffer.wrap(png).putInt(16, 178_956_971).putInt(20, 1);
        checksum.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) checksum.getValue());
        ByteBuffer.wrap(gif).putInt(6, -1);
        assertSays(
                Files.write(folder.resolve("huge.png"), png),
                "huge.png, size: got 178956971 x 1 pixels, expected at most 178956970 pixels");
        assertSays(Files.write(folder.resolve("huge.gif"), gif), "huge.gif, size: got 65535 x 65535 pixels");
    }

    private static void assertSays(Path file, String... parts) {
        DataException e = assertThrows(DataException.class, () -> Pictures.read(file));
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
