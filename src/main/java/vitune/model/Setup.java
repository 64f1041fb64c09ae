package vitune.model;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vitune.data.Turn;

/**
 * What a model has beside its weights, and how it writes conversations down with that.
 *
 * @param config the sizes of its parts
 * @param tokenizer words to ids and back
 * @param reader the tokenizer of a connector that reads the instruction; null where it does not read
 * @param processor pictures to pixels
 * @param specials ids that mean something beside words
 * @param generation {@code generation_config.json} of the folder it came from; null if there was none
 * @param storedNames the names that the folder it came from has for its parameters, where they differ from ours
 */
record Setup(
        ModelConfig config,
        Tokenizer tokenizer,
        @Nullable Tokenizer reader,
        ImageProcessor processor,
        SpecialTokens specials,
        @Nullable JsonObject generation,
        Map<String, String> storedNames) {

    /** Of a model that comes from no folder. */
    static Setup of(ModelConfig config, Tokenizer tokenizer) {
        int size = config.vision().imageSize();
        ImageProcessor processor =
                config.vision() instanceof ClipConfig ? ImageProcessor.crop(size) : ImageProcessor.squeeze(size);
        return new Setup(config, tokenizer, null, processor, SpecialTokens.of(config), null, Map.of());
    }

    Setup withConfig(ModelConfig other) {
        return new Setup(other, tokenizer, reader, processor, specials, generation, storedNames);
    }

    /** For other parts: pictures may take more or fewer tokens, and a connector need not read. */
    Setup withParts(ModelConfig other) {
        Tokenizer kept = other.reads() ? reader : null;
        return new Setup(other, tokenizer, kept, processor, specials, generation, storedNames)
                .withSpecials(specials.withImageLength(other.queries()));
    }

    Setup withSpecials(SpecialTokens other) {
        return new Setup(config, tokenizer, reader, processor, other, generation, storedNames);
    }

    /** See {@link VisionLanguageModel#render}. */
    Rendered render(List<Turn> turns, int images) {
        return told(config.template().render(turns, images, tokenizer, specials), ChatTemplate.instructions(turns));
    }

    /** See {@link VisionLanguageModel#prompt}. */
    Rendered prompt(List<Turn> history, String instruction, int images) {
        return told(
                config.template().prompt(history, instruction, images, tokenizer, specials),
                ChatTemplate.instructions(history, instruction));
    }

    /** The same with the instructions for a connector that reads. */
    private Rendered told(Rendered rendered, String instructions) {
        return reader == null ? rendered : rendered.withInstruction(reader.encodeWithSpecials(instructions));
    }

    /** See {@link VisionLanguageModel#text}. */
    String text(long[] ids) {
        String text = tokenizer.decode(ids);
        for (String stop : config.template().stopStrings()) {
            int at = text.indexOf(stop);
            if (at >= 0) text = text.substring(0, at);
        }
        return text.strip();
    }
}
