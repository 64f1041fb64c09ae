package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionReaderTest {
    private final CaptionReader reader = new CaptionReader();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "a red car on a sunny day               | car | 1 | red",
                "two small red cars and a blue dog      | car | 2 | red",
                "a man with two red cars                | car | 2 | red",
                "the cars are red                       | car | 3 | red",
                "the three cars are red. it is sunny.   | car | 3 | red",
                "the car is red and at the top left     | car | 1 | red",
                "two blue fish                          | fish | 2 | blue",
                "the two fish are blue                  | fish | 2 | blue",
                "an orange cat                          | cat | 1 | orange",
                "a red traffic light                    | traffic light | 1 | red",
                "two black buses                        | bus | 2 | black",
                "a red car beside many others           | car | 3 | -",
                "two red cars and some others           | car | 3 | -",
                "red cars on a road                     | car | 1 | -",
                "a red car. a blue car.                 | car | 1 | -",
                "a black and white cat                  | cat | 1 | -",
                "the car is red and blue                | car | 1 | -",
                "two of the red cars                    | car | 4 | -",
                "a red carpet                           | car | 1 | -",
                "a dog in a red coat                    | dog | 1 | -"
            })
    void coloursAreReadOnlyWhereThereIsNoDoubt(String caption, String thing, int count, String colour) {
        assertEquals(colour, reader.colour(List.of(caption), thing, count));
    }

    @Test
    void theWeatherIsReadWhereThereIsOne() {
        assertEquals("rainy", CaptionReader.weather(List.of("a car in the rain", "it is rainy")));
        assertEquals("night", CaptionReader.weather(List.of("a car at night")));
        assertNull(CaptionReader.weather(List.of("snow at night")));
        assertNull(CaptionReader.weather(List.of("a training session in brainy knights")));
    }
}
