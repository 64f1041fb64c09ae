package vitune.shell;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs a JShell script, or the code cells of a notebook in order, as a program: it stops at the first error and says
 * where.
 *
 * <p>Main: {@code BatchRunner [--startup FILE] SCRIPT.jsh|NOTEBOOK.ipynb [argument…]}. The script sees its arguments as
 * {@code args}. Exit code 0 when all ran, 1 at an error, 2 when the command line is wrong. A line {@code /exit} ends a
 * script early, as it does in JShell; JShell's other commands are refused.
 */
public final class BatchRunner {
    private static final Pattern COMMAND = Pattern.compile(
            "/(drop|edit|env|exit|help|history|imports|list|methods|open|reload|reset|save|set|types|vars)\\b.*");
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private final @Nullable Path startup;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean trace;

    /**
     * A runner.
     *
     * @param startup imports and declarations that run before the file, or null
     * @param out where a notebook's values go
     * @param err where errors go
     */
    public BatchRunner(@Nullable Path startup, PrintStream out, PrintStream err) {
        this(startup, out, err, CodeSession.TRACE);
    }

    BatchRunner(@Nullable Path startup, PrintStream out, PrintStream err, boolean trace) {
        this.startup = startup;
        this.out = out;
        this.err = err;
        this.trace = trace;
    }

    /** Runs the file named on the command line and ends the process with its exit code. */
    public static void main(String[] arguments) {
        var words = new ArrayList<>(List.of(arguments));
        Path startup = null;
        if (words.size() >= 2 && words.get(0).equals("--startup")) {
            startup = Path.of(words.get(1));
            words.subList(0, 2).clear();
        }
        if (words.isEmpty()) {
            System.err.println("usage: BatchRunner [--startup FILE] SCRIPT.jsh|NOTEBOOK.ipynb [argument ...]");
            System.exit(MISUSED);
        }
        var runner = new BatchRunner(startup, System.out, System.err);
        int code = runner.run(Path.of(words.get(0)), words.subList(1, words.size()));
        System.out.flush();
        System.exit(code); // not left to the threads that a script started
    }

    /**
     * Runs a script or a notebook.
     *
     * @param file a file that ends in {@code .ipynb} is a notebook, any other a script
     * @param arguments what the code sees as {@code args}
     * @return 0 when all of it ran, 1 at an error, 2 when the command line is wrong or the file cannot
     *     be read
     */
    public int run(Path file, List<String> arguments) {
        boolean notebook = file.toString().endsWith(".ipynb");
        try (var session = new CodeSession(List.of(), trace)) {
            if (startup != null) {
                session.run(CodeSource.file(name(startup), Files.readString(startup)));
            }
            session.run(CodeSource.file("arguments", declaration(arguments)));
            for (CodeSource source : notebook ? cells(file) : List.of(script(file))) {
                Object value = session.run(source);
                if (notebook && value != null) {
                    out.println(value);
                }
            }
            session.requireDefined();
            return 0;
        } catch (CodeException e) {
            out.flush();
            e.lines().forEach(err::println);
            return e.misused() ? MISUSED : FAILED;
        } catch (NoSuchFileException e) {
            err.println("no such file: " + e.getMessage());
            return MISUSED;
        } catch (IOException | JsonParseException e) {
            err.println(file + " cannot be read: " + e.getMessage());
            return MISUSED;
        }
    }

    private static CodeSource script(Path file) throws IOException, CodeException {
        String name = name(file);
        String text = Files.readString(file);
        int offset = 0;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("/exit")) {
                return CodeSource.file(name, text.substring(0, offset));
            }
            if (COMMAND.matcher(line).matches()) {
                var whole = CodeSource.file(name, text);
                throw new CodeException(
                        whole.at(whole.line(offset)) + ": a JShell command cannot run here",
                        whole.excerpt(offset, offset + line.length()));
            }
            offset += line.length() + 1;
        }
        return CodeSource.file(name, text);
    }

    /**
     * The code cells, each named by its place among all cells as a reader counts them: {@code first.ipynb:cell 4:2}.
     */
    private static List<CodeSource> cells(Path notebook) throws IOException {
        var sources = new ArrayList<CodeSource>();
        JsonArray cells = JsonParser.parseString(Files.readString(notebook))
                .getAsJsonObject()
                .getAsJsonArray("cells");
        for (int i = 0; i < cells.size(); i++) {
            JsonObject cell = cells.get(i).getAsJsonObject();
            if (cell.get("cell_type").getAsString().equals("code")) {
                sources.add(CodeSource.file(name(notebook) + ":cell " + (i + 1), text(cell.get("source"))));
            }
        }
        return sources;
    }

    private static String text(JsonElement source) {
        if (source.isJsonPrimitive()) {
            return source.getAsString();
        }
        return StreamSupport.stream(source.getAsJsonArray().spliterator(), false)
                .map(JsonElement::getAsString)
                .collect(Collectors.joining());
    }

    private static String declaration(List<String> arguments) {
        return arguments.stream()
                .map(BatchRunner::literal)
                .collect(Collectors.joining(", ", "String[] args = {", "};"));
    }

    private static String literal(String word) {
        return word.chars()
                .mapToObj(c -> String.format(c > '\377' ? "\\u%04x" : "\\%03o", c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
