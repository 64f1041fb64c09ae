package vitune.teach;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.chat.completions.ChatCompletion;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * A teacher behind OpenAI's Chat Completions with structured output: the interface that compatible servers share.
 *
 * <p>The SDK's own retries are off, since they cap a server's {@code Retry-After} and try a spent quota again.
 */
final class OpenAiTeacher implements Teacher {
    static final String DEFAULT_MODEL = "gpt-4.1-mini";
    private static final String OPENAI = "https://api.openai.com/v1";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final int MOST_CALLS = 256;

    private final String model;
    private final Retry retry;
    private final OkHttpClient http;
    private final OpenAIClient client;
    private final ChatRequests requests;
    private final Tokens tokens = new Tokens();
    /** No call starts before this time ({@link System#nanoTime}): a limit met by one thread slows all. */
    private final AtomicLong notBefore = new AtomicLong(System.nanoTime());

    OpenAiTeacher(@Nullable String apiKey, @Nullable String baseUrl, @Nullable String model, Retry retry) {
        if (given(apiKey, "").isEmpty() && given(baseUrl, OPENAI).equals(OPENAI)) {
            throw new IllegalStateException(
                    "no API key: set OPENAI_API_KEY or give one to Teacher.openAi; Teacher.builtIn() needs none");
        }
        this.model = given(model, DEFAULT_MODEL);
        this.retry = retry;
        http = http();
        client = OpenAIOkHttpClient.builder()
                .okHttpClient(http)
                .timeout(TIMEOUT)
                .maxRetries(0)
                .baseUrl(given(baseUrl, OPENAI))
                .apiKey(given(apiKey, "none"))
                .build();
        requests = new ChatRequests(this.model);
    }

    private static String given(@Nullable String value, String otherwise) {
        return value == null || value.isBlank() ? otherwise : value;
    }

    private static OkHttpClient http() {
        ThreadFactory daemons = task -> {
            var thread = new Thread(task, "vitune-teacher");
            thread.setDaemon(true);
            return thread;
        };
        var dispatcher = new Dispatcher(
                new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons));
        dispatcher.setMaxRequests(MOST_CALLS);
        dispatcher.setMaxRequestsPerHost(MOST_CALLS);
        return new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .readTimeout(TIMEOUT)
                .connectionPool(new ConnectionPool(64, 1, TimeUnit.MINUTES))
                .build();
    }

    @Override
    public String name() {
        return model;
    }

    @Override
    public TeacherReply ask(TeacherRequest request) {
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    TimeUnit.NANOSECONDS.sleep(notBefore.get() - System.nanoTime());
                    return reply(request, call(request), attempt);
                } catch (OpenAIException e) {
                    var wait = Faults.retryAfter(e).orElse(retry.after(attempt));
                    boolean again = Faults.passing(e)
                            && attempt < Faults.attempts(e, retry)
                            && wait.compareTo(retry.longest()) <= 0;
                    if (!again) throw Faults.of(e, model, attempt, retry);
                    if (Faults.retryAfter(e).isPresent()) {
                        notBefore.accumulateAndGet(System.nanoTime() + wait.toNanos(), (a, b) -> a - b > 0 ? a : b);
                    } else {
                        Thread.sleep(wait.toMillis());
                    }
                }
            }
        } catch (InterruptedException e) {
            http.dispatcher().cancelAll();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while asking " + model);
        }
    }

    /** Asynchronous underneath, so that an interrupt is heard while the teacher thinks. */
    private ChatCompletion call(TeacherRequest request) throws InterruptedException {
        var future = client.async().chat().completions().create(requests.params(request));
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OpenAIException fault) throw fault;
            throw new OpenAIInvalidDataException("unexpected " + e.getCause(), e.getCause());
        }
    }

    private TeacherReply reply(TeacherRequest request, ChatCompletion completion, int attempt) {
        if (completion.choices().isEmpty()) throw new OpenAIInvalidDataException("a reply without choices");
        var choice = completion.choices().get(0);
        var text = choice.message().content().orElse("");
        var refusal = choice.message().refusal().filter(r -> !r.isBlank()).map(r -> "the teacher refuses: " + r);
        var fault = refusal.orElse(
                switch (choice._finishReason().asKnown().map(Object::toString).orElse("")) {
                    case "length" -> "the reply is cut off at the token limit";
                    case "content_filter" -> "the reply is held back by a content filter";
                    default -> text.isBlank() ? "the reply is empty" : null;
                });
        var usage = completion._usage().asKnown();
        long prompt = usage.flatMap(u -> u._promptTokens().asKnown()).orElseGet(() -> tokens.prompt(request));
        long written = usage.flatMap(u -> u._completionTokens().asKnown()).orElseGet(() -> (long) tokens.count(text));
        return new TeacherReply(text, fault, completion._model().asKnown().orElse(model), prompt, written, attempt);
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
