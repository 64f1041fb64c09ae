package vitune.data;

/** Which pairs of kind and colour drawn scenes may hold; twelve pairs, one for each kind, are held out. */
public enum Pairs {
    /** Never a held-out pair, in pictures or captions: for pretraining and tuning. */
    TUNING,
    /** At least one held-out pair in each scene: for evaluation. */
    HELD_OUT
}
