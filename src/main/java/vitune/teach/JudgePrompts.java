package vitune.teach;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;
import vitune.teach.TeacherRequest.Message;
import vitune.teach.TeacherRequest.Role;

/**
 * How a teacher is asked to judge: a system message, then under headings the picture in words, the question and two
 * answers. The judge is not told whose they are; the reply is plain text.
 *
 * <p>Source: LLaVA §5.1; the texts are our own.
 *
 * @param type the ledger's name for such requests
 * @param system what is to be done, and in which form the reply must come
 */
public record JudgePrompts(ResponseType type, String system) {
    private static final String PICTURE = "[Picture]", QUESTION = "[Question]", END = "[End]";
    private static final List<String> ANSWERS = List.of("[Answer 1]", "[Answer 2]");

    /** Two answers beside each other, as a judge reads them. */
    record Case(String picture, String question, String first, String second) {}

    /** Asks for two scores from 1 to 10 on the first line, then reasons. */
    public static JudgePrompts scores() {
        return shipped("judgement");
    }

    /** Asks for the letter of the right choice, in view of what two others replied. Source: LLaVA §5.2. */
    public static JudgePrompts decision() {
        return shipped("decision");
    }

    private static JudgePrompts shipped(String type) {
        return new JudgePrompts(ResponseType.of(type), PromptFolder.shippedText(type + "/system.txt"));
    }

    /**
     * The request to judge two answers.
     *
     * @param picture captions and boxes; blank where there is no picture
     * @param temperature 0 to 2, null for the server's own
     */
    public TeacherRequest request(
            String picture, String question, String first, String second, @Nullable Double temperature) {
        var text = new StringBuilder();
        part(text, PICTURE, picture);
        part(text, QUESTION, question);
        part(text, ANSWERS.get(0), first);
        part(text, ANSWERS.get(1), second);
        text.append(END);
        var messages = List.of(new Message(Role.SYSTEM, system), new Message(Role.USER, text.toString()));
        return new TeacherRequest(type, messages, ReplyForm.RESPONSE_AS_TEXT, List.of(), temperature);
    }

    /** An answer cannot end its part: a line of it that looks like a heading is moved in by a blank. */
    private static void part(StringBuilder text, String heading, String words) {
        text.append(heading).append('\n');
        words.strip()
                .lines()
                .forEach(line ->
                        text.append(isHeading(line) ? " " : "").append(line).append('\n'));
        text.append('\n');
    }

    private static boolean isHeading(String line) {
        return line.equals(PICTURE) || line.equals(QUESTION) || line.equals(END) || ANSWERS.contains(line);
    }

    /** What such a request holds; empty where the text is none. */
    static Optional<Case> read(String text) {
        if (!text.startsWith(PICTURE + "\n") || !text.endsWith("\n" + END)) return Optional.empty();
        var headings = new ArrayList<String>();
        var parts = new ArrayList<StringBuilder>();
        text.lines().forEach(line -> {
            if (isHeading(line)) {
                headings.add(line);
                parts.add(new StringBuilder());
            } else {
                parts.get(parts.size() - 1).append(line).append('\n');
            }
        });
        if (!headings.equals(List.of(PICTURE, QUESTION, ANSWERS.get(0), ANSWERS.get(1), END))) return Optional.empty();
        var words = parts.stream().map(part -> part.toString().strip()).toList();
        return Optional.of(new Case(words.get(0), words.get(1), words.get(2), words.get(3)));
    }

    /** SHA-256 of what these prompts say. */
    public String hash() {
        return TextHash.of(List.of(type.label(), system)).hex();
    }

    @Override
    public String toString() {
        return "judge's prompts: " + type.label();
    }
}
