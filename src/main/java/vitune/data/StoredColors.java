package vitune.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * From a decoded picture to 8-bit RGB as Pillow's {@code convert("RGB")} does it, from the stored samples.
 *
 * <p>16 bits lose their low byte, and 16-bit gray is cut off at 255: so does Pillow.
 */
final class StoredColors {
    private StoredColors() {}

    static BufferedImage rgb(BufferedImage from, boolean gray16) {
        int width = from.getWidth(), height = from.getHeight();
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        ColorModel model = from.getColorModel();
        int family = model.getColorSpace().getType();
        boolean plain = model instanceof ComponentColorModel
                && (family == ColorSpace.TYPE_GRAY || family == ColorSpace.TYPE_RGB);
        for (int y = 0; y < height; y++) {
            int[] row = plain ? bands(from.getRaster(), y, model, gray16) : from.getRGB(0, y, width, 1, null, 0, width);
            to.setRGB(0, y, width, 1, row, 0, width);
        }
        return to;
    }

    /** A row from the stored bands: getRGB would brighten gray (128 becomes 188) and apply profiles. */
    private static int[] bands(Raster raster, int y, ColorModel model, boolean gray16) {
        int bands = raster.getNumBands();
        int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, (int[]) null);
        int[] row = new int[raster.getWidth()];
        for (int x = 0; x < row.length; x++) {
            for (int c = 0; c < 3; c++) {
                int band = bands < 3 ? 0 : c;
                int sample = samples[x * bands + band];
                row[x] = row[x] << 8 | (gray16 ? Math.min(255, sample) : level(sample, model.getComponentSize(band)));
            }
        }
        return row;
    }

    private static int level(int sample, int bits) {
        return bits >= 8 ? sample >> bits - 8 : sample * 255 / ((1 << bits) - 1);
    }

    /** What stands around a frame that is smaller than its screen: the transparent colour, else the first one. */
    static int background(BufferedImage frame) {
        return frame.getColorModel() instanceof IndexColorModel colors
                ? colors.getRGB(Math.max(0, colors.getTransparentPixel()))
                : 0;
    }
}
