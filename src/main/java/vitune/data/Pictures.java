package vitune.data;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Opens pictures as a model sees them: 8-bit RGB, upright.
 *
 * <p>Source: Pillow's {@code ImageOps.exif_transpose(Image.open(path)).convert("RGB")}: turned by EXIF, gray as three
 * equal bands (16 bits cut off at 255), alpha dropped and not blended, CMYK converted, colour profiles ignored, the first
 * frame of an animation. JPEG, PNG, WebP, GIF and BMP are read, and equal Pillow's bit for bit. <i>Differs:</i> lossy WebP,
 * by 1 to 4 grey levels in the mean, since its reader smooths before it predicts and does not interpolate colour.
 */
public final class Pictures {
    /** What the JPEG reader merely mutters where a file is cut short and the rest of the picture gray. */
    private static final Pattern TORN = Pattern.compile("(?i)EOI|premature|truncated");

    /** Twice Pillow's limit, where it too gives up. */
    private static final long MOST_PIXELS = 178_956_970;

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
            return turned(decoded(file, bytes), Exif.orientation(bytes));
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // readers stumble over torn files in many ways
            throw new DataException(
                    file, "content", "an unreadable picture (" + e.getMessage() + ")", "a whole picture", e);
        }
    }

    /** SHA-256 of a picture's file, in hexadecimal: the same picture whatever its file is called. */
    public static String hash(Path file) {
        try {
            return Sha256.of(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read picture " + file, e);
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
                String kind = reader.getFormatName().toLowerCase(Locale.ROOT);
                if (kind.equals("webp")) whole(bytes);
                List<String> warnings = new ArrayList<>();
                reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
                reader.setInput(stream, true);
                FirstFrame frame = FirstFrame.of(kind, bytes, reader.getWidth(0), reader.getHeight(0));
                guard(file, reader.getWidth(0), reader.getHeight(0));
                guard(file, frame.width(), frame.height());
                BufferedImage picture = kind.equals("jpeg")
                        ? JpegColors.of(bytes).rgb(reader.readRaster(0, null))
                        : placed(frame, stored(reader, kind), kind.equals("png") && bytes[24] == 16 && bytes[25] == 0);
                if (TORN.matcher(String.join(" ", warnings)).find()) {
                    throw new IOException(warnings.get(0));
                }
                return picture;
            } finally {
                reader.dispose();
            }
        }
    }

    /** The WebP reader does not miss what is cut off. */
    private static void whole(byte[] webp) throws IOException {
        long length = 8
                + Integer.toUnsignedLong(
                        ByteBuffer.wrap(webp).order(ByteOrder.LITTLE_ENDIAN).getInt(4));
        if (webp.length < length) throw new IOException(webp.length + " of " + length + " bytes");
    }

    /** Pixels in the colours that are stored: the WebP reader would otherwise apply a profile. */
    private static BufferedImage stored(ImageReader reader, String kind) throws IOException {
        ImageReadParam asStored = reader.getDefaultReadParam();
        if (kind.equals("webp")) asStored.setDestinationType(reader.getRawImageType(0));
        return reader.read(0, asStored);
    }

    private static BufferedImage placed(FirstFrame frame, BufferedImage stored, boolean gray16) {
        return frame.placed(StoredColors.rgb(stored, gray16), StoredColors.background(stored));
    }

    /** Refuses before any memory is asked for: a few bytes can claim gigabytes. */
    private static void guard(Path file, int width, int height) {
        if ((long) width * height > MOST_PIXELS) {
            throw new DataException(
                    file, "size", width + " x " + height + " pixels", "at most " + MOST_PIXELS + " pixels");
        }
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
