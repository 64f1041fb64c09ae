package vitune.shell;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What cells print, sent to the notebook at most every 50 ms, so that a fast loop costs a few messages instead of
 * thousands. What a thread prints between two cells is kept for the next one: a notebook has no place for it.
 */
final class CellOutput extends OutputStream {
    private static final int PERIOD_MILLIS = 50;
    private static final int MOST_KEPT = 1 << 20; // bytes printed between cells

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final PrintStream notebook;
    private final ScheduledExecutorService timer;
    private boolean open;
    private boolean due;

    CellOutput(PrintStream notebook, ScheduledExecutorService timer) {
        this.notebook = notebook;
        this.timer = timer;
    }

    /** A print stream into this. */
    PrintStream printer() {
        return new PrintStream(this, false, StandardCharsets.UTF_8);
    }

    /** A cell begins. */
    synchronized void open() {
        open = true;
        schedule();
    }

    /** The cell ends: everything is sent. */
    synchronized void shut() {
        flush();
        open = false;
    }

    @Override
    public synchronized void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        if (open || kept.size() + length <= MOST_KEPT) {
            kept.write(bytes, offset, length);
            schedule();
        }
    }

    @Override
    public synchronized void flush() {
        due = false;
        if (open && kept.size() > 0) {
            notebook.write(kept.toByteArray(), 0, kept.size());
            notebook.flush();
            kept.reset();
        }
    }

    private void schedule() {
        if (open && !due && kept.size() > 0) {
            due = true;
            timer.schedule(this::flush, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
