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
     * {@code VITUNE_TEACHER_MODEL} (default {@value OpenAiTeacher#DEFAULT_MODEL}).
     *
     * @throws IllegalStateException without a key for OpenAI's own server
     */
    static Teacher openAi() {
        return openAi(
                System.getenv("OPENAI_API_KEY"),
                System.getenv("OPENAI_BASE_URL"),
                System.getenv("VITUNE_TEACHER_MODEL"));
    }

    /**
     * An OpenAI-compatible teacher.
     *
     * @param apiKey may be null for a server of one's own that asks for none
     * @param baseUrl "http://localhost:8000/v1"; null for OpenAI's own server
     * @param model null for {@value OpenAiTeacher#DEFAULT_MODEL}
     * @throws IllegalStateException without a key for OpenAI's own server
     */
    static Teacher openAi(@Nullable String apiKey, @Nullable String baseUrl, @Nullable String model) {
        return new OpenAiTeacher(apiKey, baseUrl, model, Retry.STANDARD);
    }

    /** Replays the replies that a ledger holds, and asks nobody. */
    static Teacher recorded(Path ledger) {
        return new RecordedTeacher(ledger);
    }
}
