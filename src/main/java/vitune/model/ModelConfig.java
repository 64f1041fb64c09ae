package vitune.model;

import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** A model of sizes of one's own. */
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
        return Json.read(folder.resolve("config.json"), ModelConfig::parse);
    }

    static ModelConfig parse(JsonObject json) {
        Family family = Family.of(Json.text(json, "model_type", "?"));
        VisionConfig vision = family == Family.LLAVA ? ClipConfig.read(json) : EvaConfig.read(json);
        ConnectorConfig connector = ConnectorConfig.read(json);
        int seen = Json.integer(Json.object(json, "qformer_config"), "encoder_hidden_size", 1408);
        if (connector instanceof QFormerConfig && seen != vision.width()) {
            throw Json.wrong(
                    "qformer_config.encoder_hidden_size", "equal vision_config.hidden_size " + vision.width(), seen);
        }
        int image = Json.integer(json, "image_token_index", Json.integer(json, "image_token_id", -1));
        return new ModelConfig(
                vision,
                connector,
                LanguageConfig.read(Json.object(json, "text_config"), family.language()),
                image,
                ChatTemplate.read(json),
                json);
    }

    /** Names and shapes of the parameters of a fresh model, in order. */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Blueprint.of(this).specs().forEach((name, spec) -> {
            if (spec.required()) shapes.put(name, spec.shape());
        });
        return shapes;
    }

    /** Tokens that stand for one picture, Q. */
    public int queries() {
        return connector.queries(vision);
    }

    /** Whether the connector reads the instruction too. */
    public boolean reads() {
        return connector instanceof QFormerConfig former && former.reads();
    }

    /** The same model with another vision encoder. */
    public ModelConfig withVision(VisionConfig other) {
        return new ModelConfig(other, connector, language, imageToken, template, source);
    }

    /** Whether anything the model says depends on a parameter: a LLaVA holds blocks of its encoder that never run. */
    public boolean uses(String parameter) {
        return Part.of(parameter) != Part.VISION || vision.uses(parameter);
    }

    /** The same model with another connector. */
    public ModelConfig withConnector(ConnectorConfig other) {
        return new ModelConfig(vision, other, language, imageToken, template, source);
    }

    /** The same model with conversations written down in another way. */
    public ModelConfig withTemplate(ChatTemplate other) {
        return new ModelConfig(vision, connector, language, imageToken, other, source);
    }

    /** What transformers calls a model of such parts. */
    Family family() {
        return Family.of(vision, connector);
    }

    /** The fields of {@code config.json}: those that were read as they are, and over them what has changed since. */
    JsonObject toJson() {
        JsonObject json = source.deepCopy();
        boolean fresh = source.size() == 0;
        ModelConfig before = fresh ? this : parse(source);
        JsonArray architectures = new JsonArray();
        architectures.add(family().architecture());
        json.add("architectures", architectures);
        json.addProperty("model_type", family().modelType());
        if (fresh || imageToken != before.imageToken) json.addProperty("image_token_index", imageToken);
        if (fresh || !vision.equals(before.vision)) vision.writeTo(json);
        if (fresh || !connector.equals(before.connector)) {
            json.remove("connector");
            connector.writeTo(json, vision);
            if (!connector.kind().equals(family().connector())) {
                JsonObject own = new JsonObject();
                own.addProperty("kind", connector.kind());
                json.add("connector", own);
            }
        }
        if (fresh || !language.equals(before.language)) {
            JsonObject text = Json.object(json, "text_config");
            language.writeTo(text);
            json.add("text_config", text);
        }
        if (fresh && family() != Family.LLAVA) {
            json.addProperty("use_decoder_only_language_model", !language.encoderDecoder());
        }
        json.remove(ChatTemplate.FIELD);
        if (!template.equals(ChatTemplate.ofFamily(family().modelType())))
            json.add(ChatTemplate.FIELD, template.toJson());
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
