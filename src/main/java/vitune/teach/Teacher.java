package vitune.teach;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who writes the instruction data: a prompt in, a reply out. Teachers may be asked from several threads at once.
 * Caps ({@link Limits}) hold for the kit's own teachers; of another, each ask counts as one call.
 *
 * <p>Source: LLaVA (arXiv:2304.08485) §3, where GPT-4 is the teacher.
 */
public interface Teacher extends AutoCloseable {
    /**
     * Asks once and waits for the reply; passing faults (rate limits, server errors, cut connections) are retried
     * within.
     *
     * @throws TeacherException when no reply came; its message says why, and what to do
     * @throws java.util.concurrent.CancellationException when the asking thread is interrupted
     */
    TeacherReply ask(TeacherRequest request);

    /** The model that is asked, as it stands in provenance and price list: "gpt-4.1-mini", "built-in". */
    String name();

    /** Releases connections and threads. */
    @Override
    void close();

    /**
     * The teacher that needs no key and no network: a small OpenAI-compatible endpoint on this machine's loopback,
     * which answers from the captions and boxes in the prompt by rule, always the same way, and is asked through the
     * same client.
     */
    static Teacher builtIn() {
        return new BuiltInTeacher();
    }

    /** {@link #openAi()} if {@code OPENAI_API_KEY} or {@code OPENAI_BASE_URL} is set, else {@link #builtIn()}. */
    static Teacher ofEnvironment() {
        return Stream.of("OPENAI_API_KEY", "OPENAI_BASE_URL")
                        .map(System::getenv)
                        .anyMatch(value -> value != null && !value.isBlank())
                ? openAi()
                : builtIn();
    }

    /**
     * The teacher named by the environment: {@code OPENAI_API_KEY}, {@code OPENAI_BASE_URL} (any compatible server) and
     * {@code VITUNE_TEACHER_MODEL} (default {@value OpenAiTeacher#DEFAULT_MODEL}). Keys come from the environment alone,
     * so that none stands in a notebook.
     *
     * @throws IllegalStateException without a key for OpenAI's own server
     */
    static Teacher openAi() {
        return ofModel(System.getenv("VITUNE_TEACHER_MODEL"));
    }

    /**
     * {@link #openAi()}, with this model.
     *
     * @throws IllegalStateException without a key for OpenAI's own server
     */
    static Teacher openAi(String model) {
        return ofModel(model);
    }

    private static Teacher ofModel(@Nullable String model) {
        return new OpenAiTeacher(
                System.getenv("OPENAI_API_KEY"), System.getenv("OPENAI_BASE_URL"), model, Retry.STANDARD);
    }

    /**
     * An OpenAI-compatible server that asks for no key, such as one of your own; a key of OpenAI's is not sent there.
     *
     * @param baseUrl "http://localhost:8000/v1"
     * @throws IllegalArgumentException without an address or a model
     */
    static Teacher compatible(String baseUrl, String model) {
        return server(null, baseUrl, model);
    }

    /** What is not given is never taken from OpenAI: a key for another server would be sent there. */
    private static Teacher server(@Nullable String key, @Nullable String baseUrl, @Nullable String model) {
        if (baseUrl == null || baseUrl.isBlank()) {
            throw new IllegalArgumentException(
                    "baseUrl must be http(s)://host..., got " + OpenAiTeacher.quoted(baseUrl));
        }
        if (model == null || model.isBlank()) {
            throw new IllegalArgumentException(
                    "model must be the name of a model at " + baseUrl + ", got " + OpenAiTeacher.quoted(model));
        }
        return new OpenAiTeacher(key, baseUrl, model, Retry.STANDARD);
    }

    /**
     * An OpenAI-compatible server that asks for a key.
     *
     * @param baseUrl "https://models.example.org/v1"
     * @param keyVariable name of the environment variable that holds its key, in capital letters, digits and
     *     underscores: "EXAMPLE_API_KEY"
     * @throws IllegalArgumentException without an address or a model, or if that is no such name; the message does not repeat it: it may be the key itself
     * @throws IllegalStateException if the variable is not set
     */
    static Teacher compatible(String baseUrl, String model, String keyVariable) {
        if (!keyVariable.matches("[A-Z_][A-Z0-9_]*")) {
            throw new IllegalArgumentException("keyVariable must be the name of an environment variable in capital"
                    + " letters, got something else; a key itself never stands in code");
        }
        var key = System.getenv(keyVariable);
        if (key == null || key.isBlank()) {
            throw new IllegalStateException("no API key: set " + keyVariable + " in the environment");
        }
        return server(key, baseUrl, model);
    }

    /** Replays the replies that a ledger holds, and asks nobody. */
    static Teacher recorded(Path ledger) {
        return new RecordedTeacher(ledger, null);
    }

    /** {@link #recorded(Path)} of one of the teachers whose replies the ledger holds, by its name. */
    static Teacher recorded(Path ledger, String name) {
        return new RecordedTeacher(ledger, name);
    }
}
