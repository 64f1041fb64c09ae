package vitune.teach;

import java.util.List;
import org.jspecify.annotations.Nullable;
import vitune.data.ResponseType;

/**
 * A job at a provider's batch endpoint.
 *
 * @param token our own name for it, which the provider keeps beside the job: it is known before the job is
 * @param id the provider's name; null where the process ended before it was told
 * @param round 1, or 2 where unusable replies are sent back
 */
record BatchJob(String token, @Nullable String id, int round, List<Row> rows) {
    /** A request of the job, as the ledger will name it. */
    record Row(String request, String sample, ResponseType type, String prompt) {}

    BatchJob {
        rows = List.copyOf(rows);
    }
}
