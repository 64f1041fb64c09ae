package vitune.view;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Where each query looks: its attention over the patches, laid over the picture. Bright is where a query looks most;
 * the scale of each map ends at its own strongest patch, whose share is written beneath.
 *
 * <p>Source: the cross-attention maps of BLIP-2 (Li et al. 2023).
 */
public final class AttentionMap {
    private static final int TILE = 126;
    private static final int GAP = 14;
    private static final int LINE = 22;
    /** Stops of the magma scale (van der Walt and Smith 2015): evenly brighter to any eye. */
    private static final int[] MAGMA = {
        0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779, 0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf
    };

    private AttentionMap() {}

    /** The map of queries that have no names but their numbers: "query 1". */
    public static Picture of(BufferedImage picture, float[][] attention) {
        return of(
                picture,
                attention,
                IntStream.rangeClosed(1, attention.length)
                        .mapToObj(query -> "query " + query)
                        .toList());
    }

    /**
     * A tile a query, after the picture itself.
     *
     * @param attention a row a query: weights over the patches in reading order; one weight more than a square number
     *     means that the class token comes first, and it is left out
     * @param names one a query: what each was taught to look for
     * @throws IllegalArgumentException if there is no query, a row is not a square number of finite weights, or there are
     *     not as many names as queries
     */
    public static Picture of(BufferedImage picture, float[][] attention, List<String> names) {
        if (attention.length == 0) {
            throw new IllegalArgumentException("an attention map needs at least one query, got none");
        }
        if (names.size() != attention.length) {
            throw new IllegalArgumentException(
                    "expected a name for each of " + attention.length + " queries, got " + names.size() + ": " + names);
        }
        int columns = Math.min(6, (int) Math.ceil(Math.sqrt((attention.length + 1) * 1.5)));
        int rows = (attention.length + columns) / columns;
        Canvas canvas = new Canvas(GAP + columns * (TILE + GAP), GAP + rows * (TILE + LINE + GAP));
        tile(canvas, 0, columns, picture, "picture");
        for (int query = 0; query < attention.length; query++) {
            float[] patches = patches(attention[query], query);
            float max = 0;
            float sum = 0;
            for (float weight : patches) {
                max = Math.max(max, weight);
                sum += weight;
            }
            String share = sum > 0 ? " \u00b7 up to " + Math.round(100 * max / sum) + " %" : "";
            tile(canvas, query + 1, columns, overlay(picture, patches, max), names.get(query) + share);
        }
        return canvas.picture("attention of " + attention.length + " queries over the picture");
    }

    private static void tile(Canvas canvas, int index, int columns, BufferedImage image, String title) {
        int x = GAP + index % columns * (TILE + GAP);
        int y = GAP + index / columns * (TILE + LINE + GAP);
        canvas.image(image, x, y, TILE, TILE);
        canvas.text(title, Theme.plain(12), Theme.INK, x, y + TILE + 16);
    }

    /** The weights of the patches alone. */
    static float[] patches(float[] weights, int query) {
        int side = (int) Math.sqrt(weights.length);
        boolean withClass = side * side + 1 == weights.length;
        if (weights.length == 0 || !withClass && side * side != weights.length) {
            throw new IllegalArgumentException("query " + (query + 1)
                    + ": expected a square number of patches, with or without "
                    + "the class token, got " + weights.length);
        }
        float[] patches = Arrays.copyOfRange(weights, withClass ? 1 : 0, weights.length);
        for (float weight : patches) {
            if (!Float.isFinite(weight)) {
                throw new IllegalArgumentException("query " + (query + 1) + ": expected finite weights, got " + weight);
            }
        }
        return patches;
    }

    /**
     * The picture at the size of a tile, tinted by attention: dim where there is none, in its own light where it is
     * strong.
     */
    static BufferedImage overlay(BufferedImage picture, float[] patches, float max) {
        int width = picture.getWidth();
        int size = TILE * Canvas.DENSITY;
        BufferedImage tile =
                new BufferedImage(size, Math.max(1, size * picture.getHeight() / width), BufferedImage.TYPE_INT_RGB);
        int side = (int) Math.sqrt(patches.length);
        for (int y = 0; y < tile.getHeight(); y++) {
            for (int x = 0; x < size; x++) {
                int rgb = picture.getRGB(x * width / size, y * picture.getHeight() / tile.getHeight());
                double heat = max <= 0
                        ? 0
                        : between(
                                        patches,
                                        side,
                                        (x + 0.5) * side / size - 0.5,
                                        (y + 0.5) * side / tile.getHeight() - 0.5)
                                / max;
                tile.setRGB(x, y, blend(rgb, magma(heat), 0.72 - 0.22 * heat));
            }
        }
        return tile;
    }

    /** Bilinear between the centres of the patches. */
    private static double between(float[] patches, int side, double x, double y) {
        double column = Math.max(0, Math.min(side - 1, x));
        double row = Math.max(0, Math.min(side - 1, y));
        int left = (int) column;
        int top = (int) row;
        int right = Math.min(side - 1, left + 1);
        int bottom = Math.min(side - 1, top + 1);
        double upper = patches[top * side + left] * (1 - column + left) + patches[top * side + right] * (column - left);
        double lower =
                patches[bottom * side + left] * (1 - column + left) + patches[bottom * side + right] * (column - left);
        return upper * (1 - row + top) + lower * (row - top);
    }

    private static int magma(double heat) {
        double at = Math.max(0, Math.min(1, heat)) * (MAGMA.length - 1);
        int low = Math.min(MAGMA.length - 2, (int) at);
        return blend(MAGMA[low], MAGMA[low + 1], at - low);
    }

    private static int blend(int from, int to, double part) {
        Color a = new Color(from);
        Color b = new Color(to);
        return (int) Math.round(a.getRed() + (b.getRed() - a.getRed()) * part) << 16
                | (int) Math.round(a.getGreen() + (b.getGreen() - a.getGreen()) * part) << 8
                | (int) Math.round(a.getBlue() + (b.getBlue() - a.getBlue()) * part);
    }
}
