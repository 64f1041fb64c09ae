package vitune.tune;

import vitune.tensor.Precision;

/**
 * How a part of the model is treated, as far as memory and time go.
 *
 * @param trained whether all its weights are trained
 * @param rank of low-rank adapters on all its linear layers, 0 for none
 * @param stored precision of its weights where they are not trained; trained ones are f32
 */
record PartLoad(boolean trained, int rank, Precision stored) {
    PartLoad {
        if (rank < 0 || trained && rank > 0) {
            throw new IllegalArgumentException("rank must be >= 0, and 0 where all weights are trained, got " + rank);
        }
    }

    /** As a stage treats it; adapters on some layers count as if they were on all. */
    static PartLoad of(Treatment treatment, Precision stored) {
        int rank = treatment instanceof Treatment.LowRank low ? low.lora().rank() : 0;
        return new PartLoad(treatment instanceof Treatment.Full, rank, stored);
    }

    /** Whether anything in it is trained. */
    boolean learns() {
        return trained || rank > 0;
    }

    PartLoad storedIn(Precision precision) {
        return new PartLoad(trained, rank, precision);
    }

    /** Frozen, with adapters of this rank. */
    PartLoad adapted(int adapters) {
        return new PartLoad(false, adapters, stored);
    }
}
