package vitune.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;

/**
 * What a model is: the sizes of its parts, as {@code config.json} of a Hugging Face folder states them.
 *
 * <p>Two fields are our own, and absent where a folder is as BLIP-2 has it: {@code connector} (see
 * {@link ConnectorConfig}) and {@code vitune_template} (see {@link ChatTemplate}).
 *
 * @param vision the vision encoder
 * @param connector the connector
 * @param language the language model
 * @param imageToken the id that holds the place of a picture in a text, {@code image_token_index}
 * @param template how conversations are written down for this model
 * @param source the file as it was read, or an empty object: fields that mean nothing here are written back as they are
 */
public record ModelConfig(
        VisionConfig vision,
        ConnectorConfig connector,
        LanguageConfig language,
        long imageToken,
        ChatTemplate template,
        JsonObject source) {

    /** @throws IllegalArgumentException if the image token is no row of the embedding table */
    public ModelConfig {
        source = source.deepCopy();
        if (imageToken < 0 || imageToken >= language.vocabulary()) {
            throw Json.wrong("image_token_index", "be >= 0 and < vocab_size " + language.vocabulary(), imageToken);
        }
    }

    /** A BLIP-2 with OPT of sizes of one's own. */
    public ModelConfig(
            VisionConfig vision,
            ConnectorConfig connector,
            LanguageConfig language,
            long imageToken,
            ChatTemplate template) {
        this(vision, connector, language, imageToken, template, new JsonObject());
    }

    /**
     * Reads {@code config.json} of a folder.
     *
     * @throws IllegalArgumentException if the family is not one that is built here, or a field does not fit
     */
    public static ModelConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        try {
            return parse(Json.read(file));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    static ModelConfig parse(JsonObject json) {
        JsonObject text = Json.object(json, "text_config");
        JsonObject eye = Json.object(json, "vision_config");
        String family = Json.text(json, "model_type", "?") + " with " + Json.text(text, "model_type", "opt");
        if (!family.equals("blip-2 with opt")) {
            throw new IllegalArgumentException(
                    "the family \"" + family + "\" is not supported; supported: blip-2 with opt");
        }
        EvaConfig vision = EvaConfig.read(eye);
        ConnectorConfig connector = ConnectorConfig.read(json);
        int seen = Json.integer(Json.object(json, "qformer_config"), "encoder_hidden_size", 1408);
        if (connector instanceof QFormerConfig && seen != vision.width()) {
            throw Json.wrong(
                    "qformer_config.encoder_hidden_size", "equal vision_config.hidden_size " + vision.width(), seen);
        }
        return new ModelConfig(
                vision,
                connector,
                OptConfig.read(text),
                Json.integer(json, "image_token_index", -1),
                ChatTemplate.read(Json.object(json, ChatTemplate.FIELD)),
                json);
    }

    /** Tokens that stand for one picture, Q. */
    public int queries() {
        return connector.queries(vision);
    }

    /** The same model with another connector. */
    public ModelConfig withConnector(ConnectorConfig other) {
        return new ModelConfig(vision, other, language, imageToken, template, source);
    }

    /** The same model with conversations written down in another way. */
    public ModelConfig withTemplate(ChatTemplate other) {
        return new ModelConfig(vision, connector, language, imageToken, other, source);
    }

    /** The fields of {@code config.json}: those that were read, and ours over them. */
    JsonObject toJson() {
        JsonObject json = source.deepCopy();
        JsonArray architectures = new JsonArray();
        architectures.add("Blip2ForConditionalGeneration");
        json.add("architectures", architectures);
        json.addProperty("model_type", "blip-2");
        json.addProperty("image_token_index", imageToken);
        json.addProperty("use_decoder_only_language_model", true);
        json.remove("torch_dtype");
        json.addProperty("dtype", "float32");
        connector.writeTo(json, vision);
        JsonObject eye = Json.object(json, "vision_config");
        vision.writeTo(eye);
        json.add("vision_config", eye);
        JsonObject text = Json.object(json, "text_config");
        language.writeTo(text);
        json.add("text_config", text);
        json.remove(ChatTemplate.FIELD);
        if (!template.equals(ChatTemplate.blip2())) json.add(ChatTemplate.FIELD, template.toJson());
        return json;
    }

    @Override
    public JsonObject source() {
        return source.deepCopy();
    }

    @Override
    public String toString() {
        return "ModelConfig[%s, %s, %s, queries=%d, template=%s]"
                .formatted(vision, connector, language, queries(), template.name());
    }
}
