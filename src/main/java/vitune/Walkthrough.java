package vitune;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The main job, once through: pictures with captions and boxes, a teacher that writes instruction data, a BLIP-2-style model,
 * alignment, instruction tuning, and the measure of each step beside a blind model.
 *
 * <p>Leaves in its folder {@code report.json}, the charts as PNG, and {@code index.html}. A run that was cut goes on where it
 * stopped: scenes, replies and training steps that are finished are kept.
 */
public final class Walkthrough {
    private Walkthrough() {}

    /** Runs the walkthrough; see {@code --help}. Exit code 0 when all went well, 1 for an error, 2 for a wrong command line. */
    public static void main(String[] arguments) {
        Thread main = Thread.currentThread();
        Thread stop = new Thread(() -> interrupt(main));
        Runtime.getRuntime().addShutdownHook(stop);
        int code = run(List.of(arguments), System.out, System.err);
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            return; // Ctrl-C: the JVM is ending already, and waits for this thread
        }
        System.exit(code);
    }

    /** Ctrl-C asks the walk to stop, and waits until what is finished is saved. */
    private static void interrupt(Thread main) {
        main.interrupt();
        try {
            main.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(WalkthroughOptions.USAGE);
            return 0;
        }
        Path home = Path.of(System.getProperty("vitune.home", "."));
        WalkthroughOptions options;
        try {
            options = WalkthroughOptions.parse(home, arguments);
        } catch (IllegalArgumentException e) {
            err.println("walkthrough: " + e.getMessage() + "\n" + WalkthroughOptions.USAGE);
            return 2;
        }
        try {
            new Walk(options, out).go();
            return 0;
        } catch (CancellationException e) {
            err.println("\nwalkthrough: stopped: " + e.getMessage() + "\nThe same command goes on from here.");
        } catch (RuntimeException e) {
            err.println("\nwalkthrough: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
            if (Boolean.getBoolean("vitune.debug")) {
                e.printStackTrace(err);
            }
        }
        return 1;
    }
}
