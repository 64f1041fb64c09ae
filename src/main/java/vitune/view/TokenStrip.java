package vitune.view;

import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.geom.RoundRectangle2D;
import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.Row;
import vitune.model.Rendered;
import vitune.model.Tokenizer;

/**
 * A conversation as the model reads it, token by token in flowing lines: beneath each its label, in colour where it is
 * learned. Equal neighbours, such as the places of a picture, are drawn once and counted.
 */
public final class TokenStrip {
    private static final int WIDTH = 860;
    private static final int HIGH = 40; // of a token and its label
    private static final int GAP = 5;
    private static final int PAD = 6;
    private static final int MOST = 400; // tokens drawn

    /** One token, or several equal ones in a row. */
    record Piece(String text, String label, boolean learned, int times) {
        private String shown() {
            return times == 1 ? text : text + " \u00d7 " + times;
        }
    }

    private TokenStrip() {}

    /** A rendered conversation; of very long ones the beginning. */
    public static Picture of(Rendered rendered, Tokenizer tokenizer) {
        List<Piece> pieces = pieces(rendered, tokenizer);
        Canvas sheet = new Canvas(1, 1);
        FontMetrics metrics = sheet.g.getFontMetrics(Theme.plain(13));
        List<Integer> lefts = new ArrayList<>();
        List<Integer> lines = new ArrayList<>();
        int x = Canvas.MARGIN;
        int line = 0;
        for (Piece piece : pieces) {
            int width = width(piece, metrics);
            if (x > Canvas.MARGIN && x + width > WIDTH - Canvas.MARGIN) {
                x = Canvas.MARGIN;
                line++;
            }
            lefts.add(x);
            lines.add(line);
            x += width + GAP;
        }
        sheet.g.dispose();
        Canvas canvas = new Canvas(WIDTH, Canvas.HEAD + 8 + (line + 1) * (HIGH + GAP) + Canvas.MARGIN);
        canvas.head(
                "Tokens and their labels",
                List.of(
                        new Canvas.Key("learned: the label is the token's own id", Theme.colour(0), false),
                        new Canvas.Key("only read: no label (-100)", Theme.GRID, false)));
        for (int i = 0; i < pieces.size(); i++) {
            draw(
                    canvas,
                    pieces.get(i),
                    lefts.get(i),
                    Canvas.HEAD + 8 + lines.get(i) * (HIGH + GAP),
                    width(pieces.get(i), metrics));
        }
        return canvas.picture(rendered.length() + " tokens, " + rendered.supervised() + " learned");
    }

    private static int width(Piece piece, FontMetrics metrics) {
        return 2 * PAD + Math.max(metrics.stringWidth(piece.shown()), metrics.stringWidth(piece.label()));
    }

    private static void draw(Canvas canvas, Piece piece, int x, int y, int width) {
        canvas.g.setColor(piece.learned() ? Theme.colour(0) : Theme.GRID);
        canvas.g.fill(new RoundRectangle2D.Double(x, y, width, HIGH, 8, 8));
        Color ink = piece.learned() ? Theme.PAPER : Theme.INK;
        canvas.text(piece.shown(), Theme.plain(13), ink, x + PAD, y + 17);
        canvas.text(piece.label(), Theme.plain(11), piece.learned() ? Theme.PAPER : Theme.MUTED, x + PAD, y + 33);
    }

    static List<Piece> pieces(Rendered rendered, Tokenizer tokenizer) {
        List<Piece> pieces = new ArrayList<>();
        for (Row row : rendered.table(tokenizer)) {
            String text = row.getString("token").strip();
            boolean learned = row.getBoolean("learned");
            String label = learned ? String.valueOf(row.getLong("id")) : "-100";
            Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
            if (last != null && last.text().equals(text) && last.label().equals(label)) {
                pieces.set(pieces.size() - 1, new Piece(text, label, learned, last.times() + 1));
            } else if (pieces.size() < MOST) {
                pieces.add(new Piece(text, label, learned, 1));
            } else {
                break;
            }
        }
        return pieces;
    }
}
