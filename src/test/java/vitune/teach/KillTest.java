package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Two kills; {@link KillTrial} as a program makes twenty. */
class KillTest {
    @Test
    void aKilledProcessLosesNothingAndPaysNothingTwice() throws Exception {
        try (var trial = new KillTrial(600)) {
            var outcome = trial.run(2, 7);
            assertEquals(600, outcome.samples());
            int most = 600 + 2 * KillTrial.AT_A_KILL;
            assertTrue(outcome.received() >= 600 && outcome.received() <= most, outcome.toString());
        }
    }
}
