package vitune.model;

/** The three parts of a vision-language model, told apart by the names of their parameters. */
public enum Part {
    /** From pixels to features: {@code vision_model.*} or {@code vision_tower.*}. */
    VISION("vision encoder"),
    /**
     * From features to tokens: {@code query_tokens}, {@code qformer.*} and {@code language_projection.*}, or
     * {@code multi_modal_projector.*}.
     */
    CONNECTOR("connector"),
    /** From tokens to words: {@code language_model.*}. */
    LANGUAGE("language model");

    private final String label;

    Part(String label) {
        this.label = label;
    }

    /** The words for it: {@code vision encoder}, {@code connector}, {@code language model}. */
    public String label() {
        return label;
    }

    /** The part that a parameter of this name belongs to. */
    public static Part of(String parameter) {
        if (parameter.startsWith("vision_model.") || parameter.startsWith("vision_tower.")) return VISION;
        return parameter.startsWith("language_model.") ? LANGUAGE : CONNECTOR;
    }
}
