package vitune.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.UnresolvedReferenceException;
import org.jspecify.annotations.Nullable;

/**
 * A JShell that runs whole scripts and cells in this process, stops at the first error and says where it is. What the
 * user can mend (arguments, data, files, a server) is said in one line; the way through the code, where it is a fault of
 * the code, or asked for.
 */
final class CodeSession implements AutoCloseable {
    /** Whether everything is told with the way through the code: VITUNE_TRACE=1. */
    static final boolean TRACE = "1".equals(System.getenv("VITUNE_TRACE"));

    /** What a user can mend; subclasses too. */
    private static final Set<String> MISTAKES = Set.of(
            "java.lang.IllegalArgumentException",
            "java.io.UncheckedIOException",
            "vitune.data.DataException",
            "vitune.hub.HubException",
            "vitune.teach.CapReachedException",
            "vitune.teach.TeacherException");

    private static final int MOST_ERRORS = 5;
    private static final int MOST_FRAMES = 20;

    private final LiveExecution execution = new LiveExecution();
    private final JShell shell;
    private final Map<String, Origin> origins = new HashMap<>(); // by snippet id
    private final boolean trace;
    private final List<DeclarationSnippet> waiting = new ArrayList<>();
    private volatile boolean interrupted;

    /** Where a snippet came from. */
    private record Origin(CodeSource source, int offset) {
        int line() {
            return source.line(offset);
        }

        int line(StackTraceElement frame) {
            return line() + frame.getLineNumber() - 1;
        }

        String at(StackTraceElement frame) {
            return source.at(line(frame));
        }
    }

    /** @param trace whether each error is told with the way through the code */
    CodeSession(List<String> compilerOptions, boolean trace) {
        this.trace = trace;
        shell = JShell.builder()
                .executionEngine(execution, Map.of())
                .compilerOptions(compilerOptions.toArray(String[]::new))
                .build();
    }

    /** Puts a jar or a folder of classes in reach of the code. */
    void addToClasspath(String path) {
        shell.addToClasspath(path);
    }

    SourceCodeAnalysis analysis() {
        return shell.sourceCodeAnalysis();
    }

    /**
     * Runs all of a script or cell.
     *
     * @return the value of its last statement, null where that has none
     * @throws CodeException at the first error, or when {@link #interrupt} came
     */
    @Nullable
    Object run(CodeSource source) throws CodeException {
        interrupted = false;
        Object value = null;
        String rest = source.text();
        var info = analysis().analyzeCompletion(rest);
        while (info.completeness() != Completeness.EMPTY) {
            var origin = new Origin(
                    source, source.text().length() - rest.stripLeading().length());
            if (!info.completeness().isComplete()) {
                throw located(origin, "the code ends before this statement does");
            }
            if (interrupted) {
                throw stopped(origin);
            }
            value = evaluate(origin, info.source().stripLeading());
            if (info.completeness() == Completeness.UNKNOWN) { // and yet it ran: JShell took its first statement alone
                throw located(
                        origin,
                        "JShell cannot tell where this statement ends and leaves out what follows; on JDK 17 a switch"
                                + " expression that throws is such a one: write it as if and else");
            }
            rest = info.remaining();
            info = analysis().analyzeCompletion(rest);
        }
        requireDefined(Status.RECOVERABLE_NOT_DEFINED);
        return value;
    }

    /**
     * Complains about declarations whose bodies use what was never declared: for the end of a script, where nothing
     * more comes.
     */
    void requireDefined() throws CodeException {
        requireDefined(Status.RECOVERABLE_DEFINED);
    }

    /** Stops the code that runs now, from another thread. */
    void interrupt() {
        interrupted = true;
        shell.stop();
    }

    @Override
    public void close() {
        shell.close();
    }

    private @Nullable Object evaluate(Origin origin, String code) throws CodeException {
        List<SnippetEvent> events = shell.eval(code);
        Object result = execution.takeValue();
        Object value = null;
        for (SnippetEvent event : events) {
            if (event.causeSnippet() != null) {
                continue; // an older declaration that this one completed
            }
            Snippet snippet = event.snippet();
            origins.put(snippet.id(), origin);
            if (interrupted) {
                throw stopped(origin);
            }
            if (event.exception() != null) {
                throw thrown(origin, event.exception());
            }
            if (event.status() == Status.REJECTED) {
                throw rejected(origin, snippet);
            }
            if (snippet instanceof DeclarationSnippet declaration && event.status() != Status.VALID) {
                waiting.add(declaration);
            }
            value = switch (snippet.subKind()) {
                case VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND, TEMP_VAR_EXPRESSION_SUBKIND -> result;
                default -> null;
            };
        }
        return value;
    }

    private void requireDefined(Status status) throws CodeException {
        waiting.removeIf(snippet ->
                shell.status(snippet) == Status.VALID || !shell.status(snippet).isActive());
        for (DeclarationSnippet snippet : waiting) {
            if (shell.status(snippet) == status) {
                waiting.remove(snippet);
                throw missing(origins.get(snippet.id()), snippet);
            }
        }
    }

