package vitune.data;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Opens pictures as a model sees them: 8-bit RGB, upright.
 *
 * <p>Source: Pillow's {@code ImageOps.exif_transpose(Image.open(path)).convert("RGB")}: turned by EXIF, gray as three
 * equal bands, alpha dropped and not blended, CMYK converted, colour profiles ignored. <i>Differs:</i> 16-bit gray is
 * scaled to 8 bits, where Pillow cuts it off at 255. JPEG, PNG, WebP, GIF and BMP are read.
 */
public final class Pictures {
    /** What the JPEG reader merely mutters where a file is cut short and the rest of the picture gray. */
    private static final Pattern TORN = Pattern.compile("(?i)EOI|premature|truncated");

    static {
        // notebooks load libraries through a class loader in which ImageIO does not look for readers by itself
        IIORegistry.getDefaultInstance().registerServiceProvider(new JPEGImageReaderSpi());
        IIORegistry.getDefaultInstance().registerServiceProvider(new WebPImageReaderSpi());
    }

    private Pictures() {}

    /**
     * Reads a picture as {@link BufferedImage#TYPE_INT_RGB}.
     *
     * @throws DataException if the file is missing, or not a whole picture
     */
    public static BufferedImage read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, "file", Files.exists(file) ? "no file" : "nothing", "a picture");
        }
        try {
            byte[] bytes = Files.readAllBytes(file);
            return turned(rgb(decoded(file, bytes)), Exif.orientation(bytes));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new DataException(
                    file, "content", "an unreadable picture (" + e.getMessage() + ")", "a whole picture", e);
        }
    }

    private static BufferedImage decoded(Path file, byte[] bytes) throws IOException {
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new DataException(file, "content", "bytes of no known kind", "a JPEG, PNG, WebP, GIF or BMP");
            }
            ImageReader reader = readers.next();
            try {
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                reader.setInput(stream, true);
                BufferedImage picture = reader.read(0);
                if (TORN.matcher(String.join(" ", warnings)).find()) {
                    throw new IOException(warnings.get(0));
                }
                return picture;
            } finally {
                reader.dispose();
            }
        }
    }

    private static BufferedImage rgb(BufferedImage from) {
        int width = from.getWidth(), height = from.getHeight();
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        ColorModel model = from.getColorModel();
        int family = model.getColorSpace().getType();
        boolean plain = model instanceof ComponentColorModel
                && (family == ColorSpace.TYPE_GRAY || family == ColorSpace.TYPE_RGB);
        for (int y = 0; y < height; y++) {
            int[] row = plain ? bands(from.getRaster(), y, model) : from.getRGB(0, y, width, 1, null, 0, width);
            to.setRGB(0, y, width, 1, row, 0, width);
        }
        return to;
    }

    /** A row from the stored bands: getRGB would brighten gray (128 becomes 188) and apply profiles. */
    private static int[] bands(Raster raster, int y, ColorModel model) {
        int bands = raster.getNumBands();
        int[] samples = raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, (int[]) null);
        int[] row = new int[raster.getWidth()];
        for (int x = 0; x < row.length; x++) {
            for (int c = 0; c < 3; c++) {
                int band = bands < 3 ? 0 : c;
                int most = (1 << model.getComponentSize(band)) - 1;
                row[x] = row[x] << 8 | samples[x * bands + band] * 255 / most;
            }
        }
        return row;
    }

    /** Turns a stored picture upright. Source: EXIF 2.3, tag 0x0112: 5 to 8 swap the axes. */
    private static BufferedImage turned(BufferedImage from, int orientation) {
        if (orientation == 1) {
            return from;
        }
        int width = from.getWidth(), height = from.getHeight();
        boolean swapped = orientation >= 5;
        boolean fromRight = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
        boolean fromBelow = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
        BufferedImage to =
                new BufferedImage(swapped ? height : width, swapped ? width : height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int u = fromRight ? width - 1 - x : x;
                int v = fromBelow ? height - 1 - y : y;
                to.setRGB(swapped ? v : u, swapped ? u : v, from.getRGB(x, y));
            }
        }
        return to;
    }
}
