package vitune.hub;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** An answer that may be better in a moment: too many requests, or a server in trouble. */
final class PassingFault extends IOException {
    private static final long serialVersionUID = 1;

    private final transient @Nullable Duration retryAfter;

    PassingFault(String message, HttpHeaders headers) {
        super(message);
        this.retryAfter =
                headers.firstValue("Retry-After").map(PassingFault::duration).orElse(null);
    }

    /** The wait that the server asks for, or null. */
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** Source: RFC 9110, 10.2.3: seconds, or a date. */
    private static @Nullable Duration duration(String value) {
        try {
            if (value.matches("[0-9]{1,9}")) {
                return Duration.ofSeconds(Long.parseLong(value));
            }
            var until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(ZonedDateTime.now(until.getZone()), until);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }
}