    /**
     * The shell names what is missing ("method g(int)", "class Net") but not where: at the first use of the first name.
     */
    private CodeException missing(Origin origin, DeclarationSnippet snippet) {
        List<String> names = shell.unresolvedDependencies(snippet).sorted().toList();
        String first =
                names.isEmpty() ? "" : names.get(0).replaceFirst("^\\w+ ", "").replaceFirst("\\(.*", "");
        var use = Pattern.compile("\\b" + Pattern.quote(first) + "\\b").matcher(origin.source.text());
        int at = use.find(origin.offset) ? use.start() : origin.offset;
        return located(origin.source, at, at + first.length(), "not declared: " + String.join(", ", names), List.of());
    }

    private static CodeException stopped(Origin origin) {
        return new CodeException(origin.source.at(origin.line()) + ": interrupted", List.of());
    }

    private CodeException rejected(Origin origin, Snippet snippet) {
        List<Diag> errors = shell.diagnostics(snippet)
                .filter(Diag::isError)
                .limit(MOST_ERRORS)
                .toList();
        if (errors.isEmpty()) {
            return located(origin, "does not compile");
        }
        var details = new ArrayList<String>();
        CodeException first = diagnosed(origin, errors.get(0));
        for (Diag error : errors.subList(1, errors.size())) {
            details.addAll(diagnosed(origin, error).lines());
        }
        details.addAll(0, first.lines().subList(1, first.lines().size()));
        return new CodeException(first.getMessage(), details);
    }

    private static CodeException diagnosed(Origin origin, Diag error) {
        List<String> message = error.getMessage(null)
                .lines()
                .filter(line -> !line.strip().startsWith("location:"))
                .toList();
        int from = origin.offset + (int) Math.max(0, error.getStartPosition());
        int to = origin.offset + (int) Math.max(0, error.getEndPosition());
        List<String> more = message.stream().skip(1).map(line -> "  " + line).toList();
        return located(origin.source, from, to, message.get(0), more);
    }

    private static CodeException located(Origin origin, String what) {
        return located(origin.source, origin.offset, origin.offset, what, List.of());
    }

    private static CodeException located(CodeSource source, int from, int to, String what, List<String> more) {
        var details = new ArrayList<>(source.excerpt(from, to));
        details.addAll(more);
        return new CodeException(source.at(source.line(from)) + ": " + what, details);
    }

    private CodeException thrown(Origin origin, JShellException exception) {
        if (exception instanceof UnresolvedReferenceException unresolved) {
            return missing(origins.get(unresolved.getSnippet().id()), unresolved.getSnippet());
        }
        Origin place = origin;
        int line = origin.line();
        for (StackTraceElement frame : exception.getStackTrace()) {
            Origin declared = origin(frame);
            if (declared != null) {
                place = declared;
                line = declared.line(frame);
                break;
            }
        }
        if (!trace && exception instanceof EvalException eval && mistaken(eval)) {
            boolean misused = eval.getExceptionClassName().equals(CommandLineException.class.getName());
            return new CodeException(place.source.at(line) + ": " + reason(eval), List.of(), misused);
        }
        var details = new ArrayList<>(place.source.excerpt(place.source.start(line), 0));
        details.addAll(frames(exception));
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            details.add("caused by " + describe(cause));
            details.addAll(frames(cause));
        }
        return new CodeException(place.source.at(line) + ": " + describe(exception), details);
    }

    private List<String> frames(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        var lines = new ArrayList<String>();
        for (StackTraceElement frame : List.of(frames).subList(0, Math.min(frames.length, MOST_FRAMES))) {
            Origin declared = origin(frame);
            String name = frame.getMethodName().isEmpty() ? "" : " in " + frame.getMethodName();
            lines.add("    at " + (declared == null ? frame : declared.at(frame) + name));
        }
        if (frames.length > MOST_FRAMES) {
            lines.add("    … " + (frames.length - MOST_FRAMES) + " more");
        }
        return lines;
    }

    private @Nullable Origin origin(StackTraceElement frame) {
        String file = frame.getFileName();
        return file != null && file.startsWith("#") ? origins.get(file.substring(1)) : null;
    }

    private static boolean mistaken(EvalException thrown) {
        try {
            Class<?> type = Class.forName(thrown.getExceptionClassName());
            if (type == IllegalStateException.class) return byTheKit(thrown); // it misses a key, a library, a driver
            while (type != null && !MISTAKES.contains(type.getName())) type = type.getSuperclass();
            return type != null;
        } catch (ClassNotFoundException e) {
            return false; // declared in the script itself
        }
    }

    private static boolean byTheKit(EvalException thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        return frames.length > 0 && frames[0].getClassName().startsWith("vitune.");
    }

    /** The message, and of a file that cannot be read or written why not. */
    private static String reason(EvalException thrown) {
        String message = thrown.getMessage();
        if (message == null) return describe(thrown);
        if (!(thrown.getCause() instanceof EvalException cause)
                || !thrown.getExceptionClassName().equals("java.io.UncheckedIOException")) {
            return message;
        }
        String why = describe(cause).replaceFirst("^[\\w.]*\\.", "");
        return message.equals(describe(cause)) ? why : message + " (" + why + ")";
    }

    private static String describe(Throwable thrown) {
        String name = thrown instanceof EvalException eval
                ? eval.getExceptionClassName()
                : thrown.getClass().getName();
        return thrown.getMessage() == null ? name : name + ": " + thrown.getMessage();
    }
}
