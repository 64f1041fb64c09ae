package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossWatchTest {
    private static final int STEPS = 600;

    private static Step step(double loss) {
        return new Step(1, STEPS, loss, 1e-3, 1, 4, 10, 20, 0.1, 0.1, -1, -1);
    }

    /** Falls as a power of the step towards a floor; noise multiplies it, as batches differ. */
    private static double[] curve(Random random, double noise) {
        double first = 1 + 9 * random.nextDouble();
        double floor = first * random.nextDouble() / 2;
        double power = 0.2 + random.nextDouble();
        double[] curve = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            curve[i] = (floor + (first - floor) * Math.pow(1 + i, -power)) * Math.exp(noise * random.nextGaussian());
        }
        return curve;
    }

    /** The step at which a curve is stopped, counted from 0; -1 if it is not. */
    private static int stopped(LossWatch watch, double[] curve) {
        List<Step> before = new ArrayList<>();
        for (double loss : curve) {
            if (loss > watch.limit(before)) {
                return before.size();
            }
            before.add(step(loss));
        }
        return -1;
    }

    /** 300 curves, 180,000 steps: from smooth ones to batches of one sample, whose losses differ by a factor of two. */
    @Test
    void ordinaryCurvesPass() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            double noise = 0.5 * random.nextDouble();
            assertEquals(-1, stopped(LossWatch.standard(), curve(random, noise)), "curve " + i + ", noise " + noise);
        }
    }

    /** Most answers are known, some are not: two heights, far apart. */
    @Test
    void twoHeightsAreNoSpike() {
        Random random = new Random(4);
        for (int i = 0; i < 100; i++) {
            double[] curve = curve(random, 0.2);
            double often = 0.3 + 0.4 * random.nextDouble();
            for (int s = 0; s < STEPS; s++) {
                curve[s] *= random.nextDouble() < often ? 1 : 0.01;
            }
            assertEquals(-1, stopped(LossWatch.standard(), curve), "curve " + i + ", often " + often);
        }
    }

    @Test
    void aPlantedSpikeStopsAtItsStep() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            double[] curve = curve(random, 0.15 * random.nextDouble());
            int at = 80 + random.nextInt(STEPS - 80);
            curve[at] = 1.5 * curve[0] + 8 * curve[at - 1];
            assertEquals(at, stopped(LossWatch.standard(), curve), "curve " + i);
            assertEquals(-1, stopped(LossWatch.off(), curve));
        }
    }

    /** A loss that climbs by a half at each step is caught while it climbs. */
    @Test
    void aClimbIsASpike() {
        double[] curve = curve(new Random(6), 0.05);
        for (int s = 300; s < STEPS; s++) {
            curve[s] = Math.min(1e6, curve[s - 1] * 1.5);
        }
        int at = stopped(LossWatch.standard(), curve);
        assertTrue(at > 300 && at < 315, "stopped at " + at);
    }

    @Test
    void refusesWhatIsNoRule() {
        assertEquals(
                "factor must be > 1, got 1.0",
                assertThrows(IllegalArgumentException.class, () -> new LossWatch(1, 50))
                        .getMessage());
        assertEquals(
                "window must be >= 20, got 5",
                assertThrows(IllegalArgumentException.class, () -> new LossWatch(3, 5))
                        .getMessage());
    }
}
