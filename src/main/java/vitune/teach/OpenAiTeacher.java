package vitune.teach;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.LogLevel;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A teacher behind OpenAI's Chat Completions with structured output: the interface that compatible servers share.
 *
 * <p>The SDK's own retries are off, since they cap a server's {@code Retry-After} and try a spent quota again.
 */
final class OpenAiTeacher implements MeteredTeacher {
    static final String DEFAULT_MODEL = "gpt-4.1-mini";
    private static final String OPENAI = "https://api.openai.com/v1";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int MOST_CALLS = 256;

    private final String model;
    private final String key;
    private final Retry retry;
    private final OkHttpClient http;
    private final OpenAIClient client;
    private final ChatRequests requests;
    private final ChatReplies replies;
    /** No call starts before this time ({@link System#nanoTime}): a limit met by one thread slows all. */
    private final AtomicLong notBefore = new AtomicLong(System.nanoTime());

    OpenAiTeacher(@Nullable String apiKey, @Nullable String baseUrl, @Nullable String model, Retry retry) {
        this(apiKey, baseUrl, model, retry, TIMEOUT);
    }

    /** @param timeout of a whole call, its body included */
    OpenAiTeacher(
            @Nullable String apiKey, @Nullable String baseUrl, @Nullable String model, Retry retry, Duration timeout) {
        if (given(apiKey, "").isEmpty() && given(baseUrl, OPENAI).equals(OPENAI)) {
            throw new IllegalStateException(
                    "no API key: set OPENAI_API_KEY in the environment; Teacher.builtIn() needs none");
        }
        if (HttpUrl.parse(given(baseUrl, OPENAI)) == null) {
            throw new IllegalArgumentException("baseUrl must be http(s)://host..., got " + quoted(baseUrl));
        }
        this.model = given(model, DEFAULT_MODEL);
        key = given(apiKey, "");
        this.retry = retry;
        http = http(timeout);
        client = OpenAIOkHttpClient.builder()
                .okHttpClient(http)
                .timeout(timeout)
                .maxRetries(0)
                .logLevel(LogLevel.OFF)
                .baseUrl(given(baseUrl, OPENAI))
                .apiKey(given(apiKey, "none"))
                .build();
        requests = new ChatRequests(this.model);
        replies = new ChatReplies(this.model);
    }

    private static String given(@Nullable String value, String otherwise) {
        return value == null || value.isBlank() ? otherwise : value;
    }

    static String quoted(@Nullable String value) {
        return value == null ? "null" : '"' + value + '"';
    }

    private static OkHttpClient http(Duration timeout) {
        var daemons = Daemons.named("vitune-teacher");
        var dispatcher = new Dispatcher(
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons));
        dispatcher.setMaxRequests(MOST_CALLS);
        dispatcher.setMaxRequestsPerHost(MOST_CALLS);
        return new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .readTimeout(timeout)
                .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
                .build();
    }

    @Override
    public String name() {
        return model;
    }

    @Override
    public TeacherReply ask(TeacherRequest request, Meter meter) {
        try {
            for (int attempt = 1; ; attempt++) {
                coolDown();
                int made = attempt - 1;
                var call = meter.begin(request).orElseThrow(() -> Meter.over(made));
                try {
                    var params = requests.params(request, meter.replyTokens());
                    var reply = replies.reply(() -> Optional.of(request), call(() -> completion(params)), attempt);
                    call.answered(reply.promptTokens(), reply.completionTokens());
                    return reply;
                } catch (OpenAIException e) {
                    if (Faults.unbilled(e)) call.refused();
                    else call.lost();
                    waitAfter(e, attempt, Faults.attempts(e, retry));
                } catch (RuntimeException | InterruptedException e) {
                    call.lost();
                    throw e;
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Any other call of this client, tried again after passing faults. */
    <T> T patiently(Function<OpenAIClient, T> action) {
        try {
            for (int attempt = 1; ; attempt++) {
                coolDown();
                try {
                    return call(() -> action.apply(client));
                } catch (OpenAIException e) {
                    waitAfter(e, attempt, retry.attempts());
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    ChatCompletionCreateParams params(TeacherRequest request, OptionalInt replyTokens) {
        return requests.params(request, replyTokens);
    }

    private CancellationException interrupted() {
        http.dispatcher().cancelAll();
        Thread.currentThread().interrupt();
        return new CancellationException("interrupted while asking " + model);
    }

    /** Waits before the next attempt, or ends in the fault; a limit of rate slows the calls of all threads. */
    private void waitAfter(OpenAIException e, int attempt, int most) throws InterruptedException {
        var asked = Faults.retryAfter(e);
        var wait = asked.orElse(retry.after(attempt));
        boolean again = Faults.passing(e) && attempt < most && wait.compareTo(retry.longest()) <= 0;
        if (!again) throw withoutKey(Faults.of(e, model, attempt, retry));
        if (asked.isPresent() || Faults.ofAll(e)) {
            notBefore.accumulateAndGet(System.nanoTime() + wait.toNanos(), (a, b) -> a - b > 0 ? a : b);
        } else {
            Thread.sleep(wait.toMillis());
        }
    }

    /** Servers may repeat a key that they do not accept: then our message goes without it, and without its causes. */
    private TeacherException withoutKey(TeacherException e) {
        if (key.isEmpty()) return e;
        boolean told = false;
        for (Throwable t = e; t != null; t = t.getCause())
            told |= String.valueOf(t.getMessage()).contains(key);
        if (!told) return e;
        return new TeacherException(
                String.valueOf(e.getMessage()).replace(key, "[the key]"), e.fatal(), e.attempts(), null);
    }

    /** Whoever had to wait starts a little apart from the others. */
    private void coolDown() throws InterruptedException {
        long wait = notBefore.get() - System.nanoTime();
        if (wait > 0)
            TimeUnit.NANOSECONDS.sleep(
                    wait + (long) (ThreadLocalRandom.current().nextDouble() * wait / 8));
    }

    /** In a thread of its own, so that an interrupt is heard while the teacher thinks. */
    private <T> T call(Callable<T> action) throws InterruptedException {
        var asked = http.dispatcher().executorService().submit(action);
        try {
            return asked.get();
        } catch (InterruptedException e) {
            asked.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OpenAIException fault) throw fault;
            throw new OpenAIInvalidDataException("unexpected " + e.getCause(), e.getCause());
        }
    }

    private JsonNode completion(ChatCompletionCreateParams params) {
        try (var response = client.chat().completions().withRawResponse().create(params)) {
            return ChatReplies.tree(response.body());
        }
    }

    @Override
    public String toString() {
        return "teacher " + model;
    }

    /** Ends at once: no thread and no connection is left behind. */
    @Override
    public void close() {
        http.dispatcher().cancelAll();
        client.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
