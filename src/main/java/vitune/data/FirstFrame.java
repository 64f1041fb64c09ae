package vitune.data;

import java.awt.image.BufferedImage;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where the first frame of a GIF or WebP stands on its screen, which may be larger; other pictures are their own screen.
 *
 * @param width of the screen in pixels
 * @param height of the screen in pixels
 * @param left of the frame on it
 * @param top of the frame on it
 */
record FirstFrame(int width, int height, int left, int top) {
    private static final int VP8X = 0x56503858, ANMF = 0x414E4D46;

    static FirstFrame of(String kind, byte[] picture, int frameWidth, int frameHeight) {
        FirstFrame whole = new FirstFrame(frameWidth, frameHeight, 0, 0);
        ByteBuffer bytes = ByteBuffer.wrap(picture).order(ByteOrder.LITTLE_ENDIAN);
        try {
            return switch (kind) {
                case "gif" -> gif(bytes, frameWidth, frameHeight);
                case "webp" -> webp(bytes, whole);
                default -> whole;
            };
        } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
            return whole; // a torn picture fails where its pixels are read
        }
    }

    private static FirstFrame gif(ByteBuffer bytes, int frameWidth, int frameHeight) {
        int width = bytes.getShort(6) & 0xFFFF, height = bytes.getShort(8) & 0xFFFF;
        int flags = bytes.get(10);
        bytes.position(13 + (flags < 0 ? 6 << (flags & 7) : 0)); // behind the palette
        while (bytes.get() != ',') { // an extension: its name, then blocks up to an empty one
            bytes.get();
            for (int length = bytes.get() & 0xFF; length > 0; length = bytes.get() & 0xFF) {
                bytes.position(bytes.position() + length);
            }
        }
        int left = bytes.getShort() & 0xFFFF, top = bytes.getShort() & 0xFFFF;
        return new FirstFrame(Math.max(width, left + frameWidth), Math.max(height, top + frameHeight), left, top);
    }

    private static FirstFrame webp(ByteBuffer bytes, FirstFrame whole) {
        if (name(bytes, 12) != VP8X) return whole;
        int at = 12;
        while (name(bytes, at) != ANMF) { // a still picture ends the loop by its end
            int length = bytes.getInt(at + 4);
            at = Math.addExact(at, 8 + length + (length & 1));
        }
        int left = 2 * three(bytes, at + 8), top = 2 * three(bytes, at + 11);
        return new FirstFrame(1 + three(bytes, 24), 1 + three(bytes, 27), left, top);
    }

    private static int name(ByteBuffer bytes, int at) {
        return Integer.reverseBytes(bytes.getInt(at));
    }

    private static int three(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xFFFF | (bytes.get(at + 2) & 0xFF) << 16;
    }

    /** The screen with the frame on it. */
    BufferedImage placed(BufferedImage frame, int background) {
        if (width == frame.getWidth() && height == frame.getHeight()) return frame;
        BufferedImage screen = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        Arrays.fill(row, background);
        for (int y = 0; y < height; y++) screen.setRGB(0, y, width, 1, row, 0, width);
        int seenWidth = Math.min(frame.getWidth(), width - left),
                seenHeight = Math.min(frame.getHeight(), height - top);
        for (int y = 0; y < seenHeight && seenWidth > 0; y++) {
            int[] seen = frame.getRGB(0, y, seenWidth, 1, null, 0, seenWidth);
            screen.setRGB(left, top + y, seenWidth, 1, seen, 0, seenWidth);
        }
        return screen;
    }
}
