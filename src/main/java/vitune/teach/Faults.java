package vitune.teach;

import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failed call means: whether it is worth another try, when, and what to tell the user. */
final class Faults {
    private static final Set<String> OF_THIS_REQUEST =
            Set.of("context_length_exceeded", "content_filter", "content_policy_violation", "string_above_max_length");

    private Faults() {}

    /** Rate limits, server errors, cut connections and garbled bodies pass; all else stays. */
    static boolean passing(OpenAIException e) {
        if (!(e instanceof OpenAIServiceException service)) return true;
        int status = service.statusCode();
        return status >= 500 || status == 408 || status == 409 || status == 429 && !quota(service);
    }

    /** Attempts in all; a call that ran out of time may have been paid for, and is tried but once more. */
    static int attempts(OpenAIException e, Retry retry) {
        return e.getCause() instanceof InterruptedIOException ? Math.min(2, retry.attempts()) : retry.attempts();
    }

    /** The wait that the server asks for. */
    static Optional<Duration> retryAfter(OpenAIException e) {
        if (!(e instanceof OpenAIServiceException service)) return Optional.empty();
        var milliseconds = header(service, "Retry-After-Ms");
        var seconds = header(service, "Retry-After");
        try {
            if (milliseconds != null) return Optional.of(Duration.ofMillis((long) Double.parseDouble(milliseconds)));
            if (seconds == null) return Optional.empty();
            if (seconds.matches("[0-9.]+")) return Optional.of(Duration.ofMillis((long) (1000 * Double.parseDouble(seconds))));
            var until = ZonedDateTime.parse(seconds, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(ZonedDateTime.now(until.getZone()), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (NumberFormatException | DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    /** The fault in the user's words. */
    static TeacherException of(OpenAIException e, String model, int attempts, Retry retry) {
        if (!(e instanceof OpenAIServiceException service)) {
            var cause = e.getCause() == null ? e : e.getCause();
            return new TeacherException("no reply from the teacher after " + times(attempts) + ": " + cause.getMessage(), false, e);
        }
        int status = service.statusCode();
        boolean ofThisRequest = status == 413 || OF_THIS_REQUEST.contains(service.code().orElse(""));
        var away = retryAfter(e).filter(wait -> wait.compareTo(retry.longest()) > 0);
        boolean fatal = away.isPresent() || !passing(e) && !ofThisRequest;
        var advice = away.isPresent() ? "the teacher asks to wait " + away.get().toSeconds() + " s (" + status
                + "): run again later; finished replies are kept" : switch (status) {
            case 401 -> "the teacher does not accept the API key (401): set OPENAI_API_KEY to a valid key, or give it to Teacher.openAi";
            case 403 -> "this API key may not use the teacher " + model + " (403): choose another model or key";
            case 404 -> "the server has no model " + model + " (404): set VITUNE_TEACHER_MODEL, or check OPENAI_BASE_URL";
            case 429 -> quota(service)
                    ? "the teacher's quota is used up (429): raise it in the account's billing, then run again; finished replies are kept"
                    : "the teacher still limits the rate after " + times(attempts) + " (429): run again later, or with less concurrency";
            default -> status >= 500
                    ? "the teacher's server failed " + times(attempts) + " (" + status + ")"
                    : "the teacher refuses the request (" + status + ")";
        };
        var detail = service.getMessage();
        return new TeacherException(advice + (detail == null ? "" : ": " + detail), fatal, e);
    }

    private static boolean quota(OpenAIServiceException e) {
        return e.code().filter("insufficient_quota"::equals).isPresent() || e.type().filter("insufficient_quota"::equals).isPresent();
    }

    private static String times(int attempts) {
        return attempts == 1 ? "1 attempt" : attempts + " attempts";
    }

    private static @Nullable String header(OpenAIServiceException e, String name) {
        List<String> values = e.headers().values(name);
        return values.isEmpty() ? null : values.get(0);
    }
}
