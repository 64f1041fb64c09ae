package vitune.view;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.None;

/** Colours, fonts and strokes that all pictures share. */
final class Theme {
    static final Color INK = new Color(0x1f2933);
    static final Color MUTED = new Color(0x66727f);
    static final Color GRID = new Color(0xe4e7eb);
    static final Color PAPER = Color.WHITE;
    static final Color RIGHT = new Color(0x00795c);
    static final Color WRONG = new Color(0xc04a00);
    static final BasicStroke LINE = new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    static final BasicStroke THIN = new BasicStroke(1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    static final BasicStroke DASHED =
            new BasicStroke(1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {4f, 3f}, 0f);

    /** Okabe and Ito 2008: told apart with any kind of colour vision. */
    private static final int[] PALETTE = {0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9};

    private Theme() {}

    /** The i-th colour; after six they start again. */
    static Color colour(int i) {
        return new Color(PALETTE[i % PALETTE.length]);
    }

    static Color withAlpha(Color colour, int alpha) {
        return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), alpha);
    }

    static Font plain(float size) {
        return font(Font.PLAIN, size);
    }

    static Font bold(float size) {
        return font(Font.BOLD, size);
    }

    /**
     * A font that can really be drawn: a bare server or container may have none, and then says so in many strange ways.
     */
    private static Font font(int style, float size) {
        try {
            Font font = new Font(Font.SANS_SERIF, style, 1).deriveFont(size);
            Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            g.getFontMetrics(font).stringWidth("x");
            g.dispose();
            return font;
        } catch (LinkageError | InternalError | RuntimeException e) {
            throw new IllegalStateException(
                    "this machine has no font to draw text with; install one, for example: "
                            + "apt-get install fontconfig fonts-dejavu-core",
                    e);
        }
    }

    /** Gives a chart the common look; its title and legend are drawn by the sheet it stands on. */
    static void apply(AxesChartStyler style) {
        style.setBaseFont(plain(13)).setChartTitleVisible(false).setLegendVisible(false);
        style.setChartFontColor(INK).setChartBackgroundColor(PAPER).setChartPadding(14);
        style.setPlotBackgroundColor(PAPER).setPlotBorderVisible(false).setPlotContentSize(0.98);
        style.setSeriesMarkers(new Marker[] {new None()});
        style.setAnnotationTextFont(plain(11)).setAnnotationTextFontColor(INK);
        style.setXAxisTitleColor(MUTED).setYAxisTitleColor(MUTED);
        style.setAxisTitleFont(plain(13)).setAxisTickLabelsFont(plain(12)).setAxisTickLabelsColor(MUTED);
        style.setAxisTitlePadding(8)
                .setAxisTickPadding(6)
                .setAxisTicksLineVisible(false)
                .setAxisTicksMarksVisible(false);
        style.setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(THIN)
                .setPlotGridVerticalLinesVisible(false)
                .setPlotMargin(0);
    }
}
