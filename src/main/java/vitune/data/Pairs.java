package vitune.data;

/** Which pairs of kind and colour drawn scenes may hold; twelve pairs, one for each kind, are held out of the tuning. */
public enum Pairs {
    /** Any pair: for the pretraining of the vision side, which like CLIP has seen things in every colour. */
    ANY,
    /** Never a held-out pair, in pictures or captions: for tuning. */
    TUNING,
    /** At least one held-out pair in each scene: for evaluation. */
    HELD_OUT
}
