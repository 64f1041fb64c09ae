package vitune.model;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/** From what the eye sees to tokens the language model reads: {@link QFormer}, {@link Linear} or {@link Mlp}. */
public sealed interface Connector permits Linear, Mlp, QFormer {
    /**
     * Makes tokens of features.
     *
     * @param vision [N, F, Dv], in the precision to compute in; see {@link VisionEncoder#forward}
     * @param instruction the words to look for; null where the connector does not read
     * @return [N, Q, D]
     * @throws IllegalArgumentException if the connector reads and there is no instruction
     */
    NDArray forward(NDArray vision, @Nullable Instruction instruction);

    /** The connector that a model of this configuration has, over its parameters. */
    static Connector of(ModelConfig config, Weights weights) {
        ConnectorConfig connector = config.connector();
        if (connector instanceof QFormerConfig former) return new QFormer(former, weights);
        boolean cls = config.vision().features() > config.vision().pictureTokens();
        return connector instanceof LinearConfig ? new Linear(weights, cls) : new Mlp(weights, cls);
    }
}
