package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoreTest {
    /** The first four rows: Newcombe 1998, table I, method 3; the rest by hand from Wilson's equation. */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.2553, 0.3662",
        "15, 148, 0.0624, 0.1605",
        "0, 20, 0.0000, 0.1611",
        "1, 29, 0.0061, 0.1718",
        "8, 10, 0.4902, 0.9433",
        "10, 10, 0.7225, 1.0000",
    })
    void intervalsAreThoseOfTheTextbooks(int right, int n, double low, double high) {
        Score score = new Score(right, n, 0.5);
        assertEquals(low, score.low(), 5e-5);
        assertEquals(high, score.high(), 5e-5);
    }

    @Test
    void theIntervalHoldsTheShareAndMirrors() {
        for (int right = 0; right <= 30; right++) {
            Score score = new Score(right, 30, 0);
            Score mirrored = new Score(30 - right, 30, 0);
            assertTrue(0 <= score.low()
                    && score.low() <= score.accuracy()
                    && score.accuracy() <= score.high()
                    && score.high() <= 1);
            assertEquals(1 - mirrored.high(), score.low(), 1e-12);
        }
    }

    @Test
    void impossibleCountsAreRefused() {
        assertEquals(
                "n must be >= 1, got 0",
                assertThrows(IllegalArgumentException.class, () -> new Score(0, 0, 0))
                        .getMessage());
        assertEquals(
                "right must be in 0..3, got 4",
                assertThrows(IllegalArgumentException.class, () -> new Score(4, 3, 0))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Score(1, 3, Double.NaN));
    }
}
