package vitune.view;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A drawn picture with one line that says what it shows.
 *
 * <p>It IS a {@link BufferedImage}, so every notebook kernel renders it as PNG where it is the last value of a cell.
 * Charts and galleries are drawn at twice their size for sharp screens; {@link #density()} says so to whoever shows
 * them.
 */
public final class Picture extends BufferedImage {
    private final String text;
    private final int density;

    Picture(BufferedImage drawn, String text, int density) {
        super(drawn.getWidth(), drawn.getHeight(), TYPE_INT_RGB);
        this.text = text;
        this.density = density;
        Graphics2D g = createGraphics();
        g.drawImage(drawn, 0, 0, java.awt.Color.WHITE, null);
        g.dispose();
    }

    /**
     * Any image as a picture that shows itself.
     *
     * @param text what it shows, in one line
     */
    public static Picture of(BufferedImage image, String text) {
        return new Picture(image, text, 1);
    }

    /** What it shows, in one line. */
    public String text() {
        return text;
    }

    /** Pixels drawn for one pixel of its intended size: 1 or 2. */
    public int density() {
        return density;
    }

    /** The picture as PNG. */
    public byte[] png() {
        return png(this);
    }

    static byte[] png(BufferedImage image) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            ImageIO.write(image, "png", bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("the picture could not be encoded as PNG", e);
        }
    }

    /**
     * Writes the picture as PNG; folders that are missing are made.
     *
     * @return the file
     */
    public Path save(Path file) {
        return Output.write(file, png(), "picture");
    }

    @Override
    public String toString() {
        return "picture " + getWidth() + "x" + getHeight() + ": " + text;
    }
}
