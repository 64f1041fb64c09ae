package vitune.view;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import vitune.data.ImageContext;
import vitune.data.InstructionSample;
import vitune.data.Pictures;
import vitune.data.Question;
import vitune.data.Turn;
import vitune.evaluate.Prediction;

/**
 * Pictures in a grid with their words beneath: captions, conversations, questions with their answers, replies marked
 * right or wrong. Small pictures are enlarged to crisp pixels.
 */
public final class Gallery {
    private static final int MOST = 24; // tiles
    private static final int WIDTH = 860;
    private static final int GAP = 18;
    private static final int LINE = 17;
    private static final int LINES = 14; // beneath a picture at most

    /** Words in one face and colour. */
    private record Words(String text, Font font, Color colour) {}

    /** One place in the grid: the pictures, none for a sample of text alone, and what stands beneath. */
    private record Tile(List<BufferedImage> pictures, List<Words> words) {}

    private Gallery() {}

    /** A grid of four columns, or fewer if there are fewer things. */
    public static Picture of(Iterable<?> things) {
        return of(things, 4);
    }

    /**
     * A grid; no more than the first 24 things are drawn.
     *
     * @param things image contexts, instruction samples, questions, predictions, pictures, images or files, in any
     *     mixture
     * @param columns 1 or more
     * @throws IllegalArgumentException if there is nothing to draw, a thing is of another type, or columns is below 1
     */
    public static Picture of(Iterable<?> things, int columns) {
        if (columns < 1) {
            throw new IllegalArgumentException("columns must be >= 1, got " + columns);
        }
        List<Tile> tiles = new ArrayList<>();
        int all = 0;
        for (Object thing : things) {
            if (all++ < MOST) {
                tiles.add(tile(thing));
            }
        }
        if (tiles.isEmpty()) {
            throw new IllegalArgumentException("a gallery needs at least one picture, got none");
        }
        String text = "gallery of " + tiles.size() + (all > tiles.size() ? " of " + all : "")
                + (all == 1 ? " picture" : " pictures");
        return draw(tiles, Math.min(columns, tiles.size()), columns, text);
    }

    private static Tile tile(Object thing) {
        if (thing instanceof ImageContext context) {
            return new Tile(List.of(Pictures.read(context.image())), captions(context));
        }
        if (thing instanceof InstructionSample sample) {
            return new Tile(sample.images().stream().map(Pictures::read).toList(), turns(sample));
        }
        if (thing instanceof Question question) {
            return new Tile(shown(question), List.of(asked(question), plain(question.answer())));
        }
        if (thing instanceof Prediction prediction) {
            Question question = prediction.question();
            return new Tile(shown(question), List.of(asked(question), verdict(prediction)));
        }
        if (thing instanceof Picture picture) {
            return new Tile(List.of(picture), List.of(plain(picture.text())));
        }
        if (thing instanceof BufferedImage image) {
            return new Tile(List.of(image), List.of());
        }
        if (thing instanceof Path file) {
            return new Tile(List.of(Pictures.read(file)), List.of(plain(String.valueOf(file.getFileName()))));
        }
        throw new IllegalArgumentException(
                "a gallery shows image contexts, samples, questions, predictions, pictures, images and files; got "
                        + (thing == null ? "null" : thing.getClass().getName()));
    }

    private static List<Words> captions(ImageContext context) {
        List<Words> words = new ArrayList<>(
                context.captions().stream().limit(1).map(Gallery::plain).toList());
        int more = context.captions().size() - 1;
        if (more > 0) {
            String rest = "and " + more + (more == 1 ? " more caption" : " more captions");
            words.add(new Words(rest, Theme.plain(11), Theme.MUTED));
        }
        return words;
    }

