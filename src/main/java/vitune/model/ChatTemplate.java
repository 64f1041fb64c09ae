package vitune.model;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import vitune.data.Turn;

/**
 * How a conversation is written down as tokens; ids and labels are made together, so that the mask can never slip
 * against the text. How pieces of text become tokens depends on the tokenizer: see {@link Tokenizer#cutsWholeTexts}.
 * Labels are on the answers and on what stands behind them to end them, and nowhere else.
 *
 * <p>Pictures stand where an instruction says {@value #MARK}, or before the first instruction if none does. Where the
 * tokenizer cuts whole texts, the pictures of an instruction stand before it, as LLaVA's released code moves them.
 *
 * <p>A model with an encoder reads all but the last answer there, and learns that answer alone; so does one that is
 * shown instructions bare, since it is told all instructions at once.
 *
 * @param name {@code v1}, {@code v0}, {@code blip2}, {@code instructblip}, {@code caption} or {@code plain}
 * @param system what is said before the first message, or null
 * @param user what stands before an instruction; null if the instruction is not shown at all
 * @param assistant what stands before an answer
 * @param separator what ends a message in place of a space and of the stop token, or null
 * @param bare whether the last instruction and its answer stand there without the words before them
 * @param picturesFirst whether pictures stand before everything else, as BLIP-2 has them, or inside the instruction
 *     with a line break behind, as LLaVA has them
 * @param bos whether the opening token stands before the text (behind pictures that come first): the one that the
 *     tokenizer opens its texts with, the model's own if it has none. A tokenizer that cuts whole texts and opens them
 *     does so anyway; before an encoder nothing does
 */
public record ChatTemplate(
        String name,
        @Nullable String system,
        @Nullable String user,
        String assistant,
        @Nullable String separator,
        boolean bare,
        boolean picturesFirst,
        boolean bos) {
    /** What holds the place of a picture in an instruction. */
    public static final String MARK = "<image>";

    /** The field of our own in {@code config.json}: {@code {"name": "v1", "bos": true, "system": "..."}}. */
    static final String FIELD = "vitune_template";

    /** LLaVA's and Vicuna's: {@code USER: <image>\nQ ASSISTANT: A</s>USER: Q ASSISTANT: A</s>}. */
    public static ChatTemplate v1() {
        return new ChatTemplate("v1", null, "USER:", "ASSISTANT:", null, false, false, false);
    }

    /** LLaVA's first, which learns to stop by {@code ###}: {@code ###Human: <image>\nQ###Assistant: A###}. */
    public static ChatTemplate v0() {
        return new ChatTemplate("v0", null, "Human:", "Assistant:", "###", false, false, false);
    }

    /** BLIP-2's for questions: {@code <image></s>Question: Q Answer: A</s>} (OPT opens a text with {@code </s>}). */
    public static ChatTemplate blip2() {
        return new ChatTemplate("blip2", null, "Question:", "Answer:", null, false, true, true);
    }

    /** InstructBLIP's: {@code <image><s>Q A</s>}, earlier turns before it as {@code Question: Q Answer: A}. */
    public static ChatTemplate instructblip() {
        return new ChatTemplate("instructblip", null, "Question:", "Answer:", null, true, true, true);
    }

    /** Picture, then its caption, and no instruction: {@code <image> A</s>}. */
    public static ChatTemplate caption() {
        return new ChatTemplate("caption", null, null, "", null, false, true, false);
    }

    /** What LLaVA's released code aligns with: picture, caption, and a line break for a stop, {@code <s><image>A\n}. */
    public static ChatTemplate plain() {
        return new ChatTemplate("plain", null, null, "", "\n", false, false, false);
    }

    /** What a family is tuned with unless its folder says otherwise: {@code blip-2}, {@code instructblip}, {@code llava}. */
    static ChatTemplate ofFamily(String modelType) {
        return switch (modelType) {
            case "llava" -> v1();
            case "instructblip" -> instructblip();
            default -> blip2();
        };
    }

    /** The same with something said before the first message. */
    public ChatTemplate withSystem(String message) {
        return new ChatTemplate(name, message, user, assistant, separator, bare, picturesFirst, bos);
    }

    /** The same with or without the opening token. */
    public ChatTemplate withBos(boolean opening) {
        return new ChatTemplate(name, system, user, assistant, separator, bare, picturesFirst, opening);
    }

    /** Texts that end an answer beside the stop token, and are no part of it. */
    public List<String> stopStrings() {
        return separator == null ? List.of() : List.of(separator);
    }

    /** What a connector that reads text is told: the instructions so far in one line of text, without picture marks. */
    static String instructions(List<Turn> turns) {
        return turns.stream()
                .map(turn -> turn.instruction().replace(MARK, "").strip())
                .collect(Collectors.joining(" "));
    }

    /** {@link #instructions(List)}, with one more instruction to answer. */
    static String instructions(List<Turn> history, String instruction) {
        return (instructions(history) + " " + instruction.replace(MARK, "").strip()).strip();
    }

    /**
     * Writes down a conversation to learn from.
     *
     * @param turns at least one
     * @param images pictures it is about, each {@code specials.imageLength()} image tokens
     * @throws IllegalArgumentException if the marks in the instructions are not as many as the pictures, or a turn holds
     *     what tells instruction and answer apart
     */
    public Rendered render(List<Turn> turns, int images, Tokenizer tokenizer, SpecialTokens specials) {
        if (turns.isEmpty()) throw new IllegalArgumentException("turns must be >= 1, got 0");
        turns.forEach(this::check);
        return new Layout(this, images, tokenizer, specials).render(turns);
    }

    /**
     * Writes down what comes before an answer: the turns so far, one more instruction, and the word to speak.
     *
     * @throws IllegalArgumentException if the marks in the instructions are not as many as the pictures
     */
    public Rendered prompt(
            List<Turn> history, String instruction, int images, Tokenizer tokenizer, SpecialTokens specials) {
        return new Layout(this, images, tokenizer, specials).prompt(history, instruction);
    }

    /** LLaVA's code finds an answer by what stands before it, and learns nothing of a round that holds it twice. */
    private void check(Turn turn) {
        if (user == null || picturesFirst) return;
        String between = separator == null ? " " + assistant + " " : separator;
        String round = user + " " + turn.instruction() + between + turn.response();
        int times = round.split(Pattern.quote(between), -1).length - 1;
        if (times == 1) return;
        throw new IllegalArgumentException("a turn of the template " + name + " must hold \"" + between
                + "\" once, between instruction and answer, got " + times + " in \"" + round + "\"");
    }

    /** The template of a {@code config.json}: its own field, or what its family is tuned with. */
    static ChatTemplate read(JsonObject config) {
        ChatTemplate family = ofFamily(Json.text(config, "model_type", "blip-2"));
        JsonObject json = Json.object(config, FIELD);
        String name = Json.text(json, "name", family.name);
        List<ChatTemplate> all = List.of(v1(), v0(), blip2(), instructblip(), caption(), plain());
        List<String> names = new ArrayList<>();
        all.forEach(template -> names.add(template.name));
        if (!names.contains(name)) throw Json.wrong(FIELD + ".name", "be one of " + String.join(", ", names), name);
        ChatTemplate template = all.get(names.indexOf(name));
        template = template.withBos(Json.flag(json, "bos", template.bos()));
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
