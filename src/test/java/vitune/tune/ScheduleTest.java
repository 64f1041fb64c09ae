package vitune.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    /** Reference: transformers.get_cosine_schedule_with_warmup(optimizer, 3, 10), peak 1e-3, steps 0..9. */
    @Test
    void equalsTransformers() {
        double[] reference = {
            0,
            3.3333333e-4,
            6.6666667e-4,
            1e-3,
            9.5048443e-4,
            8.1174490e-4,
            6.1126047e-4,
            3.8873953e-4,
            1.8825510e-4,
            4.9515566e-5
        };
        Schedule schedule = new Schedule(1e-3, 10, 3);
        for (int i = 0; i < 10; i++) {
            assertEquals(reference[i], schedule.learningRate(i), 1e-10);
        }
    }

    @Test
    void warmupIsAShareOfTheStepsRoundedUp() {
        assertEquals(new Schedule(2e-3, 101, 4), Stage.align().schedule(101));
    }

    @Test
    void refusesWarmupBeyondTheEnd() {
        var error = assertThrows(IllegalArgumentException.class, () -> new Schedule(1e-3, 10, 11));
        assertEquals("expected steps >= 1 and 0 <= warmup <= steps, got steps 10, warmup 11", error.getMessage());
    }
}
