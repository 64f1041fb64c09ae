package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import vitune.data.Pictures;
import vitune.tensor.Engines;
import vitune.tensor.Kernels;
import vitune.tensor.Safetensors;

class ImageProcessorTest {
    @TempDir
    Path folder;

    private static final List<String> IMAGES = List.of("image0_rgb.png", "image1_gray.png", "image2_rgba.png");

    @Test
    void pixelsEqualPillows() {
        Path golden = Golden.folder();
        ImageProcessor processor = ImageProcessor.read(golden);
        try (NDManager manager = Engines.newManager();
                Safetensors tensors = Safetensors.open(golden.resolve("golden.safetensors"))) {
            float[] got = processor
                    .batch(IMAGES.stream().map(golden::resolve).toList(), manager)
                    .toFloatArray();
            float[] expected = Kernels.floats(tensors.read("pixels.pil", manager));
            assertArrayEquals(expected, got);
        }
    }

    @Test
    void aPictureOfTheRightSizeStaysAsItIs() {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64; i++) image.setRGB(i % 8, i / 8, i * 0x030507);
        float[] pixels = new ImageProcessor(8, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)).pixels(image);
        for (int i = 0; i < 64; i++) {
            int rgb = i * 0x030507;
            assertEquals((rgb >> 16 & 255) / 255f, pixels[i]);
            assertEquals((rgb & 255) / 255f, pixels[128 + i]);
        }
    }

    @Test
    void aPlainPictureStaysPlainAtAnySize() {
        for (int side : new int[] {1, 3, 50, 301}) {
            byte[] plane = new byte[side * 7];
            java.util.Arrays.fill(plane, (byte) 201);
            byte[] expected = new byte[16 * 16];
            java.util.Arrays.fill(expected, (byte) 201);
            assertArrayEquals(expected, Bicubic.resize(plane, side, 7, 16, 16));
        }
    }

    @Test
    void settingsThatAreNotBuiltAreRefused() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> new ImageProcessor(8, List.of(0.0), List.of(1.0, 1.0, 1.0)));
        assertEquals("image_mean must have 3 numbers, got [0.0]", e.getMessage());
    }

    /** Squeeze, crop and pad, in every wording, bit for bit as transformers has them. */
    @ParameterizedTest
    @MethodSource("cases")
    void everyWordingGivesThePixelsOfTransformers(JsonObject expected) throws Exception {
        Json.write(folder.resolve("preprocessor_config.json"), expected.get("settings"));
        ImageProcessor processor = ImageProcessor.read(folder);
        assertEquals(expected.get("side").getAsInt(), processor.size());
        float[] pixels = processor.pixels(
                Pictures.read(pictures().resolve(expected.get("image").getAsString())));
        ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(pixels);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        assertEquals(expected.get("sha256").getAsString(), HexFormat.of().formatHex(digest));

        // what is written for a padded copy says the same in full, or the reader's defaults would change it
        ImageProcessor padded = processor.withPadding(true);
        padded.write(folder, queries(4));
        BufferedImage wide = new BufferedImage(9, 4, BufferedImage.TYPE_INT_RGB);
        assertArrayEquals(padded.pixels(wide), ImageProcessor.read(folder).pixels(wide));
    }

    static List<JsonObject> cases() throws Exception {
        List<JsonObject> cases = new ArrayList<>();
        JsonObject table = Json.read(pictures().resolve("processors.json"));
        table.getAsJsonArray("cases").forEach(c -> cases.add(c.getAsJsonObject()));
        return cases;
    }

    private static Path pictures() throws URISyntaxException {
        return Path.of(ImageProcessorTest.class.getResource("/pictures").toURI());
    }

    private static JsonObject queries(int number) {
        JsonObject json = new JsonObject();
        json.addProperty("num_query_tokens", number);
        return json;
    }

    @Test
    void freshProcessorsAreReadBack() {
        BufferedImage wide = new BufferedImage(31, 12, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 31 * 12; i++) wide.setRGB(i % 31, i / 31, i * 0x050309);
        for (ImageProcessor fresh : List.of(
                ImageProcessor.squeeze(8),
                ImageProcessor.crop(8),
                ImageProcessor.crop(8).withPadding(true),
                ImageProcessor.squeeze(8).withPadding(true))) {
            fresh.write(folder, queries(4));
            ImageProcessor read = ImageProcessor.read(folder);
            assertEquals(fresh.toString(), read.toString());
            assertArrayEquals(fresh.pixels(wide), read.pixels(wide));
            JsonObject written = Json.read(folder.resolve("processor_config.json"));
            assertEquals(Set.of("image_processor", "num_query_tokens"), written.keySet(), "what the model says, alone");
        }
    }

    @Test
    void filesThatWereReadStayAsTheyWere() throws Exception {
        String old = "{\"size\": {\"height\": 8,  \"width\": 8}, \"later\": [1.50]}";
        String whole = "{\"num_query_tokens\": 7, \"processor_class\": \"InstructBlipProcessor\"}";
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Files.writeString(one.resolve("preprocessor_config.json"), old);
        ImageProcessor.read(one).write(two, queries(7));
        assertEquals(old, Files.readString(two.resolve("preprocessor_config.json")));
        assertFalse(Files.exists(two.resolve("processor_config.json")));

        Files.writeString(one.resolve("processor_config.json"), whole);
        ImageProcessor.read(one).write(two, queries(7));
        assertEquals(old, Files.readString(two.resolve("preprocessor_config.json")));
        assertEquals(whole, Files.readString(two.resolve("processor_config.json")));
        ImageProcessor.read(one).withPadding(true).write(two, queries(7));
        assertTrue(ImageProcessor.read(two).padding());
        JsonObject padded = Json.read(two.resolve("preprocessor_config.json"));
        assertEquals("[1.50]", padded.get("later").toString());
        assertEquals(
                7,
                Json.read(two.resolve("processor_config.json"))
                        .get("num_query_tokens")
                        .getAsInt());
    }

    /** As transformers 5 does; files of 4 have no image processor in the second. */
    @Test
    void nestedSettingsCountFirst() throws Exception {
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": 8}");
        Files.writeString(folder.resolve("processor_config.json"), "{\"image_processor\": {\"size\": 9}}");
        assertEquals(9, ImageProcessor.read(folder).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"resample": 2}                               | resample must be 3 (bicubic), got 2 (bilinear)
            {"image_processor_type": "SiglipImageProcessor"} | image_processor_type must be a Blip-, CLIP- or
            {"do_resize": false}                          | do_resize must be true, got false
            {"do_center_crop": "yes"}                     | do_center_crop must be true or false, got "yes"
            {"size": {"height": 8, "width": 9}}           | size must be a number, {shortest_edge} or a square
            {"size": {"shortest_edge": 8, "longest_edge": 9}} | size must be a number, {shortest_edge} or a square
            {"size": {"shortest_edge": 8}}                | do_center_crop must be true where size is a shortest_edge
            {"size": 0}                                   | size must be >= 1, got 0
            {"crop_size": {"height": 8}}                  | crop_size must be a number
            {"image_mean": 0.5}                           | image_mean must be an array of numbers, got 0.5
            {"rescale_factor": 0}                         | rescale_factor must be > 0, got 0.0
            {"do_pad": true, "pad_size": {"height": 8}}   | pad_size must be absent""")
    void whatIsNotBuiltIsNamed(String json, String message) throws Exception {
        Path file = Files.writeString(folder.resolve("preprocessor_config.json"), json);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ImageProcessor.read(folder));
        assertTrue(e.getMessage().startsWith(file + ": " + message), e.getMessage());
    }

    @Test
    void aFolderWithoutSettingsIsNamed() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> ImageProcessor.read(folder));
        assertTrue(e.getMessage().contains(folder + " must hold preprocessor_config.json"), e.getMessage());
    }
}
