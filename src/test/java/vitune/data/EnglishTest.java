package vitune.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnglishTest {
    @ParameterizedTest
    @CsvSource({
        "car, cars",
        "bus, buses",
        "fish, fish",
        "sheep, sheep",
        "person, people",
        "people, people",
        "wine glass, wine glasses",
        "couch, couches",
        "knife, knives",
        "city, cities",
        "cherry, cherries",
        "boy, boys",
        "toy, toys",
        "drier, driers"
    })
    void plurals(String one, String many) {
        assertEquals(many, English.plural(one));
    }

    @ParameterizedTest
    @CsvSource({"a car, car", "an umbrella, umbrella", "an Apple, Apple"})
    void articles(String expected, String noun) {
        assertEquals(expected, English.a(noun));
    }
}
