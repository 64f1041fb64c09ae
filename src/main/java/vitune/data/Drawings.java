package vitune.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;

/**
 * The clip-art itself: twelve drawings as text, in the spirit of SVG paths, on a sheet of 100 x 100 units with y
 * pointing down.
 *
 * <p>A line of a drawing is {@code paint path}. Paints: {@code main}, {@code dark}, {@code light} (the colour asked for
 * and two shades of it), {@code ink}, {@code white}, {@code glass}, {@code wood}, {@code leaf}, {@code pink}, {@code
 * beak}. A star after the paint puts a dark outline around the part (outlines of touching parts merge), a minus draws
 * the path as a pen line. Path commands: {@code M x y}, {@code L x y}, {@code Q cx cy x y}, {@code C}, {@code Z},
 * {@code O cx cy rx ry} (ellipse), {@code R x y w h} (rectangle).
 */
final class Drawings {
    private static final String SHEET = """
            car
              main* M3 70 L3 54 Q4 46 16 44 L24 42 L36 22 Q38 18 43 18 L66 18 Q71 18 74 22 L86 43 Q97 45 97 56 L97 70 Z
              glass M32 42 L41 26 L51 26 L51 42 Z M57 42 L57 26 L66 26 L76 42 Z
              ink* O25 71 13 13 O75 71 13 13
              white O25 71 5 5 O75 71 5 5
              white R88 50 8 7
            bus
              main* M3 18 Q3 10 11 10 L89 10 Q97 10 97 18 L97 80 L3 80 Z
              glass R10 20 17 22 R32 20 17 22 R54 20 17 22 R76 20 21 26
              dark R3 52 94 8
              ink* O25 81 12 12 O75 81 12 12
              white O25 81 4.5 4.5 O75 81 4.5 4.5
            boat
              main* M2 68 L98 68 Q92 88 80 94 L20 94 Q8 88 2 68 Z
              main* M54 4 Q76 26 90 60 L54 60 Z
              white* M44 14 L44 60 L14 60 Q30 40 44 14 Z
              ink- M49 4 L49 66
              white R14 74 72 6
            house
              dark* R68 10 13 24
              main* R14 46 72 50
              dark* M1 50 L50 6 L99 50 Z
              wood R42 64 17 32
              white R22 58 13 14 R66 58 13 14
            dog
              main* M16 48 Q2 40 3 18 Q12 20 22 42 Z
              main* M10 52 Q10 40 22 40 L64 40 L76 50 L72 70 L12 70 Z
              main* M10 58 L12 95 L25 95 L28 64 Z M58 62 L58 95 L71 95 L75 58 Z
              main* O71 30 18 17
              main* M74 22 L95 30 Q99 42 88 46 L70 48 Z
              dark* M63 12 Q46 16 49 44 Q62 50 69 22 Z
              ink O79 25 3.6 4.2 O95 33 5 4.6
            cat
              main* M74 95 Q99 96 97 62 Q94 50 87 58 Q88 78 70 82 Z
              main* M50 40 Q80 48 80 95 L18 95 Q18 48 50 40 Z
              main* M16 40 L14 2 L44 18 Z M84 40 L86 2 L56 18 Z
              main* O50 37 35 27
              pink M21 26 L20 12 L32 19 Z M79 26 L80 12 L68 19 Z
              white O50 82 14 14
              white O36 35 8 8 O64 35 8 8
              ink O37 36 4.5 6 O63 36 4.5 6
              pink M45 46 L55 46 L50 52 Z
            bird
              ink- M40 74 L38 95 M56 74 L56 95
              beak* M84 24 L99 34 L84 42 Z
              main* M30 50 L2 46 L6 66 L30 70 Z
              main* O48 58 30 20
              main* O70 34 18 18
              dark* M62 60 Q46 8 14 3 Q16 42 36 64 Z
              white O76 30 6 6
              ink O77.5 30 3.4 3.6
            fish
              dark* M40 30 Q52 4 78 16 L72 34 Z
              main* M28 50 L2 22 Q12 50 2 80 Z
              main* M98 54 C84 16 42 14 18 50 C42 88 82 88 98 54 Z
              dark M46 52 L62 44 L62 62 Z
              white O78 44 8 8
              ink O80 45 4.4 4.8
            ball
              main* O50 50 46 46
              white M36 36 Q44 14 62 6 Q86 14 93 36 Q62 22 36 36 Z
              white M36 36 Q22 62 34 93 Q10 84 5 54 Q16 40 36 36 Z
            umbrella
              ink- M50 4 L50 86 Q51 96 61 96 Q71 96 71 84
              main* M2 58 Q6 12 50 12 Q94 12 98 58 Q86 46 74 56 Q62 46 50 56 Q38 46 26 56 Q14 46 2 58 Z
              light M50 13 Q28 28 26 55 Q38 46 50 55 Z M52 13 Q74 28 98 57 Q86 46 74 55 Q72 32 52 13 Z
            flower
              leaf* M47 60 L47 97 L54 97 L54 60 Z
              leaf* M48 90 Q20 92 18 68 Q42 66 48 90 Z M53 90 Q80 92 82 68 Q58 66 53 90 Z
              main* O50 13 14 13 O70 25 14 13 O70 47 14 13 O50 57 14 13 O30 47 14 13 O30 25 14 13
              main O50 36 20 20
              wood O50 35 10 10
            chair
              dark* R20 58 10 28 R60 58 10 20
              main* M10 4 Q40 -2 72 4 L70 58 L14 58 Z
              light M22 14 L30 13 L31 44 L24 44 Z M37 12 L45 12 L45 44 L38 44 Z M52 13 L60 14 L58 44 L51 44 Z
              main* M12 50 L70 50 L92 64 L92 75 L30 75 L12 60 Z
              light M17 54 L69 54 L86 65 L33 65 Z
              main* R30 70 11 27 R81 70 11 27
            """;
    private static final double OUTLINE = 6; // units of the sheet on each side of a part's edge
    private static final double PEN = 7; // width of a pen line
    private static final Color INK = new Color(30, 22, 34);

