package vitune.tune;

/** What a stage does with one part of the model. */
public enum Treatment {
    /** The part's weights stay as they are, byte for byte; it costs no gradient and no optimiser state. */
    FROZEN,
    /** Every weight of the part is trained. */
    FULL
}
