package vitune.teach;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The built-in endpoint with faults before it: each request takes one from the script, and is answered where there is
 * none.
 */
final class ScriptedServer implements AutoCloseable {
    final Deque<String> script = new ConcurrentLinkedDeque<>();
    /** When each request came, in milliseconds. */
    final List<Long> times = new CopyOnWriteArrayList<>();

    final List<String> bodies = new CopyOnWriteArrayList<>();
    /** What every request meets once the script is empty. */
    volatile String always = "";

    private final BuiltInEndpoint inner = new BuiltInEndpoint();
    private final BuiltInEndpoint outer = new BuiltInEndpoint(this::handle);

    String baseUrl() {
        return outer.baseUrl();
    }

    OpenAiTeacher teacher() {
        return new OpenAiTeacher(
                "secret-key",
                outer.baseUrl(),
                BuiltInEndpoint.MODEL,
                new Retry(4, Duration.ofMillis(10), Duration.ofSeconds(5)));
    }

    int requests() {
        return times.size();
    }

    private void handle(HttpExchange exchange) throws IOException {
        times.add(System.nanoTime() / 1_000_000);
        var fault = script.isEmpty() ? always : script.poll();
        switch (fault) {
            case "429" -> {
                exchange.getResponseHeaders().set("Retry-After", "1");
                error(exchange, 429, "rate_limit_exceeded", "slow down");
            }
            case "429 for an hour" -> {
                exchange.getResponseHeaders().set("Retry-After", "3600");
                error(exchange, 429, "rate_limit_exceeded", "come back later");
            }
            case "quota" -> error(exchange, 429, "insufficient_quota", "no credit left");
            case "500", "401", "404", "400" -> error(exchange, Integer.parseInt(fault), "some_code", "it is " + fault);
            case "too long" -> error(exchange, 400, "context_length_exceeded", "too many tokens");
            case "cut body" -> {
                exchange.sendResponseHeaders(200, 500);
                exchange.getResponseBody().write("{\"id\": \"x\", ".getBytes(StandardCharsets.UTF_8));
                exchange.close();
            }
            case "empty object" -> BuiltInEndpoint.send(exchange, 200, "{}");
            case "cut reply" -> reply(exchange, "{\"turns\": [{\"instruction\": \"Is the", "length");
            case "wrong schema" -> reply(exchange, "{\"questions\": []}", "stop");
            case "not json" -> reply(exchange, "Sure! Here it is.", "stop");
            case "coordinates" -> reply(exchange, "{\"response\": \"A dog at [0.100, 0.200].\"}", "stop");
            case "refusal" -> reply(exchange, null, "stop");
            case "hang" -> {
                try {
                    Thread.sleep(20_000);
                } catch (InterruptedException e) {
                    exchange.close();
                }
            }
            default -> {
                var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                bodies.add(body);
                var answer = inner.completion(body);
                if (fault.equals("no usage")) answer.remove("usage");
                if (fault.equals("fenced")) {
                    var message = answer.getAsJsonArray("choices")
                            .get(0)
                            .getAsJsonObject()
                            .getAsJsonObject("message");
                    message.addProperty(
                            "content", "```json\n" + message.get("content").getAsString() + "\n```");
                }
                BuiltInEndpoint.send(exchange, 200, answer.toString());
            }
        }
    }

    private static void error(HttpExchange exchange, int status, String code, String message) throws IOException {
        var error = new JsonObject();
        error.addProperty("message", message);
        error.addProperty("type", code);
        error.addProperty("code", code);
        var root = new JsonObject();
        root.add("error", error);
        BuiltInEndpoint.send(exchange, status, root.toString());
    }

    private static void reply(HttpExchange exchange, String text, String finish) throws IOException {
        var answer = BuiltInEndpoint.completion(text == null ? "" : text, 100, 10);
        var choice = answer.getAsJsonArray("choices").get(0).getAsJsonObject();
        choice.addProperty("finish_reason", finish);
        if (text == null) choice.getAsJsonObject("message").addProperty("refusal", "I would rather not");
        BuiltInEndpoint.send(exchange, 200, answer.toString());
    }

    @Override
    public void close() {
        outer.close();
        inner.close();
    }
}
