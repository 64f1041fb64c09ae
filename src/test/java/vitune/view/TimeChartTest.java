package vitune.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import vitune.tensor.Profile;

class TimeChartTest {
    /** The longest bar is 310 wide, the others by their share of it: counted in pixels of their colour. */
    @Test
    void barsAreAsLongAsTheirTimes() {
        var profile = new Profile(
                List.of(
                        new Profile.Row("language", "forward", "addmm", 4, 60),
                        new Profile.Row("language", "backward", "mm", 8, 20),
                        new Profile.Row("", "", "(outside kernels)", 1, 40)),
                120);
        Picture picture = TimeChart.of(profile);
        assertTrue(picture.text().contains("most in addmm"), picture.text());
        assertEquals(3.0, (double) pixels(picture, 0) / pixels(picture, 5), 0.1);
        assertEquals(0.5, (double) pixels(picture, 5) / pixels(picture, 3), 0.05);
    }

    /** Pixels of a colour of the palette in the left half, below the key. */
    private static int pixels(BufferedImage image, int colour) {
        int rgb = Theme.colour(colour).getRGB();
        int count = 0;
        for (int y = 2 * Canvas.HEAD; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth() / 2; x++) if (image.getRGB(x, y) == rgb) count++;
        }
        return count;
    }
}
