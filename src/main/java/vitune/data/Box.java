package vitune.data;

/**
 * An object in a picture, as a box in pixels; the origin is the picture's top left corner.
 *
 * @param category what it is: "dog"
 * @param x left edge, pixels
 * @param y top edge, pixels
 * @param width pixels, >= 0
 * @param height pixels, >= 0
 */
public record Box(String category, double x, double y, double width, double height) {
    public Box {
        if (category.isBlank()) {
            throw new IllegalArgumentException("category must not be blank");
        }
        if (!Double.isFinite(x) || !Double.isFinite(y) || !(width >= 0 && height >= 0)) {
            throw new IllegalArgumentException(
                    "a box needs finite edges and a size >= 0, got " + x + ", " + y + ", " + width + " x " + height);
        }
    }

    /** Horizontal middle, pixels. */
    public double centreX() {
        return x + width / 2;
    }

    /** Vertical middle, pixels. */
    public double centreY() {
        return y + height / 2;
    }

    /**
     * Left, top, right and bottom as shares of the picture, 0 to 1: how the teacher is shown boxes. Source: paper §3.
     */
    public double[] normalised(int pictureWidth, int pictureHeight) {
        return new double[] {
            x / pictureWidth, y / pictureHeight, (x + width) / pictureWidth, (y + height) / pictureHeight
        };
    }
}
