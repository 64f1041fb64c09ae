package vitune.tune;

/**
 * Linear warm-up, then half a cosine down to 0. Source: paper appendix C; equals transformers'
 * {@code get_cosine_schedule_with_warmup}.
 *
 * @param peak learning rate at the end of the warm-up
 * @param steps optimiser steps in all, >= 1
 * @param warmup steps of warm-up, 0..steps
 */
public record Schedule(double peak, int steps, int warmup) {
    public Schedule {
        if (steps < 1 || warmup < 0 || warmup > steps) {
            throw new IllegalArgumentException(
                    "expected steps >= 1 and 0 <= warmup <= steps, got steps " + steps + ", warmup " + warmup);
        }
    }

    /** True if no step has a learning rate above 0: there is one, and it is warm-up. */
    boolean idle() {
        return steps == 1 && warmup == 1;
    }

    /** The learning rate of a step, counted from 0. */
    public double learningRate(int step) {
        if (step < warmup) {
            return peak * step / warmup;
        }
        double progress = (double) (step - warmup) / Math.max(1, steps - warmup);
        return peak * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
}