    private record Part(String paint, boolean outlined, boolean pen, Path2D path) {}

    private final Map<Scene.Kind, List<Part>> parts = new EnumMap<>(Scene.Kind.class);
    private final Map<Scene.Kind, Rectangle2D> bounds = new EnumMap<>(Scene.Kind.class);

    Drawings() {
        List<Part> current = List.of();
        for (String line : SHEET.lines().toList()) {
            if (line.startsWith(" ")) {
                current.add(part(line.strip()));
            } else {
                current = new ArrayList<>();
                parts.put(Scene.Kind.valueOf(line.toUpperCase(Locale.ROOT)), current);
            }
        }
        parts.forEach((kind, list) -> bounds.put(kind, bounds(list)));
    }

    /** Width and height of a drawing, outline included, when its longer side is {@code size}; to a hundredth. */
    double[] extent(Scene.Kind kind, double size) {
        Rectangle2D b = bounds.get(kind);
        double scale = size / Math.max(b.getWidth(), b.getHeight());
        return new double[] {hundredths(b.getWidth() * scale), hundredths(b.getHeight() * scale)};
    }

    private static double hundredths(double value) {
        return Math.round(100 * value) / 100.0;
    }

    /** Draws a kind so that its outline exactly fills a box of the proportions of {@link #extent}. */
    void draw(Graphics2D g, Scene.Kind kind, Color main, Box box, boolean mirrored) {
        Rectangle2D b = bounds.get(kind);
        double scale = Math.max(box.width(), box.height()) / Math.max(b.getWidth(), b.getHeight());
        AffineTransform before = g.getTransform();
        g.translate(mirrored ? box.x() + box.width() : box.x(), box.y());
        g.scale(mirrored ? -scale : scale, scale);
        g.translate(-b.getX(), -b.getY());
        g.setColor(INK);
        g.setStroke(stroke(2 * OUTLINE));
        for (Part part : parts.get(kind)) {
            if (part.outlined) {
                g.draw(part.path);
            }
        }
        g.setStroke(stroke(PEN));
        for (Part part : parts.get(kind)) {
            g.setColor(paint(part.paint, main));
            if (part.pen) {
                g.draw(part.path);
            } else {
                g.fill(part.path);
            }
        }
        g.setTransform(before);
    }

