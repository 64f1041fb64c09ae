package vitune.teach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vitune.data.ResponseType;
import vitune.teach.LedgerEntry.Verdict;

class LedgerTest {
    @TempDir
    private Path folder;

    private static LedgerEntry failed(@Nullable Double cost) {
        return new LedgerEntry(
                "r",
                "s",
                ResponseType.SUMMARY,
                "t",
                "t",
                "p",
                "",
                10,
                2,
                cost,
                1,
                Verdict.FAILED,
                "away",
                Instant.EPOCH);
    }

    @Test
    void aRetryWithoutAPriceForgetsNoCost() {
        try (var ledger = new Ledger(folder.resolve("ledger.db"))) {
            ledger.put(failed(null));
            ledger.put(failed(null));
            assertNull(ledger.find("r").orElseThrow().cost(), "unknown is not free");
            assertEquals("0.00 USD for 1 requests (1 of them without a price)", ledger.cost());
            ledger.put(failed(0.25));
            ledger.put(failed(null));
            assertEquals(0.25, ledger.find("r").orElseThrow().cost());
            ledger.put(failed(0.5));
            var row = ledger.find("r").orElseThrow();
            assertEquals(0.75, row.cost());
            assertEquals("0.75 USD for 1 requests", ledger.cost());
            assertEquals(5, row.attempts());
            assertEquals(50, row.promptTokens());
        }
    }
}
