package vitune.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactMatchTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes | Yes.",
                "2 | two",
                "The dog | dog",
                "a  red\tcar! | red car",
                "(left) | left",
                "20 | twenty",
                "don't know | dont know",
                "02 | two",
                "1.5 | 1.5",
                "1,000 | 1000",
                "12,5 | 12.5",
                "\u2161 | ii",
                "caf\u00e9 | cafe\u0301",
            })
    void sameAnswer(String reply, String answer) {
        assertTrue(ExactMatch.matches(reply, answer));
        assertTrue(ExactMatch.matches(answer, reply));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes it is | yes",
                "reddish | red",
                "1.5 | one five",
                "15 | 1.5",
                "1,000 | 1.000",
                "21 | twenty",
                "left right | left",
                "theater | ater",
                "no | not",
            })
    void otherAnswer(String reply, String answer) {
        assertFalse(ExactMatch.matches(reply, answer));
    }

    @Test
    void nothingMatchesNothing() {
        assertFalse(ExactMatch.matches("", ""));
        assertFalse(ExactMatch.matches("...", "?"));
        assertFalse(ExactMatch.matches("the", "a"));
        assertEquals("two dogs", ExactMatch.normalise("  The 2 dogs."));
    }
}
