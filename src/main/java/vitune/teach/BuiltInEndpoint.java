package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import vitune.data.ResponseType;
import vitune.teach.TeacherRequest.Message;
import vitune.teach.TeacherRequest.Role;

/** A real, if small, OpenAI-compatible server on this machine's loopback: {@code POST /v1/chat/completions}. */
final class BuiltInEndpoint implements AutoCloseable {
    static final String MODEL = "built-in";
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    private final BuiltInModel model = new BuiltInModel();
    private final Tokens tokens = new Tokens();
    private final List<Prompts> shipped =
            Prompts.shipped().values().stream().map(Prompts::asText).toList();
    private final Gson json = new Gson();
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("vitune-endpoint"));
    private final HttpServer server;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Serves with the built-in model. */
    BuiltInEndpoint() {
        server = start();
        server.createContext("/v1/chat/completions", this::answer);
    }

    /** Serves with another handler, which may fall back on {@link #answer}. */
    BuiltInEndpoint(HttpHandler first) {
        server = start();
        server.createContext("/v1/chat/completions", first);
    }

    private HttpServer start() {
        // without it, JDK 17 holds each small reply back for 40 ms; read when the first server of the process starts
        if (System.getProperty(NO_DELAY) == null) System.setProperty(NO_DELAY, "true");
        try {
            var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
            http.setExecutor(threads);
            // the server's own thread is as much a daemon as the thread that starts it: it must not keep the JVM alive
            CompletableFuture.runAsync(http::start, threads).join();
            return http;
        } catch (IOException | CompletionException e) {
            throw new UncheckedIOException("cannot start the built-in teacher", new IOException(e));
        }
    }

    String baseUrl() {
        var address = server.getAddress();
        return "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/v1";
    }

    void answer(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        try {
            send(exchange, 200, completion(body).toString());
        } catch (RuntimeException e) { // whatever a client may send: the server answers, and lives
            var error = new JsonObject();
            error.addProperty("message", "cannot read the request: " + e);
            error.addProperty("type", "invalid_request_error");
            var root = new JsonObject();
            root.add("error", error);
            send(exchange, 400, root.toString());
        }
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** The answer to a request body, in OpenAI's form. */
    JsonObject completion(String body) {
        var request = json.fromJson(body, JsonObject.class);
        var messages = new ArrayList<Message>();
        for (var element : request.getAsJsonArray("messages")) {
            var message = element.getAsJsonObject();
            var role = Role.valueOf(message.get("role").getAsString().toUpperCase(Locale.ROOT));
            messages.add(new Message(role, text(message.get("content"))));
        }
        var format = request.getAsJsonObject("response_format");
        var type = format == null
                ? type(messages)
                : ResponseType.of(schema(format, "name").getAsString());
        var form = format == null ? textForm(messages) : jsonForm(format);
        var reply = model.reply(type, form, messages);
        long promptTokens = tokens.prompt(new TeacherRequest(type, messages, form, List.of()));
        return completion(reply, promptTokens, tokens.count(reply));
    }

    private static JsonElement schema(JsonObject format, String field) {
        return format.getAsJsonObject("json_schema").get(field);
    }

    private static ReplyForm jsonForm(JsonObject format) {
        var properties = schema(format, "schema").getAsJsonObject().getAsJsonObject("properties");
        return properties.has("turns") ? ReplyForm.TURNS : ReplyForm.RESPONSE;
    }

    /** Without a schema the system message tells the form by its last words, and the type if its text is a shipped one. */
    private static ReplyForm textForm(List<Message> messages) {
        return messages.get(0).text().endsWith(ReplyForm.TURNS_AS_TEXT.words())
                ? ReplyForm.TURNS_AS_TEXT
                : ReplyForm.RESPONSE_AS_TEXT;
    }

    private ResponseType type(List<Message> messages) {
        return shipped.stream()
                .filter(p -> p.messages().get(0).equals(messages.get(0)))
                .findFirst()
                .map(Prompts::type)
                .orElse(ResponseType.of("unknown"));
    }

    static JsonObject completion(String reply, long promptTokens, long completionTokens) {
        var message = new JsonObject();
        message.addProperty("role", "assistant");
        message.addProperty("content", reply);
        var choice = new JsonObject();
        choice.addProperty("index", 0);
        choice.addProperty("finish_reason", "stop");
        choice.add("message", message);
        var usage = new JsonObject();
        usage.addProperty("prompt_tokens", promptTokens);
        usage.addProperty("completion_tokens", completionTokens);
        usage.addProperty("total_tokens", promptTokens + completionTokens);
        var root = new JsonObject();
        root.addProperty("id", "chatcmpl-" + Integer.toHexString(reply.hashCode()));
        root.addProperty("object", "chat.completion");
        root.addProperty("created", 0);
        root.addProperty("model", MODEL);
        var choices = new JsonArray();
        choices.add(choice);
        root.add("choices", choices);
        root.add("usage", usage);
        return root;
    }

    /** A message's text; of several parts, the texts. */
    private static String text(JsonElement content) {
        if (!content.isJsonArray()) return content.getAsString();
        var text = new StringBuilder();
        for (var part : content.getAsJsonArray()) {
            var words = part.getAsJsonObject().get("text");
            if (words != null) text.append(words.getAsString());
        }
        return text.toString();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        server.stop(0);
        threads.shutdownNow();
    }
}
