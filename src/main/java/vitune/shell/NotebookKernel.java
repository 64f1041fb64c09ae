package vitune.shell;

import io.github.spencerpark.jupyter.channels.JupyterConnection;
import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.KernelConnectionProperties;
import io.github.spencerpark.jupyter.kernel.LanguageInfo;
import io.github.spencerpark.jupyter.kernel.ReplacementOptions;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.util.GlobFinder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jdk.jshell.SourceCodeAnalysis;
import org.jspecify.annotations.Nullable;

/**
 * The built-in Jupyter kernel for Java, on IJava's own base library: notebooks written for IJava run unchanged, and it
 * is there wherever the kit is. It loses no output, stops a cell that never ends, and tells an error by cell, line and
 * caret.
 *
 * <p>Main: {@code NotebookKernel CONNECTION_FILE}. From the environment, as IJava: {@code IJAVA_CLASSPATH}, {@code
 * IJAVA_COMPILER_OPTS}, {@code IJAVA_STARTUP_SCRIPTS_PATH} and {@code IJAVA_STARTUP_SCRIPT}.
 *
 * <p>Library code that shows things in a notebook finds the kernel by reflection, so that it needs no Jupyter library
 * and serves IJava and JJava by the same lines: {@link #running()}, then {@code getIO().display} and {@code
 * getRenderer()} of the base library, which those kernels have too (there: {@code IJava.getKernelInstance()}, {@code
 * BaseKernel.notebookKernel()}).
 *
 * <p>Differs from IJava: no magics ({@code %maven} and the like); the kit's class path comes from the kernelspec.
 */
public final class NotebookKernel extends BaseKernel {
    private static final String FUNCTIONS = "import static " + NotebookFunctions.class.getName() + ".*;";
    /** Code in a cell has no other way to the kernel of its process, and Jupyter starts one process for each kernel. */
    private static volatile @Nullable NotebookKernel running;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(NotebookKernel::daemon);
    private final CellOutput out = new CellOutput(getIO().out, timer);
    private final CellOutput err = new CellOutput(getIO().err, timer);
    private final CodeSession session;
    private final Queue<CodeSource> startup = new ArrayDeque<>();

    /**
     * A kernel that is not connected yet.
     *
     * @param environment variables by name
     * @throws IOException if a start-up script cannot be read
     */
    public NotebookKernel(Map<String, String> environment) throws IOException {
        String options = environment.getOrDefault("IJAVA_COMPILER_OPTS", "").strip();
        session = new CodeSession(options.isEmpty() ? List.of() : List.of(options.split("\\s+")), CodeSession.TRACE);
        for (Path path : paths(environment.getOrDefault("IJAVA_CLASSPATH", ""))) {
            session.addToClasspath(path.toString());
        }
        startup.add(CodeSource.file("kernel", FUNCTIONS));
        for (Path path : paths(environment.getOrDefault("IJAVA_STARTUP_SCRIPTS_PATH", ""))) {
            startup.add(CodeSource.file(String.valueOf(path.getFileName()), Files.readString(path)));
        }
        startup.add(CodeSource.file("IJAVA_STARTUP_SCRIPT:", environment.getOrDefault("IJAVA_STARTUP_SCRIPT", "")));
        setShouldReplaceStdStreams(false); // done once in main, through streams that lose nothing
    }

    /** Serves one front end until it says goodbye. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("one argument expected, the connection file; got " + arguments.length);
        }
        Logger.getLogger("").setLevel(Level.WARNING); // the base library tells every step; cells would show it in red
        String properties = Files.readString(Path.of(arguments[0]));
        var connection = new JupyterConnection(KernelConnectionProperties.parse(properties));
        connection.getIOPub().setSndHWM(0); // without a limit no message is dropped
        var kernel = new NotebookKernel(System.getenv());
        running = kernel;
        System.setOut(kernel.out.printer());
        System.setErr(kernel.err.printer());
        System.setIn(kernel.getIO().in);
        kernel.becomeHandlerForConnection(connection);
        connection.connect();
        connection.waitUntilClose();
        System.exit(0);
    }

    /** The kernel of this process, or null where no notebook runs. */
    public static @Nullable NotebookKernel running() {
        return running;
    }