    private static List<Words> turns(InstructionSample sample) {
        List<Words> words = new ArrayList<>();
        words.add(new Words(sample.type().label(), Theme.plain(11), Theme.MUTED));
        for (Turn turn : sample.turns()) {
            words.add(new Words(turn.instruction(), Theme.bold(12), Theme.INK));
            words.add(new Words(turn.response(), Theme.plain(12), Theme.colour(0)));
        }
        return words;
    }

    private static Words verdict(Prediction prediction) {
        String reply = prediction.reply().isBlank() ? "(no reply)" : prediction.reply();
        return prediction.right()
                ? new Words("\u2713 " + reply, Theme.plain(12), Theme.RIGHT)
                : new Words(
                        "\u2717 " + reply + " (expected: "
                                + prediction.question().answer() + ")",
                        Theme.plain(12),
                        Theme.WRONG);
    }

    private static Words plain(String text) {
        return new Words(text, Theme.plain(12), Theme.INK);
    }

    private static List<BufferedImage> shown(Question question) {
        return question.image() == null ? List.of() : List.of(Pictures.read(question.image()));
    }

    private static Words asked(Question question) {
        return new Words(question.text(), Theme.bold(12), Theme.INK);
    }

    /** Tiles keep the width they have in a full row, so that one picture alone does not become a poster. */
    private static Picture draw(List<Tile> tiles, int columns, int fullRow, String text) {
        int side = (WIDTH - GAP) / Math.max(2, fullRow) - GAP;
        List<List<Words>> lines =
                tiles.stream().map(tile -> wrap(tile.words(), side)).toList();
        int rows = (tiles.size() + columns - 1) / columns;
        int[] pictureHeight = new int[rows];
        int[] top = new int[rows + 1];
        top[0] = GAP;
        for (int row = 0; row < rows; row++) {
            int most = 0;
            for (int i = row * columns; i < Math.min(tiles.size(), (row + 1) * columns); i++) {
                pictureHeight[row] = Math.max(pictureHeight[row], height(tiles.get(i), side));
                most = Math.max(most, lines.get(i).size());
            }
            top[row + 1] = top[row] + pictureHeight[row] + 6 + most * LINE + GAP;
        }
        Canvas canvas = new Canvas(GAP + columns * (side + GAP), top[rows]);
        for (int i = 0; i < tiles.size(); i++) {
            int x = GAP + i % columns * (side + GAP);
            int y = top[i / columns];
            pictures(canvas, tiles.get(i).pictures(), x, y, side, pictureHeight[i / columns]);
            for (Words line : lines.get(i)) {
                canvas.text(line.text(), line.font(), line.colour(), x, y + pictureHeight[i / columns] + 18);
                y += LINE;
            }
        }
        return canvas.picture(text);
    }

    private static int height(Tile tile, int side) {
        if (tile.pictures().isEmpty()) return 0; // text alone
        int width = (side - 6 * (tile.pictures().size() - 1)) / tile.pictures().size();
        return tile.pictures().stream()
                .mapToInt(p -> Math.min(side * 5 / 4, width * p.getHeight() / p.getWidth()))
                .max()
                .orElseThrow();
    }

    private static void pictures(Canvas canvas, List<BufferedImage> pictures, int x, int y, int side, int height) {
        if (pictures.isEmpty()) return;
        int width = (side - 6 * (pictures.size() - 1)) / pictures.size();
        for (int i = 0; i < pictures.size(); i++) {
            int high = Math.min(
                    height,
                    width * pictures.get(i).getHeight() / pictures.get(i).getWidth());
            canvas.image(pictures.get(i), x + i * (width + 6), y + height - high, width, high);
        }
    }

    private static List<Words> wrap(List<Words> words, int width) {
        List<Words> lines = new ArrayList<>();
        for (Words part : words) {
            for (String line : Canvas.wrap(part.text(), part.font(), width)) {
                if (lines.size() == LINES) {
                    lines.set(LINES - 1, new Words("\u2026", part.font(), Theme.MUTED));
                    return lines;
                }
                lines.add(new Words(line, part.font(), part.colour()));
            }
        }
        return lines;
    }
}
