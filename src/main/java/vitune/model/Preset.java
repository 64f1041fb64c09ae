package vitune.model;

import java.util.Arrays;
import java.util.stream.Collectors;
import vitune.tensor.Precision;

/**
 * Sizes of released models, to forecast and measure with weights drawn at random; what a model knows comes from a folder.
 *
 * <p>Source: {@code config.json} of the folders named at Hugging Face. The vocabulary of BLIP-2 is that of today's
 * folders, with a row for the image token and filled up to a multiple of 64.
 */
public enum Preset {
    /** 21 million parameters: the sizes that CPU figures are measured at. */
    SMALL(
            "small",
            new EvaConfig(112, 14, 256, 6, 4),
            ConnectorConfig.qFormer(16, 256, 4, 4),
            new OptConfig(4000, 384, 6, 6, 512),
            3999),
    /** 118 million parameters: sizes between the two worlds, which a laptop still trains. */
    MIDDLE(
            "middle",
            new EvaConfig(224, 14, 512, 8, 8),
            ConnectorConfig.qFormer(32, 512, 6, 8),
            new OptConfig(16000, 768, 8, 12, 1024),
            15999),
    /** {@code Salesforce/blip2-opt-2.7b}: ViT-g/14, 3.74 B parameters. */
    BLIP2_OPT_2_7B("blip2-opt-2.7b", eva(), qFormer(), new OptConfig(50304, 2560, 32, 32, 2048), 50265),
    /** {@code Salesforce/blip2-opt-6.7b}: ViT-g/14, 7.75 B parameters. */
    BLIP2_OPT_6_7B("blip2-opt-6.7b", eva(), qFormer(), new OptConfig(50304, 4096, 32, 32, 2048), 50265),
    /** {@code llava-hf/llava-1.5-7b-hf}: CLIP ViT-L/14 at 336 pixels, Vicuna 7B, 7.06 B parameters. */
    LLAVA_1_5_7B(
            "llava-1.5-7b",
            new ClipConfig(336, 14, 1024, 24, 16),
            ConnectorConfig.mlp(),
            new LlamaConfig(32064, 4096, 32, 32, 32, 128, 11008, 4096, 1e-5, 10000, false, 0.02),
            32000);

    private final String label;
    private final ModelConfig config;

    Preset(String label, VisionConfig vision, ConnectorConfig connector, LanguageConfig language, long imageToken) {
        this.label = label;
        ChatTemplate template = vision instanceof ClipConfig ? ChatTemplate.v1() : ChatTemplate.blip2();
        config = new ModelConfig(vision, connector, language, imageToken, template);
    }

    private static EvaConfig eva() {
        return new EvaConfig(224, 14, 1408, 39, 16, 6144, 1e-6, 0.02);
    }

    private static ConnectorConfig qFormer() {
        return ConnectorConfig.qFormer(32, 768, 12, 12);
    }

    /** The sizes. */
    public ModelConfig config() {
        return config;
    }

    /** As a command line spells it: {@code blip2-opt-2.7b}. */
    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static Preset of(String label) {
        return Arrays.stream(values())
                .filter(preset -> preset.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no preset \"" + label + "\"; there are "
                        + Arrays.stream(values()).map(Preset::label).collect(Collectors.joining(", "))));
    }

    /**
     * A model of these sizes that knows nothing: weights from {@code seed}, drawn on the device in the precision they are
     * kept in, and a tokenizer whose words are numbers ({@link Tokenizer#numbers}).
     */
    public VisionLanguageModel random(Precision stored, long seed) {
        return VisionLanguageModel.random(
                config, Tokenizer.numbers(config.language().vocabulary(), config.imageToken()), stored, seed);
    }
}