    @Override
    public @Nullable DisplayData eval(String code) throws Exception {
        out.open();
        err.open();
        try {
            for (CodeSource source = startup.poll(); source != null; source = startup.poll()) {
                session.run(source);
            }
            var cell = CodeSource.cell(Math.max(1, executionCount.get() - 1), code);
            refuseMagics(cell);
            Object value = session.run(cell);
            return value == null || value instanceof DisplayData
                    ? (DisplayData) value
                    : getRenderer().render(value);
        } finally {
            System.out.flush();
            out.shut();
            err.shut();
        }
    }

    @Override
    public void display(DisplayData data) {
        System.out.flush(); // what was printed first comes first
        super.display(data);
    }

    void update(String id, DisplayData data) {
        System.out.flush();
        getIO().display.updateDisplay(id, data);
    }

    @Override
    public void interrupt() {
        session.interrupt();
    }

    @Override
    public List<String> formatError(Exception error) {
        if (!(error instanceof CodeException code)) {
            return super.formatError(error);
        }
        var lines = new ArrayList<>(code.lines());
        lines.set(0, "\u001b[1;31m" + lines.get(0) + "\u001b[0m");
        return lines;
    }

    @Override
    public @Nullable ReplacementOptions complete(String code, int at) {
        var anchor = new int[1];
        List<String> words = session.analysis().completionSuggestions(code, at, anchor).stream()
                .sorted(Comparator.comparing(suggestion -> !suggestion.matchesType()))
                .map(SourceCodeAnalysis.Suggestion::continuation)
                .distinct()
                .toList();
        return words.isEmpty() ? null : new ReplacementOptions(words, anchor[0], at);
    }

    @Override
    public @Nullable DisplayData inspect(String code, int at, boolean detailed) {
        int end = at;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
            end++;
        }
        if (end < code.length() && code.charAt(end) == '(') {
            end++; // the shell then tells the method's signatures
        }
        String text = session.analysis().documentation(code, end, true).stream()
                .map(found -> found.javadoc() == null ? found.signature() : found.signature() + "\n" + found.javadoc())
                .collect(Collectors.joining("\n\n"));
        return text.isEmpty() ? null : new DisplayData(text);
    }

    @Override
    public String isComplete(String code) {
        var info = session.analysis().analyzeCompletion(code);
        while (info.completeness().isComplete() && !info.remaining().isBlank()) {
            info = session.analysis().analyzeCompletion(info.remaining());
        }
        return switch (info.completeness()) {
            case UNKNOWN -> IS_COMPLETE_BAD;
            case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> "    "; // how to say: go on, indented so
            default -> IS_COMPLETE_YES;
        };
    }

    @Override
    public LanguageInfo getLanguageInfo() {
        return new LanguageInfo.Builder("Java")
                .version(Runtime.version().toString())
                .mimetype("text/x-java-source")
                .fileExtension(".jshell")
                .pygments("java")
                .codemirror("java")
                .build();
    }

    @Override
    public void onShutdown(boolean restarting) {
        session.close();
        timer.shutdownNow();
    }

    private static void refuseMagics(CodeSource cell) throws CodeException {
        if (cell.text().stripLeading().startsWith("%")) {
            int at = cell.text().indexOf('%');
            throw new CodeException(cell.at(cell.line(at)) + ": this kernel has no magics", cell.excerpt(at, at + 1));
        }
    }

    /** What a list in an environment variable names: paths, any of which may be a glob. */
    private static List<Path> paths(String list) throws IOException {
        var paths = new ArrayList<Path>();
        for (String entry : list.split(File.pathSeparator)) {
            if (entry.contains("*") || entry.contains("?")) {
                new GlobFinder(entry).computeMatchingPaths().forEach(paths::add);
            } else if (!entry.isBlank()) {
                paths.add(Path.of(entry));
            }
        }
        return paths;
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "cell output");
        thread.setDaemon(true);
        return thread;
    }
}
