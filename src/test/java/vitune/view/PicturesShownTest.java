package vitune.view;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.Question;
import vitune.data.ResponseType;
import vitune.data.Turn;
import vitune.evaluate.Prediction;

class PicturesShownTest {
    private static BufferedImage plain(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    @Test
    void aPictureIsOneTidyLineAndSavesAsPng(@TempDir Path folder) throws IOException {
        Picture picture = Picture.of(plain(20, 10, 0x336699), "a blue sheet");
        assertEquals("picture 20x10: a blue sheet", picture.toString());
        Path file = picture.save(folder.resolve("deep/blue.png"));
        assertEquals(0xff336699, ImageIO.read(file.toFile()).getRGB(19, 9));
    }

    @Test
    void aGalleryGrowsByRowsAndKeepsTheWidthOfItsTiles() {
        Picture one = Gallery.of(Collections.nCopies(1, plain(96, 96, 0)));
        Picture four = Gallery.of(Collections.nCopies(4, plain(96, 96, 0)));
        Picture five = Gallery.of(Collections.nCopies(5, plain(96, 96, 0)));
        Picture many = Gallery.of(Collections.nCopies(30, plain(96, 96, 0)));
        assertTrue(one.getWidth() < four.getWidth() / 3);
        assertEquals(four.getWidth(), five.getWidth());
        assertTrue(five.getHeight() > 1.9 * four.getHeight() && five.getHeight() < 2 * four.getHeight());
        assertEquals("gallery of 24 of 30 pictures", many.text());
    }

    @Test
    void smallPicturesStayCrisp() {
        BufferedImage checks = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        checks.setRGB(0, 0, 0xff0000);
        checks.setRGB(1, 1, 0xff0000);
        Picture gallery = Gallery.of(List.of(checks));
        long odd = 0;
        for (int y = 60; y < 300; y++) {
            for (int x = 60; x < 300; x++) {
                int rgb = gallery.getRGB(x, y) & 0xffffff;
                odd += rgb == 0xff0000 || rgb == 0 ? 0 : 1;
            }
        }
        assertEquals(0, odd, "pixels that are neither red nor black");
    }

    @Test
    void galleriesShowEverythingOfTheKit(@TempDir Path folder) {
        Path file = Picture.of(plain(40, 30, 0x00ff00), "").save(folder.resolve("green.png"));
        Question question = new Question("q", file, "colour", "What colour is it?", "green");
        var sample = new InstructionSample(
                "s", List.of(file, file), ResponseType.COMPARISON, List.of(new Turn("Same?", "yes")), Map.of());
        var context = new ImageContext("c", file, 40, 30, List.of("A green sheet.", "Green."), List.of());
        Picture gallery = Gallery.of(List.of(
                question, new Prediction(question, "red"), new Prediction(question, "Green"), sample, context, file));
        assertEquals("gallery of 6 pictures", gallery.text());
        assertTrue(has(gallery, Theme.WRONG) && has(gallery, Theme.RIGHT));
        assertThrows(IllegalArgumentException.class, () -> Gallery.of(List.of("text")));
        assertThrows(IllegalArgumentException.class, () -> Gallery.of(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Gallery.of(List.of(file), 0));
    }

    private static boolean has(BufferedImage image, Color colour) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                if (image.getRGB(x, y) == colour.getRGB()) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void textIsWrappedAndNothingIsLost() {
        Font font = Theme.plain(12);
        String text = "a small red boat and a verylongwordthatdoesnotfitintoonelineatall\non the water";
        List<String> lines = Canvas.wrap(text, font, 90);
        assertEquals(text.replaceAll("\\s", ""), String.join("", lines).replace(" ", ""));
        var metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                .createGraphics()
                .getFontMetrics(font);
        assertTrue(lines.stream().allMatch(line -> metrics.stringWidth(line) <= 90), lines.toString());
        assertEquals("on the water", lines.get(lines.size() - 1));
        assertEquals(List.of(), Canvas.wrap(" ", font, 90));
    }

    @Test
    void attentionLightsTheRightPatch() {
        float[] patches = new float[16];
        patches[1 * 4 + 3] = 1; // second row, last column: rows count from the top
        BufferedImage overlay = AttentionMap.overlay(plain(96, 96, 0x808080), patches, 1);
        int size = overlay.getWidth();
        double bright = light(overlay, size * 7 / 8, size * 3 / 8);
        assertTrue(bright > 1.8 * light(overlay, size / 8, size * 3 / 8));
        assertTrue(bright > 1.8 * light(overlay, size * 7 / 8, size * 7 / 8));
        assertTrue(bright > 1.8 * light(overlay, size * 3 / 8, size * 7 / 8));
    }

    private static double light(BufferedImage image, int x, int y) {
        Color colour = new Color(image.getRGB(x, y));
        return 0.3 * colour.getRed() + 0.6 * colour.getGreen() + 0.1 * colour.getBlue();
    }

    @Test
    void theClassTokenIsLeftOut() {
        assertArrayEquals(new float[] {1, 2, 3, 4}, AttentionMap.patches(new float[] {9, 1, 2, 3, 4}, 0));
        assertArrayEquals(new float[] {1, 2, 3, 4}, AttentionMap.patches(new float[] {1, 2, 3, 4}, 0));
        assertEquals(
                "query 3: expected a square number of patches, with or without the class token, got 7",
                assertThrows(IllegalArgumentException.class, () -> AttentionMap.patches(new float[7], 2))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> AttentionMap.patches(new float[] {Float.NaN}, 0));
        assertThrows(IllegalArgumentException.class, () -> AttentionMap.of(plain(4, 4, 0), new float[0][]));
        assertEquals(
                "expected a name for each of 2 queries, got 1: [car]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> AttentionMap.of(plain(8, 4, 0), new float[2][4], List.of("car")))
                        .getMessage());
        assertEquals(
                "attention of 2 queries over the picture",
                AttentionMap.of(plain(8, 4, 0), new float[2][4]).text());
    }

    @Test
    void aSampleOfTextAloneIsItsText() {
        var turns = List.of(new Turn("What is a noun?", "A word for a thing."));
        var sample = new InstructionSample("t", List.of(), ResponseType.CONVERSATION, turns, Map.of());
        Picture text = Gallery.of(List.of(sample));
        Picture beside = Gallery.of(List.of(sample, plain(96, 96, 0)));
        assertTrue(text.getHeight() > 40 && text.getHeight() < beside.getHeight() - 60, text + " " + beside);
        long ink = 0;
        for (int y = 0; y < text.getHeight(); y++) {
            for (int x = 0; x < text.getWidth(); x++) ink += (text.getRGB(x, y) & 0xffffff) == 0xffffff ? 0 : 1;
        }
        assertTrue(ink > 200, ink + " pixels of text");
    }
}
