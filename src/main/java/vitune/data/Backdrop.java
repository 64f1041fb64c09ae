package vitune.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.SplittableRandom;

/** The four weathers behind the things: pale or dark, so that every colour stands out. */
final class Backdrop {
    private Backdrop() {}

    static void paint(Graphics2D g, Scene.Weather weather, SplittableRandom random) {
        switch (weather) {
            case SUNNY -> sunny(g, random);
            case RAINY -> rainy(g, random);
            case SNOWY -> snowy(g, random);
            case NIGHT -> night(g, random);
        }
    }

    private static void sunny(Graphics2D g, SplittableRandom random) {
        sky(g, 0xBFE4FA, 0xE8F6FD);
        double x = random.nextBoolean() ? 4 : 92;
        g.setColor(new Color(0xFFF3C4));
        g.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        for (int i = 0; i < 12; i++) {
            double a = i * Math.PI / 6;
            g.draw(new Line2D.Double(
                    x + 16 * Math.cos(a), 4 + 16 * Math.sin(a), x + 21 * Math.cos(a), 4 + 21 * Math.sin(a)));
        }
        g.setColor(new Color(0xFFEB9E));
        g.fill(circle(x, 4, 13));
        hill(g, 0xCDEBB0, 66 + random.nextInt(6), random);
        hill(g, 0xBDE29A, 76 + random.nextInt(6), random);
        for (int i = 0; i < 8; i++) {
            dot(g, random, i % 2 == 0 ? 0xFFFFFF : 0xFBE9F0, 82, 94, 0.9);
        }
    }

    private static void rainy(Graphics2D g, SplittableRandom random) {
        sky(g, 0x98A6B6, 0xC2CAD2);
        hill(g, 0xA9B5AE, 76 + random.nextInt(8), random);
        g.setStroke(new BasicStroke(1, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.setColor(new Color(0xDDE8F2));
        for (int i = 0; i < 34; i++) {
            double x = random.nextInt(100), y = random.nextInt(94);
            g.draw(new Line2D.Double(x, y, x - 2, y + 5));
        }
    }

    private static void snowy(Graphics2D g, SplittableRandom random) {
        sky(g, 0xC9D8EA, 0xE4ECF5);
        hill(g, 0xF2F6FA, 66 + random.nextInt(6), random);
        hill(g, 0xFDFEFF, 78 + random.nextInt(6), random);
        for (int i = 0; i < 36; i++) {
            dot(g, random, 0xFFFFFF, 0, 78, 0.8 + random.nextInt(8) / 10.0);
        }
    }

    private static void night(Graphics2D g, SplittableRandom random) {
        sky(g, 0x1D2456, 0x37407E);
        for (int i = 0; i < 26; i++) {
            dot(g, random, i % 3 == 0 ? 0xFFF2C0 : 0xD5DCFF, 0, 78, 0.5 + random.nextInt(4) / 10.0);
        }
        double x = random.nextBoolean() ? 11 : 84;
        var moon = new Area(circle(x, 11, 8));
        moon.subtract(new Area(circle(x + 4, 8.5, 7)));
        g.setColor(new Color(0xF6EFD0));
        g.fill(moon);
        hill(g, 0x2B3568, 76 + random.nextInt(8), random);
    }

    private static void sky(Graphics2D g, int top, int bottom) {
        g.setPaint(new GradientPaint(0, 0, new Color(top), 0, Scene.SIDE, new Color(bottom)));
        g.fillRect(0, 0, Scene.SIDE, Scene.SIDE);
    }

    private static void hill(Graphics2D g, int colour, double y, SplittableRandom random) {
        double sway = random.nextInt(13) - 6;
        var path = new Path2D.Double();
        path.moveTo(-1, y + sway);
        path.curveTo(30, y - 10, 60, y + 10, 97, y - sway);
        path.lineTo(97, 97);
        path.lineTo(-1, 97);
        g.setColor(new Color(colour));
        g.fill(path);
    }

    private static void dot(Graphics2D g, SplittableRandom random, int colour, int top, int bottom, double radius) {
        g.setColor(new Color(colour));
        g.fill(circle(random.nextInt(Scene.SIDE), top + random.nextInt(bottom - top), radius));
    }

    private static Ellipse2D circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }
}
