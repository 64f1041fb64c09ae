package vitune.shell;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import java.util.UUID;

/** The functions that a cell may call by their bare names under {@link NotebookKernel}, as under IJava. */
public final class NotebookFunctions {
    private NotebookFunctions() {}

    /** What the notebook would show for a value. */
    public static DisplayData render(Object value) {
        return value instanceof DisplayData data ? data : kernel().getRenderer().render(value);
    }

    /** What the notebook would show for a value as the given MIME types. */
    public static DisplayData render(Object value, String... types) {
        return kernel().getRenderer().renderAs(value, types);
    }

    /**
     * Shows a value now, in the middle of a cell.
     *
     * @return an id to {@linkplain #updateDisplay update} it by
     */
    public static String display(Object value) {
        return show(render(value));
    }

    /**
     * Shows a value as the given MIME types.
     *
     * @return an id to {@linkplain #updateDisplay update} it by
     */
    public static String display(Object value, String... types) {
        return show(render(value, types));
    }

    /** Shows a value in the place of what was displayed under the id. */
    public static void updateDisplay(String id, Object value) {
        kernel().update(id, render(value));
    }

    /** Shows a value as the given MIME types in the place of what was displayed under the id. */
    public static void updateDisplay(String id, Object value, String... types) {
        kernel().update(id, render(value, types));
    }

    /** Prints formatted text. */
    public static void printf(String format, Object... values) {
        System.out.printf(format, values);
    }

    private static String show(DisplayData data) {
        if (!data.hasDisplayId()) {
            data.setDisplayId(UUID.randomUUID().toString());
        }
        kernel().display(data);
        return data.getDisplayId();
    }

    private static NotebookKernel kernel() {
        NotebookKernel kernel = NotebookKernel.running();
        if (kernel == null) {
            throw new IllegalStateException("no notebook kernel runs in this process");
        }
        return kernel;
    }
}
