package vitune.view;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a long task is: in a notebook a bar that is rewritten in place, in a terminal a bar with the time left for
 * whatever takes longer than two seconds, elsewhere (tests, pipes) nothing.
 *
 * <pre>{@code
 * ClipArt.draw(folder, 2000, 7, Pairs.TUNING, Progress.of("draw", 2000)::at);
 * }</pre>
 *
 * <p>The last step ends the bar; {@link #close()} is for tasks that may stop before.
 *
 * <p>The system property {@code vitune.progress} overrules the guess: {@code terminal} or {@code off}.
 */
public final class Progress implements AutoCloseable {
    private static final long PATIENCE = 2_000_000_000L; // nanoseconds before a terminal shows a bar

    private final String task;
    private final @Nullable Live live;
    private final @Nullable PrintStream terminal;
    private final LongSupplier nanos;
    private final long start;
    private @Nullable ProgressBar bar;
    private long total;
    private long done;
    /** Steps that were done before this task began: they tell nothing of its speed. */
    private long before = -1;

    private volatile double secondsLeft = Double.NaN; // NaN: as this task went so far
    private String note;
    private boolean closed;

    Progress(String task, long total, @Nullable Live live, @Nullable PrintStream terminal, LongSupplier nanos) {
        if (total < 0) {
            throw new IllegalArgumentException("total must be >= 0, got " + total);
        }
        this.task = task;
        this.total = total;
        this.live = live;
        this.terminal = terminal;
        this.nanos = nanos;
        this.note = "";
        this.start = nanos.getAsLong();
    }

    /**
     * A task of that many steps, shown where the code runs.
     *
     * @throws IllegalArgumentException if total is negative
     */
    public static Progress of(String task, long total) {
        String wish = System.getProperty("vitune.progress", "");
        Notebook notebook = wish.isEmpty() ? Notebook.running() : null;
        boolean terminal = wish.equals("terminal") || wish.isEmpty() && notebook == null && interactive();
        return new Progress(
                task,
                total,
                notebook == null ? null : new Live(notebook, Live.TENTH, System::nanoTime),
                terminal ? System.err : null,
                System::nanoTime);
    }

    /** One that shows nothing. */
    public static Progress silent() {
        return new Progress("", 0, null, null, System::nanoTime);
    }

    /** Whether a person looks at the standard streams. Since Java 22 a console alone does not say so. */
    private static boolean interactive() {
        if (System.console() == null) {
            return false;
        }
        try {
            Method isTerminal = java.io.Console.class.getMethod("isTerminal");
            return (boolean) isTerminal.invoke(System.console());
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** One step more is done. */
    public void step() {
        at(done + 1, note);
    }

    /** One step more is done; the note says something about it, for example the loss. */
    public void step(String note) {
        at(done + 1, note);
    }

    /** That many steps are done. */
    public void at(long done) {
        at(done, note);
    }

    /** That many steps are done, of a total that is only known now. */
    public void at(long done, long total) {
        at(done, total, note);
    }

    /** That many steps are done, of a total that is only known now; those of the first call were done before. */
    public void at(long done, long total, String note) {
        synchronized (this) {
            this.total = total;
            if (before < 0) before = done;
        }
        at(done, note);
    }

    /** That many steps are done, and so much is left by the caller's own reckoning. */
    synchronized void at(long done, double secondsLeft, String note) {
        this.secondsLeft = secondsLeft;
        at(done, note);
    }

    /** That many steps are done; the note says something about the last one. */
    public synchronized void at(long done, String note) {
        this.done = done;
        this.note = note;
        if (closed) {
            return;
        }
        if (done >= total && total > 0) {
            close();
        } else if (live != null) {
            live.html(Html.bar(done, total, line(left())), line(left()));
        } else if (terminal != null && nanos.getAsLong() - start > PATIENCE) {
            bar().maxHint(total).stepTo(done).setExtraMessage(" " + note);
        }
    }

    /** Ends the bar: with a line that names no times, so that a notebook reads the same after every run. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (live != null) {
            String end = line(done >= total ? "" : "stopped");
            live.html(Html.bar(done, total, end), end);
            live.close();
        }
        if (bar != null) {
            bar.stepTo(done).setExtraMessage(" " + note).close();
        }
    }

    private String line(String state) {
        return task + " \u00b7 " + done + " of " + total + (state.isEmpty() ? "" : " \u00b7 " + state)
                + (note.isEmpty() ? "" : " \u00b7 " + note);
    }

    private String left() {
        double seconds = (nanos.getAsLong() - start) / 1e9;
        long now = done - Math.max(0, before);
        if (now <= 0 || done >= total || seconds < 1) {
            return "";
        }
        long rest = Math.round(Double.isNaN(secondsLeft) ? seconds * (total - done) / now : secondsLeft);
        String minutes = rest < 3600 ? "" + rest / 60 : rest / 3600 + ":" + two(rest / 60 % 60);
        return minutes + ":" + two(rest % 60) + " left";
    }

    private static String two(long number) {
        return (number < 10 ? "0" : "") + number;
    }

    /** Columns of the terminal, as {@code stty} knows them; 100 where it does not. */
    private static int columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).split("\\s+");
            return size.length < 2 ? 100 : Math.max(40, Integer.parseInt(size[1]) - 1);
        } catch (IOException | NumberFormatException e) {
            return 100;
        }
    }

    private ProgressBar bar() {
        if (bar == null) {
            boolean blocks = Charset.defaultCharset().newEncoder().canEncode('\u2588');
            ProgressBarBuilder builder = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setStyle(blocks ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
                    .setConsumer(new ConsoleProgressBarConsumer(terminal, columns()))
                    .setUpdateIntervalMillis(200)
                    .startsFrom(done, Duration.ofNanos(nanos.getAsLong() - start));
            if (!Double.isNaN(secondsLeft)) {
                builder.setEtaFunction(state -> Optional.of(Duration.ofMillis(Math.round(1e3 * secondsLeft))));
            }
            bar = builder.build();
        }
        return bar;
    }
}