    private static BasicStroke stroke(double width) {
        return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    private static Color paint(String name, Color main) {
        return switch (name) {
            case "main" -> main;
            case "dark" -> mix(main, new Color(84, 16, 40), 0.32);
            case "light" -> mix(main, Color.WHITE, 0.35);
            case "ink" -> INK;
            case "white" -> new Color(252, 250, 245);
            case "glass" -> new Color(214, 236, 248);
            case "wood" -> new Color(116, 72, 44);
            case "leaf" -> new Color(66, 128, 58);
            case "pink" -> new Color(250, 190, 190);
            case "beak" -> new Color(245, 175, 60);
            default -> throw new IllegalArgumentException("paint must be one of the drawing's paints, got " + name);
        };
    }

    private static Color mix(Color a, Color b, double share) {
        return new Color(
                (int) Math.round(a.getRed() + share * (b.getRed() - a.getRed())),
                (int) Math.round(a.getGreen() + share * (b.getGreen() - a.getGreen())),
                (int) Math.round(a.getBlue() + share * (b.getBlue() - a.getBlue())));
    }

    private static Part part(String line) {
        var words = new Scanner(line.replaceAll("([A-Z])", " $1 "));
        String paint = words.next();
        var path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        while (words.hasNext()) {
            switch (words.next()) {
                case "M" -> path.moveTo(number(words), number(words));
                case "L" -> path.lineTo(number(words), number(words));
                case "Q" -> path.quadTo(number(words), number(words), number(words), number(words));
                case "C" ->
                    path.curveTo(
                            number(words), number(words), number(words), number(words), number(words), number(words));
                case "Z" -> path.closePath();
                case "R" ->
                    path.append(
                            new Rectangle2D.Double(number(words), number(words), number(words), number(words)), false);
                case "O" -> {
                    double x = number(words), y = number(words), rx = number(words), ry = number(words);
                    path.append(new Ellipse2D.Double(x - rx, y - ry, 2 * rx, 2 * ry), false);
                }
                default -> throw new IllegalArgumentException("path command must be M, L, Q, C, Z, O or R: " + line);
            }
        }
        return new Part(paint.replaceAll("[*-]", ""), paint.endsWith("*"), paint.endsWith("-"), path);
    }

    private static double number(Scanner words) {
        return Double.parseDouble(words.next());
    }

    /** Bounds of the flattened parts grown by half their stroke: the same on every JDK, which getBounds2D is not. */
    private static Rectangle2D bounds(List<Part> parts) {
        double left = 1e9, top = 1e9, right = -1e9, bottom = -1e9;
        double[] point = new double[6];
        for (Part p : parts) {
            double grow = p.outlined ? OUTLINE : p.pen ? PEN / 2 : 0;
            for (PathIterator i = p.path.getPathIterator(null, 0.01); !i.isDone(); i.next()) {
                if (i.currentSegment(point) != PathIterator.SEG_CLOSE) {
                    left = Math.min(left, point[0] - grow);
                    right = Math.max(right, point[0] + grow);
                    top = Math.min(top, point[1] - grow);
                    bottom = Math.max(bottom, point[1] + grow);
                }
            }
        }
        return new Rectangle2D.Double(left, top, right - left, bottom - top);
    }
}
