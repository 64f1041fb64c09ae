package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
            if (!(loss <= watch.limit(before))) {
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

    /** Losses of a real run; NaN where the last one was not finite. See {@link LossCurves}. */
    private record Recorded(String name, double[] losses) {
        static List<Recorded> read(String set) throws IOException {
            try (InputStream in = LossWatchTest.class.getResourceAsStream("losses-" + set + ".csv")) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .map(line -> new Recorded(
                                line.substring(0, line.indexOf(',')),
                                Stream.of(line.substring(line.indexOf(',') + 1).split(" "))
                                        .mapToDouble(Double::parseDouble)
                                        .toArray()))
                        .toList();
            }
        }

        /** Whether it ended worse than it began: what a person would have wanted to be stopped. */
        boolean lost() {
            double[] tail = Arrays.copyOfRange(losses, Math.max(0, losses.length - 20), losses.length);
            Arrays.sort(tail); // NaN last
            return tail[tail.length / 2] > losses[0] || Double.isNaN(losses[losses.length - 1]);
        }
    }

    /**
     * Real runs, from slow to ruined. The second half of the rule was made with the first set, and the second set was
     * recorded after it: there it stops one run that came back from losses of 98 nats, and misses two that forgot what they
     * knew.
     */
    @ParameterizedTest
    @CsvSource({
        "looked-at, 4, '', ''",
        "held-out, 7, blip2-opt batch 2 rate 1.0, tiny batch 2 rate 0.02; tiny batch 2 rate 0.1"
    })
    void realRunsThatLearnPassAndLostOnesStop(String set, int lost, String falseAlarms, String misses)
            throws IOException {
        List<Recorded> runs = Recorded.read(set);
        List<String> stoppedInVain = new ArrayList<>();
        List<String> missed = new ArrayList<>();
        for (Recorded run : runs) {
            int at = stopped(LossWatch.standard(), run.losses);
            if (at >= 0 && !run.lost()) stoppedInVain.add(run.name);
            if (at < 0 && run.lost()) missed.add(run.name);
            assertTrue(at <= 20, run.name + " went on to " + at);
        }
        assertEquals(lost, runs.stream().filter(Recorded::lost).count());
        assertEquals(falseAlarms, String.join("; ", stoppedInVain));
        assertEquals(misses, String.join("; ", missed));
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
