package vitune.tune;

import vitune.tensor.Precision;

/**
 * What the loss is multiplied by before the way back, so that small gradients do not vanish in f16; a power of two, which
 * the gradients are divided by again, so nothing else changes.
 *
 * <p>Source: {@code torch.amp.GradScaler}: 65536 at first, halved when a gradient overflows, doubled after 2,000 good
 * steps in a row. <em>Differs:</em> a step that overflowed is tried again on the same samples, so none is lost and every
 * step is an update.
 *
 * @param factor 1 where nothing is scaled
 * @param good steps since it changed
 */
record LossScale(double factor, int good) {
    /** For precisions with the range of f32. */
    static final LossScale NONE = new LossScale(1, 0);

    private static final LossScale FIRST = new LossScale(65536, 0);
    private static final int PATIENCE = 2000;

    LossScale {
        if (!(factor >= 1) || good < 0) {
            throw new IllegalArgumentException("a loss scale must be >= 1, got " + factor + " after " + good);
        }
    }

    static LossScale of(Precision compute) {
        return compute == Precision.F16 ? FIRST : NONE;
    }

    /** After a step whose gradients were finite. */
    LossScale kept() {
        return good + 1 < PATIENCE ? new LossScale(factor, good + 1) : new LossScale(2 * factor, 0);
    }

    /** Whether less could help. */
    boolean canFall() {
        return factor > 1;
    }

    /** After a step whose gradients were not. */
    LossScale halved() {
        return new LossScale(factor / 2, 0);
    }
}
