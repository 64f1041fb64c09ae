package vitune.view;

import java.awt.image.BufferedImage;
import org.knowm.xchart.internal.chartpart.IChart;
import tech.tablesaw.table.Relation;

/**
 * Shows things where the code runs: in the notebook's output, or in JShell and scripts as text and files under
 * {@code runs/shown}, with a window where there is a desktop.
 *
 * <p>The last value of a cell shows itself; this is for what comes before it and for what changes while a cell runs.
 */
public final class Show {
    private Show() {}

    /**
     * Shows a value: pictures, images and XChart charts as PNG, Tablesaw tables as tables, a {@link VerdictGallery} as a
     * page, anything else as its text.
     */
    public static void it(Object value) {
        Screen.current().show(Shown.of(value));
    }

    /** Shows a piece of HTML; it should bring no scripts. */
    public static void html(String html) {
        Screen.current()
                .show(Shown.html(
                        html,
                        html.replaceAll("<[^>]*>", " ").replaceAll("\\s+", " ").strip()));
    }

    /** A place in the output that can be rewritten; close it before the cell ends. */
    public static Live live() {
        return new Live(Screen.current(), Live.TENTH, System::nanoTime);
    }

    /**
     * Teaches the notebook's kernel to render pictures, charts, tables and galleries that are the last value of a cell. The
     * start-up script calls it; where no kernel runs, or it cannot be taught, nothing happens.
     */
    public static void install() {
        Notebook notebook = Notebook.running();
        if (notebook == null) {
            return;
        }
        try {
            notebook.register(BufferedImage.class, Shown.PNG);
            notebook.register(IChart.class, Shown.PNG);
            notebook.register(Relation.class, Shown.HTML);
            notebook.register(VerdictGallery.class, Shown.HTML);
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.getLogger(Show.class.getName()).log(System.Logger.Level.DEBUG, "values are shown as text", e);
        }
    }
}
