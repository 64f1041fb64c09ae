package vitune.tune;

import org.jspecify.annotations.Nullable;
import vitune.model.Adapters;
import vitune.model.Lora;

/** What a stage does with one part of the model. */
public sealed interface Treatment {
    /** The part's weights stay as they are, byte for byte; it costs no gradient and no optimiser state. */
    Treatment FROZEN = new Frozen();

    /** Every weight of the part that has a say is trained, at the stage's learning rate. */
    Treatment FULL = new Full(null);

    /** The part's weights stay as they are, and {@code lora} beside them is trained, at the stage's learning rate. */
    static Treatment lora(Lora lora) {
        return new LowRank(lora, null);
    }

    /** Whether a parameter of the part is trained. */
    boolean trains(String parameter);

    /** The peak learning rate of the part, &gt; 0; null for the stage's own. */
    @Nullable
    Double learningRate();

    /**
     * The same at a peak learning rate of its own. Source: {@code mm_projector_lr} of LLaVA's scripts.
     *
     * @throws IllegalArgumentException if it is not positive and finite, or nothing is trained
     */
    Treatment withLearningRate(double rate);

    /** See {@link #FROZEN}. */
    record Frozen() implements Treatment {
        @Override
        public boolean trains(String parameter) {
            return false;
        }

        @Override
        public @Nullable Double learningRate() {
            return null;
        }

        @Override
        public Treatment withLearningRate(double rate) {
            throw new IllegalArgumentException("a frozen part has no learning rate, got " + rate);
        }

        @Override
        public String toString() {
            return "frozen";
        }
    }

    /** See {@link #FULL}. */
    record Full(@Nullable Double learningRate) implements Treatment {
        /** @throws IllegalArgumentException if the rate is not positive and finite */
        public Full {
            check(learningRate);
        }

        @Override
        public boolean trains(String parameter) {
            return !Adapters.owns(parameter);
        }

        @Override
        public Treatment withLearningRate(double rate) {
            return new Full(rate);
        }

        @Override
        public String toString() {
            return "full" + words(learningRate);
        }
    }

    /** See {@link #lora}. */
    record LowRank(Lora lora, @Nullable Double learningRate) implements Treatment {
        /** @throws IllegalArgumentException if the rate is not positive and finite */
        public LowRank {
            check(learningRate);
        }

        @Override
        public boolean trains(String parameter) {
            return Adapters.owns(parameter);
        }

        @Override
        public Treatment withLearningRate(double rate) {
            return new LowRank(lora, rate);
        }

        @Override
        public String toString() {
            return lora + words(learningRate);
        }
    }

    private static String words(@Nullable Double rate) {
        return rate == null ? "" : " at " + rate;
    }

    private static void check(@Nullable Double rate) {
        if (rate != null && !(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("learningRate must be > 0 and finite, got " + rate);
        }
    }
}
