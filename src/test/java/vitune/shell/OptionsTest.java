package vitune.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A command line as its user meant it, or what is wrong with it. */
class OptionsTest {
    private static Options of(String... words) {
        return Options.of(words, "MODEL WORD... --limit N --cap USD --kind NAME --types A,B --batch");
    }

    private static void wrong(String message, Runnable use) {
        assertEquals(message, assertThrows(CommandLineException.class, use::run).getMessage());
    }

    @Test
    void wordsOptionsAndSwitchesInAnyOrder() {
        Options options = of("m", "--batch", "one", "--limit", "-3", "two");
        assertEquals(Path.of("m"), options.path("MODEL", "other"));
        assertEquals(Path.of("m"), options.path("MODEL"));
        assertEquals(List.of("one", "two"), options.rest());
        assertEquals(-3, options.number("--limit", 1, -9, 9));
        assertTrue(options.has("--batch"));
        assertFalse(options.has("--cap"));
        assertEquals("f32", options.oneOf("--kind", "f32", "a", "b"));
        assertEquals(List.of(1, 2), of("--types", "a,bb").list("--types", "", String::length));
        assertEquals(0.5, of("--cap", "0.5").amount("--cap"));
    }

    @Test
    void whatIsWrongIsSaid() {
        wrong("unknown option --fast; expected --a", () -> Options.of(new String[] {"--fast"}, "--a"));
        wrong("expected options only, got m", () -> Options.of(new String[] {"m"}, "--a"));
        wrong("expected no more than A B, got z", () -> Options.of(new String[] {"x", "y", "z"}, "A B"));
        wrong("--limit needs a value: N", () -> of("--limit", "--batch"));
        wrong("--limit needs a whole number, got x", () -> of("--limit", "x").number("--limit", 1, 1, 9));
        wrong("--limit must be in 1..9, got 10", () -> of("--limit", "10").number("--limit", 1, 1, 9));
        wrong("MODEL must be >= 1, got -5", () -> of("-5").number("MODEL", 1, 1, Integer.MAX_VALUE));
        wrong("--cap needs a number >= 0, got NaN", () -> of("--cap", "NaN").amount("--cap"));
        wrong("--kind must be one of a, b, got f8", () -> of("--kind", "f8").oneOf("--kind", "a", "a", "b"));
        wrong("--types: For input string: \"x\"", () -> of("--types", "x").list("--types", "", Integer::valueOf));
    }
}
