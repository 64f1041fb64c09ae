package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.ObjectMappers;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIIoException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchListParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A provider's batch endpoint: files up, a job, files down. */
final class BatchEndpoint {
    private static final String TOKEN = "vitune";
    private static final Set<String> ENDED = Set.of("completed", "failed", "expired", "cancelled");

    private final OpenAiTeacher teacher;
    private final ChatReplies replies;
    private final Gson json = new Gson();

    BatchEndpoint(OpenAiTeacher teacher) {
        this.teacher = teacher;
        replies = new ChatReplies(teacher.name());
    }

    /**
     * How a job stands.
     *
     * @param status the provider's word
     * @param problems why the provider turned it down, or ""
     */
    record State(
            String status,
            @Nullable String output,
            @Nullable String errors,
            String problems) {
        /** The provider knows no such job. */
        static State gone() {
            return new State("gone", null, null, "");
        }

        boolean isGone() {
            return status.equals("gone");
        }

        boolean ended() {
            return ENDED.contains(status);
        }
    }

    /**
     * What came of a request.
     *
     * @param fault why there is no reply, or ""
     * @param billed whether the provider may have billed it
     */
    record Outcome(Optional<TeacherReply> reply, String fault, boolean billed) {}

    /** A request as a line of the file that goes up. */
    String line(String customId, TeacherRequest request, OptionalInt replyTokens) {
        try {
            var body = ObjectMappers.jsonMapper()
                    .writeValueAsString(teacher.params(request, replyTokens)._body());
            return "{\"custom_id\":\"" + customId + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":"
                    + body + "}\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot write a request of type " + request.type().label(), e);
        }
    }

    /** Begins a job; where the answer to that is lost, looks for it before it asks again. Returns its id. */
    String start(Path lines, String token) {
        var file = teacher.patiently(client -> client.files()
                .create(FileCreateParams.builder()
                        .file(lines)
                        .purpose(FilePurpose.BATCH)
                        .build()));
        var params = BatchCreateParams.builder()
                .inputFileId(file.id())
                .endpoint(BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS)
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .metadata(BatchCreateParams.Metadata.builder()
                        .putProperty(TOKEN, token)
                        .build())
                .build();
        var tried = new boolean[1];
        return teacher.patiently(client -> {
            var begun = tried[0] ? found(client, token) : Optional.<String>empty();
            tried[0] = true;
            return begun.orElseGet(() -> client.batches().create(params).id());
        });
    }

    /** The job with this token, among the account's last hundred. */
    Optional<String> find(String token) {
        return teacher.patiently(client -> found(client, token));
    }

    private static Optional<String> found(OpenAIClient client, String token) {
        return client.batches().list(BatchListParams.builder().limit(100).build()).data().stream()
                .filter(job -> job.metadata()
                        .filter(m ->
                                JsonValue.from(token).equals(m._allProperties().get(TOKEN)))
                        .isPresent())
                .map(Batch::id)
                .findFirst();
    }

    /** How the job stands now. */
    State look(String id) {
        var job = teacher.patiently(client -> client.batches().retrieve(id));
        var problems = new StringBuilder();
        job.errors()
                .flatMap(Batch.Errors::data)
                .ifPresent(list -> list.forEach(error -> problems.append(problems.isEmpty() ? "" : "; ")
                        .append(error.message().orElse("no message"))));
        return new State(
                job.status().asString(),
                job.outputFileId().orElse(null),
                job.errorFileId().orElse(null),
                problems.toString());
    }

    /** Brings a file down, whole, and gives each of its lines that names a request, in whatever order they come. */
    void read(String file, Function<String, Optional<TeacherRequest>> asked, BiConsumer<String, Outcome> each) {
        try {
            var lines = Files.createTempFile("vitune-batch", ".jsonl");
            try {
                teacher.patiently(client -> {
                    try (var response = client.files().content(file)) {
                        return Files.copy(response.body(), lines, StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException e) {
                        throw new OpenAIIoException("batch file " + file + " was cut", e);
                    }
                });
                try (var reader = Files.newBufferedReader(lines, UTF_8)) {
                    for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                        if (!line.isBlank()) line(line, asked, each);
                    }
                }
            } finally {
                Files.deleteIfExists(lines);
            }
        } catch (IOException e) {
            throw new TeacherException("cannot read batch file " + file + ": " + e.getMessage(), true, 1, e);
        }
    }

    /** A line that names no request is passed over: the request counts as one without a reply. */
    private void line(String line, Function<String, Optional<TeacherRequest>> asked, BiConsumer<String, Outcome> each) {
        JsonObject row;
        try {
            row = json.fromJson(line, JsonObject.class);
        } catch (JsonParseException e) {
            return;
        }
        if (row.get("custom_id") instanceof JsonPrimitive id) {
            each.accept(id.getAsString(), outcome(row, () -> asked.apply(id.getAsString())));
        }
    }

    private Outcome outcome(JsonObject row, Supplier<Optional<TeacherRequest>> asked) {
        if (row.get("error") instanceof JsonObject error) return none("the batch gave no reply: " + message(error));
        if (!(row.get("response") instanceof JsonObject response)) return none("the batch gave no reply");
        if (!(response.get("body") instanceof JsonObject body)) return none("the batch gave a reply without a body");
        if (body.get("error") instanceof JsonObject error) return none("the teacher refuses: " + message(error));
        try {
            var completion = ObjectMappers.jsonMapper().readTree(body.toString());
            return new Outcome(Optional.of(replies.reply(asked, completion, 1)), "", true);
        } catch (JsonProcessingException | OpenAIException e) {
            return new Outcome(Optional.empty(), "the batch gave a reply that cannot be read", true);
        }
    }

    static Outcome none(String fault) {
        return new Outcome(Optional.empty(), fault, false);
    }

    private static String message(JsonObject error) {
        var message = error.get("message");
        var code = error.get("code");
        return message != null && message.isJsonPrimitive() ? message.getAsString() : String.valueOf(code);
    }

    /** The HTTP status behind a fault; 0 where there is none. */
    static int status(TeacherException e) {
        return e.getCause() instanceof OpenAIServiceException service ? service.statusCode() : 0;
    }
}
