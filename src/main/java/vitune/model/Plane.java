package vitune.model;

import java.util.Arrays;

/**
 * One colour of a picture: 8-bit samples, row after row.
 *
 * <p>Source: {@code resize} and {@code center_crop} of transformers' {@code image_transforms.py}, and
 * {@code pad_to_square} of its {@code LlavaImageProcessor}.
 */
record Plane(byte[] samples, int width, int height) {

    Plane resized(int newHeight, int newWidth) {
        return new Plane(Bicubic.resize(samples, width, height, newHeight, newWidth), newWidth, newHeight);
    }

    /** The short side becomes {@code edge}, the long one keeps the proportion, rounded down. */
    Plane resizedShortSide(int edge) {
        int shorter = Math.min(width, height);
        int longer = (int) ((double) ((long) edge * Math.max(width, height)) / shorter);
        return width <= height ? resized(longer, edge) : resized(edge, longer);
    }

    /** The square in the middle; black where the picture is smaller. */
    Plane cropped(int side) {
        return window(Math.floorDiv(width - side, 2), Math.floorDiv(height - side, 2), side, (byte) 0);
    }

    /** A square as large as the long side, with the picture in the middle. */
    Plane padded(byte fill) {
        if (width == height) return this;
        int side = Math.max(width, height);
        return window(-((side - width) / 2), -((side - height) / 2), side, fill);
    }

    /** A square from a place, which may lie outside, on. */
    private Plane window(int left, int top, int side, byte fill) {
        byte[] square = new byte[side * side];
        Arrays.fill(square, fill);
        int from = Math.max(0, left), end = Math.min(width, left + side);
        for (int y = Math.max(0, top); y < Math.min(height, top + side); y++) {
            System.arraycopy(samples, y * width + from, square, (y - top) * side + from - left, end - from);
        }
        return new Plane(square, side, side);
    }
}
