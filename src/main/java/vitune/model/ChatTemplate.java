package vitune.model;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitune.data.Turn;

/**
 * How a conversation is written down as tokens; ids and labels are made together, piece by piece, so that the mask can
 * never slip against the text.
 *
 * <p>Each piece is encoded alone: {@code "USER:"}, {@code " a question"}, {@code " ASSISTANT:"}, {@code " an answer"},
 * and the stop token by its id. A piece that does not open a message carries one leading space, so a word has the same
 * tokens wherever it stands, and an answer the same tokens in training and in generation. Labels are on the answers and
 * the stop tokens behind them, and nowhere else.
 *
 * <p>Pictures stand where an instruction says {@value #MARK}, or before the first instruction if none does.
 *
 * @param name {@code v1}, {@code blip2} or {@code caption}
 * @param system what is said before the first message, or null
 * @param user what stands before an instruction; null if the instruction is not shown at all
 * @param assistant what stands before an answer
 * @param picturesFirst whether pictures stand before everything else, as BLIP-2 has them, or inside the instruction
 *     with a line break behind, as LLaVA has them
 * @param bos whether the tokenizer's opening token stands before the text (behind pictures that come first)
 */
public record ChatTemplate(
        String name,
        @Nullable String system,
        @Nullable String user,
        String assistant,
        boolean picturesFirst,
        boolean bos) {
    /** What holds the place of a picture in an instruction. */
    public static final String MARK = "<image>";

    /** The field of our own in {@code config.json}: {@code {"name": "v1", "bos": true, "system": "..."}}. */
    static final String FIELD = "vitune_template";

    /** LLaVA's and Vicuna's: {@code USER: <image>\nQ ASSISTANT: A</s>USER: Q ASSISTANT: A</s>}. */
    public static ChatTemplate v1() {
        return new ChatTemplate("v1", null, "USER:", "ASSISTANT:", false, false);
    }

    /** BLIP-2's for questions: {@code <image></s>Question: Q Answer: A</s>} (OPT opens a text with {@code </s>}). */
    public static ChatTemplate blip2() {
        return new ChatTemplate("blip2", null, "Question:", "Answer:", true, true);
    }

    /** Picture, then its caption, and no instruction: {@code <image> A</s>}. LLaVA's released code aligns with it. */
    public static ChatTemplate caption() {
        return new ChatTemplate("caption", null, null, "", true, false);
    }

    /** The same with something said before the first message. */
    public ChatTemplate withSystem(String message) {
        return new ChatTemplate(name, message, user, assistant, picturesFirst, bos);
    }

    /** The same with or without the opening token. */
    public ChatTemplate withBos(boolean opening) {
        return new ChatTemplate(name, system, user, assistant, picturesFirst, opening);
    }

    /**
     * Writes down a conversation to learn from.
     *
     * @param turns at least one
     * @param images pictures it is about, each {@code specials.imageLength()} image tokens
     * @throws IllegalArgumentException if the marks in the instructions are not as many as the pictures
     */
    public Rendered render(List<Turn> turns, int images, Tokenizer tokenizer, SpecialTokens specials) {
        if (turns.isEmpty()) throw new IllegalArgumentException("turns must be >= 1, got 0");
        Writing writing = open(instructions(turns), images, tokenizer, specials);
        for (Turn turn : turns) {
            instruct(writing, turn.instruction());
            writing.answer(turn.response());
        }
        return writing.finish(images);
    }

    /**
     * Writes down what comes before an answer: the turns so far, one more instruction, and the word to speak.
     *
     * @throws IllegalArgumentException if the marks in the instructions are not as many as the pictures
     */
    public Rendered prompt(
            List<Turn> history, String instruction, int images, Tokenizer tokenizer, SpecialTokens specials) {
        Writing writing = open(instructions(history) + instruction, images, tokenizer, specials);
        for (Turn turn : history) {
            instruct(writing, turn.instruction());
            writing.answer(turn.response());
        }
        instruct(writing, instruction);
        return writing.finish(images).withoutLabels();
    }

    private static String instructions(List<Turn> turns) {
        return turns.stream().map(Turn::instruction).collect(Collectors.joining());
    }

    private Writing open(String instructions, int images, Tokenizer tokenizer, SpecialTokens specials) {
        int marks = Writing.marks(instructions);
        if (marks > 0 && marks != images) {
            throw new IllegalArgumentException(
                    "the instructions have " + marks + " marks " + MARK + " for " + images + " pictures");
        }
        Writing writing = new Writing(tokenizer, specials, images - marks);
        if (picturesFirst) writing.pictures(images);
        if (bos) writing.open();
        if (system != null) writing.text(system, false);
        return writing;
    }

    private void instruct(Writing writing, String instruction) {
        if (user == null) return;
        writing.role(user);
        if (picturesFirst) {
            writing.text(instruction.replace(MARK, ""), true);
        } else {
            writing.textWithPictures(instruction);
        }
        writing.text(assistant, true);
    }

    static ChatTemplate read(JsonObject json) {
        String name = Json.text(json, "name", "blip2");
        ChatTemplate template = switch (name) {
            case "v1" -> v1();
            case "blip2" -> blip2();
            case "caption" -> caption();
            default -> throw Json.wrong(FIELD + ".name", "be one of v1, blip2, caption", name);
        };
        if (Json.get(json, "bos") != null)
            template = template.withBos(json.get("bos").getAsBoolean());
        return Json.get(json, "system") == null ? template : template.withSystem(Json.text(json, "system", ""));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("name", name);
        json.addProperty("bos", bos);
        if (system != null) json.addProperty("system", system);
        return json;
    }
}
