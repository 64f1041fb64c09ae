package vitune.teach;

import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.errors.OpenAIServiceException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a failed call means: whether it is worth another try, when, and what to tell the user. */
final class Faults {
    /** A wrong key, a model that one may not use, a model or server that is not there. */
    private static final Set<Integer> OF_ALL_REQUESTS = Set.of(401, 403, 404);

    /** Given up while somebody behind it may have been at work. */
    private static final Set<Integer> OF_A_GATEWAY = Set.of(408, 502, 504, 524);

    private static final String QUOTA = "insufficient_quota";

    private Faults() {}

    /** Rate limits, server errors, cut connections and garbled bodies pass; all else stays. */
    static boolean passing(OpenAIException e) {
        if (!(e instanceof OpenAIServiceException service)) return true;
        int status = service.statusCode();
        return status >= 500 || status == 408 || status == 409 || status == 429 && !quota(service);
    }

    /** Whether the server is busy with all of us: then all wait, not this request alone. */
    static boolean ofAll(OpenAIException e) {
        return e instanceof OpenAIServiceException service
                && (service.statusCode() == 429 || service.statusCode() == 503);
    }

    /**
     * Attempts in all where a call may be paid for: one that ran out of time, or whose answer cannot be read, is tried
     * but once more.
     */
    static int attempts(OpenAIException e, Retry retry) {
        boolean paid = e.getCause() instanceof InterruptedIOException || e instanceof OpenAIInvalidDataException;
        return paid ? Math.min(2, retry.attempts()) : retry.attempts();
    }

    /** Whether the server itself turned the call down; where a gateway did, the model may have answered. */
    static boolean unbilled(OpenAIException e) {
        return e instanceof OpenAIServiceException service && !OF_A_GATEWAY.contains(service.statusCode());
    }

    /** The wait that the server asks for. */
    static Optional<Duration> retryAfter(OpenAIException e) {
        if (!(e instanceof OpenAIServiceException service)) return Optional.empty();
        var milliseconds = header(service, "Retry-After-Ms");
        var seconds = header(service, "Retry-After");
        try {
            if (milliseconds != null) return Optional.of(milliseconds(Double.parseDouble(milliseconds)));
            if (seconds == null) return Optional.empty();
            if (seconds.matches("[0-9.]+")) return Optional.of(milliseconds(1000 * Double.parseDouble(seconds)));
            var until = ZonedDateTime.parse(seconds, DateTimeFormatter.RFC_1123_DATE_TIME);
            var wait = Duration.between(ZonedDateTime.now(until.getZone()), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (NumberFormatException | DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    private static Duration milliseconds(double wait) {
        return Duration.ofMillis((long) wait);
    }

    /** The fault in the user's words. */
    static TeacherException of(OpenAIException e, String model, int attempts, Retry retry) {
        if (!(e instanceof OpenAIServiceException service)) {
            var cause = e.getCause() == null ? e : e.getCause();
            var message = "no reply from the teacher after " + times(attempts) + ": " + cause.getMessage();
            return new TeacherException(message, false, attempts, e);
        }
        int status = service.statusCode();
        var away = retryAfter(e).filter(wait -> wait.compareTo(retry.longest()) > 0);
        // what else is refused may be the fault of this request alone: a run of such ends the generation anyway
        boolean fatal = away.isPresent() || OF_ALL_REQUESTS.contains(status) || status == 429 && quota(service);
        var advice = away.map(wait -> "the teacher asks to wait " + wait.toSeconds() + " s: run again later")
                .orElseGet(() -> advice(service, model, attempts));
        return new TeacherException(advice + " (" + service.getMessage() + ")", fatal, attempts, e);
    }

    private static String advice(OpenAIServiceException e, String model, int attempts) {
        return switch (e.statusCode()) {
            case 401 ->
                "the API key is not accepted: set OPENAI_API_KEY, or the variable that Teacher.compatible names";
            case 403 -> "this API key may not use the teacher " + model + ": choose another model or key";
            case 404 -> "the server has no model " + model + ": set VITUNE_TEACHER_MODEL, or check OPENAI_BASE_URL";
            case 429 ->
                quota(e)
                        ? "the teacher's quota is used up: see the account's billing, then run again to go on"
                        : "the teacher still limits the rate after " + times(attempts)
                                + ": run again later, or with less concurrency";
            default ->
                e.statusCode() < 500
                        ? "the teacher refuses the request"
                        : "the teacher's server failed in " + times(attempts);
        };
    }

    private static boolean quota(OpenAIServiceException e) {
        return said(e::code).equals(QUOTA) || said(e::type).equals(QUOTA);
    }

    /** Compatible servers leave fields out, and the SDK throws where they are asked for. */
    private static String said(Supplier<Optional<String>> field) {
        try {
            return field.get().orElse("");
        } catch (OpenAIInvalidDataException e) {
            return "";
        }
    }

    private static String times(int attempts) {
        return attempts == 1 ? "1 attempt" : attempts + " attempts";
    }

    private static @Nullable String header(OpenAIServiceException e, String name) {
        List<String> values = e.headers().values(name);
        return values.isEmpty() ? null : values.get(0);
    }
}
