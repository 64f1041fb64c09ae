package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.DataException;
import vitune.data.ResponseType;

class PricesTest {
    @TempDir
    private Path folder;

    @Test
    void pricesAreDatedAndBadLinesAreNamed() throws Exception {
        var price = Prices.standard().of("gpt-4.1-mini-2025-04-14").orElseThrow();
        assertEquals(0.40 + 1.60, price.of(1_000_000, 1_000_000), 1e-9);
        assertTrue(price.asOf().matches("\\d{4}-\\d{2}-\\d{2}"));
        assertTrue(Prices.standard().of("llama").isEmpty());
        assertFalse(Prices.standard().of(OpenAiTeacher.DEFAULT_MODEL).isEmpty());
        var file = Files.writeString(folder.resolve("p.csv"), "model,prompt,completion,as_of\nmine,1,two,2026-01-01\n");
        assertTrue(assertThrows(DataException.class, () -> Prices.read(file))
                .getMessage()
                .contains("line 2"));
        var unknown = new CostForecast(
                "llama",
                List.of(new CostForecast.Part(ResponseType.SUMMARY, 2, 0, 100, 10)),
                Prices.standard().of("llama"),
                Map.of());
        assertTrue(unknown.toString().contains("price of llama unknown"), unknown.toString());
        assertTrue(unknown.cost().isEmpty());
    }

    @Test
    void theListThatIsEditedWins() throws Exception {
        var lists = Path.of("data", "prices.csv");
        try (var packed = Prices.class.getResourceAsStream("prices.csv")) {
            assertEquals(Files.readString(lists), new String(packed.readAllBytes()), "the jar's is the same file");
        }
        assertEquals(
                0.40, Prices.standard(folder).of("gpt-4.1-mini").orElseThrow().prompt(), "no list here");
        var edited = Files.createDirectories(folder.resolve("home").resolve("data"));
        Files.writeString(edited.resolve("prices.csv"), "gpt-4.1-mini,7,8,2027-01-01\n");
        var price = Prices.standard(folder, folder.resolve("home")).of("gpt-4.1-mini");
        assertEquals(7, price.orElseThrow().prompt());
        assertEquals("2027-01-01", price.orElseThrow().asOf());
    }

    @Test
    void everyPriceOfTheListHasItsDay() throws Exception {
        var rows = Files.readAllLines(Path.of("data", "prices.csv")).stream()
                .filter(line -> !line.startsWith("#") && !line.startsWith("model,"))
                .toList();
        assertTrue(rows.size() > 10);
        for (var row : rows) {
            var price = Prices.standard().of(row.split(",")[0]).orElseThrow();
            assertTrue(price.asOf().matches("20\\d{2}-\\d{2}-\\d{2}"), row);
        }
    }
}
