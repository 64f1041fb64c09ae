/**
 * The window: charts, galleries, attention maps, tables, live progress and a report page; everything a notebook, a
 * terminal or a reader sees. Each picture is drawn by a class named after it and comes back as a {@link
 * vitune.view.Picture}, which shows itself as the last value of a notebook cell, is one tidy line in JShell, and saves
 * as PNG. Only this room draws with XChart.
 */
@NullMarked
package vitune.view;

import org.jspecify.annotations.NullMarked;
