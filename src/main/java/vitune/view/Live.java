package vitune.view;

import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A place in the output that is rewritten: at most ten times a second, and the last state always, on {@link #close()}.
 * In JShell and scripts only that last state is shown. From {@link Show#live()}; safe to use from several threads.
 */
public final class Live implements AutoCloseable {
    static final long TENTH = 100_000_000; // of a second, in nanoseconds

    private final Screen screen;
    private final LongSupplier nanos;
    private final long pause;
    private final String place = "vitune-" + UUID.randomUUID();
    private @Nullable Supplier<Shown> pending;
    private boolean shown;
    private long last;

    Live(Screen screen, long pause, LongSupplier nanos) {
        this.screen = screen;
        this.pause = pause;
        this.nanos = nanos;
    }

    /** Puts a value in the place: a picture, a chart, a table or text, always of the same sort. */
    public void set(Object value) {
        put(() -> Shown.of(value));
    }

    /**
     * Puts a value in the place that is worth making only if it is really shown: a chart that is drawn again and again.
     */
    public void draw(Supplier<?> value) {
        put(() -> Shown.of(value.get()));
    }

    /** Puts HTML in the place, and the line of text that stands for it elsewhere. */
    public void html(String html, String text) {
        put(() -> Shown.html(html, text));
    }

    private synchronized void put(Supplier<Shown> next) {
        pending = next;
        if (screen.rewrites() && (!shown || nanos.getAsLong() - last >= pause)) {
            flush();
        }
    }

    private void flush() {
        if (pending != null) {
            Shown next = pending.get();
            pending = null;
            screen.show(place, next, shown);
            shown = true;
            last = nanos.getAsLong();
        }
    }

    /** Shows the last state, if it is not shown yet. */
    @Override
    public synchronized void close() {
        flush();
    }
}
