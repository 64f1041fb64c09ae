package vitune.model;

import com.google.gson.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model has beside its weights.
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

    Setup withConfig(ModelConfig other) {
        return new Setup(other, tokenizer, reader, processor, specials, generation, storedNames);
    }

    /** For a connector that does not read. */
    Setup withoutReader() {
        return new Setup(config, tokenizer, null, processor, specials, generation, storedNames);
    }

    Setup withSpecials(SpecialTokens other) {
        return new Setup(config, tokenizer, reader, processor, other, generation, storedNames);
    }
}
