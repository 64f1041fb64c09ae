package vitune.model;

/**
 * Bicubic resize of one 8-bit plane, widened when it shrinks so that nothing is skipped (antialias).
 *
 * <p>Source: the behaviour of Pillow's {@code Image.resize}: first along the rows, then along the columns, in fixed
 * point with 22 bits, each pass rounded to 8 bits. A pass that would change no size is left out.
 */
final class Bicubic {
    private static final int BITS = 22;

    private Bicubic() {}

    /** For each output place: the first input place that counts, and the weights from there on. */
    private record Window(int first, int[] weights) {}

    /** Resizes a plane of {@code width} x {@code height}. */
    static byte[] resize(byte[] plane, int width, int height, int newHeight, int newWidth) {
        byte[] rows = width == newWidth ? plane : alongRows(plane, width, height, newWidth);
        return height == newHeight ? rows : alongColumns(rows, newWidth, height, newHeight);
    }

    private static byte[] alongRows(byte[] in, int width, int height, int size) {
        Window[] windows = windows(width, size);
        byte[] out = new byte[size * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < size; x++) {
                out[y * size + x] = sum(in, y * width + windows[x].first, 1, windows[x].weights);
            }
        }
        return out;
    }

    private static byte[] alongColumns(byte[] in, int width, int height, int size) {
        Window[] windows = windows(height, size);
        byte[] out = new byte[width * size];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < width; x++) {
                out[y * width + x] = sum(in, windows[y].first * width + x, width, windows[y].weights);
            }
        }
        return out;
    }

    private static byte sum(byte[] in, int at, int stride, int[] weights) {
        int sum = 1 << (BITS - 1);
        for (int i = 0; i < weights.length; i++) sum += (in[at + i * stride] & 255) * weights[i];
        return (byte) Math.max(0, Math.min(255, sum >> BITS));
    }

    private static Window[] windows(int in, int out) {
        double scale = (double) in / out;
        double widen = Math.max(1, scale);
        double narrow = 1 / widen; // a product with it and a quotient differ in the last bit
        double support = 2 * widen;
        Window[] windows = new Window[out];
        for (int i = 0; i < out; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(in, (int) (centre + support + 0.5));
            double[] weights = new double[end - first];
            double total = 0;
            for (int k = 0; k < weights.length; k++) {
                total += weights[k] = cubic((k + first - centre + 0.5) * narrow);
            }
            int[] fixed = new int[weights.length];
            for (int k = 0; k < fixed.length; k++) {
                double weight = weights[k] / total * (1 << BITS);
                fixed[k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
            windows[i] = new Window(first, fixed);
        }
        return windows;
    }

    /** Keys' cubic with a = -0.5. */
    private static double cubic(double x) {
        double t = Math.abs(x);
        if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
        return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    }
}
