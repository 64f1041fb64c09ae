package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import vitune.data.Box;
import vitune.data.DataException;
import vitune.data.ImageContext;
import vitune.data.ResponseType;
import vitune.teach.TeacherRequest.Message;
import vitune.teach.TeacherRequest.Role;

/**
 * How a teacher is asked for one type of data: a system message, worked examples, then the context at hand.
 *
 * <p>Source: LLaVA §3; the texts are our own. A folder holds {@code system.txt}, {@code example1.user.txt},
 * {@code example1.assistant.txt} and so on; where it also holds {@code instructions.txt}, one a line, the teacher
 * writes the response alone and the instruction is drawn from there.
 *
 * <p><i>Differs:</i> conversations in the paper are asked for from captions alone; here boxes are always shown, for
 * counts and places. {@link #withBoxes} restores the paper's way.
 */
public final class Prompts {
    private static final String SHIPPED = "prompts/";

    private final ResponseType type;
    private final List<Message> fixed;
    private final List<String> instructions;
    private final boolean boxes;

    private Prompts(ResponseType type, List<Message> fixed, List<String> instructions, boolean boxes) {
        this.type = type;
        this.fixed = List.copyOf(fixed);
        this.instructions = List.copyOf(instructions);
        this.boxes = boxes;
    }

    /** The prompts that the kit ships. */
    public static Prompts of(ResponseType type) {
        var folder = SHIPPED + type.label().replace(' ', '_') + "/";
        return read(type, folder, Prompts::resource);
    }

    /**
     * A user's own prompts for a type.
     *
     * @throws DataException where the system message or half of an example is missing
     */
    public static Prompts read(Path folder, ResponseType type) {
        return read(type, folder + "/", Prompts::file);
    }

    private interface Source {
        @Nullable
        String text(String name) throws IOException;
    }

    private static Prompts read(ResponseType type, String folder, Source source) {
        try {
            var fixed = new ArrayList<Message>();
            fixed.add(new Message(Role.SYSTEM, needed(source, folder + "system.txt")));
            for (int i = 1; ; i++) {
                var user = source.text(folder + "example" + i + ".user.txt");
                if (user == null) break;
                fixed.add(new Message(Role.USER, user.strip()));
                fixed.add(new Message(Role.ASSISTANT, needed(source, folder + "example" + i + ".assistant.txt")));
            }
            var list = source.text(folder + "instructions.txt");
            var instructions = list == null
                    ? List.<String>of()
                    : list.lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
            return new Prompts(type, fixed, instructions, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String needed(Source source, String name) throws IOException {
        var text = source.text(name);
        if (text == null || text.isBlank()) {
            throw new DataException(Path.of(name), "prompt", text == null ? "no file" : "an empty file", "a text");
        }
        return text.strip();
    }

    private static @Nullable String resource(String name) throws IOException {
        try (InputStream in = Prompts.class.getResourceAsStream(name)) {
            return in == null ? null : new String(in.readAllBytes(), UTF_8);
        }
    }

    private static @Nullable String file(String name) throws IOException {
        var path = Path.of(name);
        return Files.exists(path) ? Files.readString(path) : null;
    }

    /** A copy that shows or hides the boxes. */
    public Prompts withBoxes(boolean boxes) {
        return new Prompts(type, fixed, instructions, boxes);
    }

    /** What these prompts ask for. */
    public ResponseType type() {
        return type;
    }

    /** System message and examples. */
    public List<Message> messages() {
        return fixed;
    }

    /** The instructions to draw from; empty where the teacher writes them. */
    public List<String> instructions() {
        return instructions;
    }

    /** The instruction that belongs to a sample: always the same one; null where the teacher writes it. */
    public @Nullable String instruction(String sampleId) {
        if (instructions.isEmpty()) return null;
        return instructions.get(new SplittableRandom(sampleId.hashCode()).nextInt(instructions.size()));
    }

    /** The form of the reply. */
    public ReplyForm form() {
        return instructions.isEmpty() ? ReplyForm.TURNS : ReplyForm.RESPONSE;
    }

    /** SHA-256 of what these prompts say, for provenance. */
    public String hash() {
        var texts = fixed.stream().flatMap(m -> Stream.of(m.role().label(), m.text()));
        return TeacherRequest.hash(Stream.concat(texts, Stream.of(form().schema(), String.valueOf(boxes)))
                .toList());
    }

    /** The request about these pictures, one or two as the type asks. */
    public TeacherRequest request(List<ImageContext> contexts, boolean pixels) {
        if (contexts.size() != type.images()) {
            throw new IllegalArgumentException(type + " needs " + type.images() + " pictures, got " + contexts.size());
        }
        var messages = new ArrayList<>(fixed);
        messages.add(new Message(Role.USER, context(contexts)));
        var images = pixels ? contexts.stream().map(ImageContext::image).toList() : List.<Path>of();
        return new TeacherRequest(type, messages, form(), images);
    }

    private String context(List<ImageContext> contexts) {
        if (contexts.size() == 1) return context(contexts.get(0));
        var text = new StringBuilder();
        for (int i = 0; i < contexts.size(); i++) {
            text.append(i == 0 ? "" : "\n\n")
                    .append("Picture " + (i + 1) + ":\n")
                    .append(context(contexts.get(i)));
        }
        return text.toString();
    }

    /** The captions, an empty line, {@code category: [x1, y1, x2, y2]}. Source: LLaVA §3. */
    private String context(ImageContext context) {
        var captions = String.join("\n", context.captions());
        if (!boxes || context.boxes().isEmpty()) return captions;
        var lines = context.boxes().stream().map(box -> line(box, context)).collect(Collectors.joining("\n"));
        return captions + "\n\n" + lines;
    }

    private static String line(Box box, ImageContext context) {
        double[] b = box.normalised(context.width(), context.height());
        return String.format(Locale.ROOT, "%s: [%.3f, %.3f, %.3f, %.3f]", box.category(), b[0], b[1], b[2], b[3]);
    }

    /** The shipped prompts of every type. */
    static Map<ResponseType, Prompts> shipped() {
        return Stream.of(ResponseType.values()).collect(Collectors.toMap(type -> type, Prompts::of));
    }

    @Override
    public String toString() {
        return type.label() + ": " + fixed.size() / 2 + " examples, " + (boxes ? "with" : "without") + " boxes";
    }
}
