package vitune.teach;

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
import vitune.data.Turn;
import vitune.teach.TeacherRequest.Message;
import vitune.teach.TeacherRequest.Role;

/**
 * How a teacher is asked for one type of data: a system message, worked examples, then the context at hand.
 *
 * <p>Source: LLaVA §3; the texts are our own. A folder, named as the type, holds {@code system.txt}, {@code
 * example1.user.txt}, {@code example1.assistant.txt} (in JSON) and so on; the form of the reply is added to the system
 * message. Where it also holds {@code instructions.txt}, one a line, the teacher writes the response alone and the
 * instruction is drawn from there. {@code type.properties} may say {@code images} (pictures a sample, default 1),
 * {@code boxes} (shown or not, default true) and {@code format} (a sentence that ends each instruction, default none).
 *
 * <p><i>Differs:</i> conversations in the paper are asked for from captions alone; here boxes are always shown, for
 * counts and places. {@link #withBoxes} restores the paper's way.
 */
public final class Prompts {
    private final ResponseType type;
    private final ReplyForm form;
    private final List<Message> fixed;
    private final List<String> instructions;
    private final @Nullable String format;
    private final boolean boxes;

    Prompts(
            ResponseType type,
            ReplyForm form,
            List<Message> fixed,
            List<String> instructions,
            @Nullable String format,
            boolean boxes) {
        this.type = type;
        this.form = form;
        this.fixed = List.copyOf(fixed);
        this.instructions = List.copyOf(instructions);
        this.format = format;
        this.boxes = boxes;
    }

    /** The prompts that the kit ships for a type. */
    public static Prompts of(ResponseType type) {
        if (!ResponseType.shipped().contains(type)) {
            throw new IllegalArgumentException("the kit ships prompts for " + ResponseType.shipped() + ", not for \""
                    + type + "\"; read your own from a folder: Prompts.read");
        }
        return PromptFolder.shipped(type);
    }

    /**
     * A user's own prompts. The folder's name names the type: one that the kit ships, or a new one.
     *
     * @throws DataException where the system message, an example or half of one is missing, an example does not keep to the
     *     form, or {@code type.properties} is wrong
     */
    public static Prompts read(Path folder) {
        return PromptFolder.read(folder);
    }

    /** A copy that shows or hides the boxes. */
    public Prompts withBoxes(boolean boxes) {
        return new Prompts(type, form, fixed, instructions, format, boxes);
    }

    /** A copy that asks for plain text in place of JSON, for servers that keep to no schema; the examples change with it. */
    public Prompts asText() {
        var text = form.asText();
        var messages = fixed.stream()
                .map(message -> switch (message.role()) {
                    case SYSTEM -> new Message(Role.SYSTEM, message.text().replace(form.words(), text.words()));
                    case USER -> message;
                    case ASSISTANT -> new Message(Role.ASSISTANT, text.write(turns(message.text())));
                })
                .toList();
        return new Prompts(type, text, messages, instructions, format, boxes);
    }

    private List<Turn> turns(String example) {
        try {
            return form.read(example, "?");
        } catch (ReplyForm.Unreadable e) {
            throw new IllegalStateException("an example was read before", e);
        }
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
    List<String> instructions() {
        return instructions;
    }

    /** The instruction that belongs to a sample: always the same one; null where the teacher writes it. */
    public @Nullable String instruction(String sampleId) {
        if (instructions.isEmpty()) return null;
        return instructions.get(new SplittableRandom(sampleId.hashCode()).nextInt(instructions.size()));
    }

    /** The form of the reply. */
    ReplyForm form() {
        return form;
    }

    /** The turns that a reply gives a sample. */
    List<Turn> read(String reply, String sampleId) throws ReplyForm.Unreadable {
        var turns = form.read(reply, instruction(sampleId));
        if (format == null) return turns;
        return turns.stream()
                .map(turn -> new Turn(turn.instruction() + "\n" + format, turn.response()))
                .toList();
    }

    /** SHA-256 of what these prompts say, for provenance. */
    public String hash() {
        var texts = fixed.stream().flatMap(m -> m.parts().stream());
        var rest = Stream.of(form.schema(), String.valueOf(boxes), String.valueOf(format));
        return TextHash.of(Stream.of(texts, rest, instructions.stream())
                        .flatMap(part -> part)
                        .toList())
                .hex();
    }

    /** The request about these pictures, as many as the type shows. */
    public TeacherRequest request(List<ImageContext> contexts, boolean pixels) {
        if (contexts.size() != type.images()) {
            throw new IllegalArgumentException(type + " needs " + type.images() + " pictures, got " + contexts.size());
        }
        var messages = new ArrayList<>(fixed);
        messages.add(new Message(Role.USER, context(contexts)));
        var images = pixels ? contexts.stream().map(ImageContext::image).toList() : List.<Path>of();
        return new TeacherRequest(type, messages, form, images);
    }

    private String context(List<ImageContext> contexts) {
        if (contexts.size() == 1) return context(contexts.get(0), boxes);
        var text = new StringBuilder();
        for (int i = 0; i < contexts.size(); i++) {
            text.append(i == 0 ? "" : "\n\n")
                    .append("Picture " + (i + 1) + ":\n")
                    .append(context(contexts.get(i), boxes));
        }
        return text.toString();
    }

    /** A picture in words: its captions, an empty line, {@code category: [x1, y1, x2, y2]} a box. Source: LLaVA §3. */
    public static String context(ImageContext context, boolean boxes) {
        var captions = String.join("\n", context.captions());
        if (!boxes || context.boxes().isEmpty()) return captions;
        var lines = context.boxes().stream().map(box -> line(box, context)).collect(Collectors.joining("\n"));
        return captions + "\n\n" + lines;
    }

    private static String line(Box box, ImageContext context) {
        double[] b = box.normalised(context.width(), context.height());
        return box.category() + ": [" + three(b[0]) + ", " + three(b[1]) + ", " + three(b[2]) + ", " + three(b[3])
                + "]";
    }

    /** {@code %.3f}, twenty times as fast where rounding is in no doubt: a run formats millions of coordinates. */
    static String three(double value) {
        double thousandths = value * 1000, floor = Math.floor(thousandths);
        if (!(value >= 0 && value < 1000) || Math.abs(thousandths - floor - 0.5) < 1e-6) {
            return String.format(Locale.ROOT, "%.3f", value);
        }
        long digits = (long) floor + (thousandths - floor > 0.5 ? 1 : 0);
        long rest = digits % 1000;
        return digits / 1000 + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + rest;
    }

    /** The shipped prompts of every type. */
    static Map<ResponseType, Prompts> shipped() {
        return ResponseType.shipped().stream().collect(Collectors.toMap(type -> type, Prompts::of));
    }

    @Override
    public String toString() {
        return type.label() + ": " + fixed.size() / 2 + " examples, " + (boxes ? "with" : "without") + " boxes";
    }
}
