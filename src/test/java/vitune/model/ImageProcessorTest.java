package vitune.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitune.data.Pictures;
import vitune.tensor.Engines;
import vitune.tensor.Kernels;
import vitune.tensor.Safetensors;

class ImageProcessorTest {
    private static final List<String> IMAGES = List.of("image0_rgb.png", "image1_gray.png", "image2_rgba.png");

    @Test
    void pixelsEqualPillows() {
        Path folder = Golden.folder();
        ImageProcessor processor = ImageProcessor.read(folder);
        try (NDManager manager = Engines.newManager();
                Safetensors golden = Safetensors.open(folder.resolve("golden.safetensors"))) {
            float[] got = processor
                    .batch(IMAGES.stream().map(folder::resolve).toList(), manager)
                    .toFloatArray();
            float[] expected = Kernels.floats(golden.read("pixels.pil", manager));
            assertTrue(Golden.largest(expected, got) < 1e-6, "largest difference " + Golden.largest(expected, got));
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
            assertArrayEquals(expected, Bicubic.resize(plane, side, 7, 16));
        }
    }

    @Test
    void settingsThatAreNotBuiltAreRefused() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> new ImageProcessor(8, List.of(0.0), List.of(1.0, 1.0, 1.0)));
        assertEquals("image_mean must have 3 numbers, got [0.0]", e.getMessage());
    }

    @Test
    void grayAndAlphaAreReadAsPillowReadsThem() {
        BufferedImage gray = Pictures.read(Golden.folder().resolve("image1_gray.png"));
        int rgb = gray.getRGB(3, 3);
        assertEquals(rgb >> 16 & 255, rgb & 255);
    }
}
