package vitune.model;

import ai.djl.ndarray.NDArray;
import vitune.tensor.Parameters;

/** From what the eye sees to tokens the language model reads: {@link QFormer}, {@link Linear} or {@link Mlp}. */
public sealed interface Connector permits Linear, Mlp, QFormer {
    /**
     * Makes tokens of features.
     *
     * @param vision [B, P+1, Dv], CLS first, in the precision to compute in
     * @return [B, Q, D]
     */
    NDArray forward(NDArray vision);

    /** The connector that a model of this configuration has, over its parameters. */
    static Connector of(ModelConfig config, Parameters parameters) {
        Weights weights = new Weights(parameters, "");
        ConnectorConfig connector = config.connector();
        if (connector instanceof QFormerConfig former) return new QFormer(former, weights);
        return connector instanceof LinearConfig ? new Linear(weights) : new Mlp(weights);
    }
}
