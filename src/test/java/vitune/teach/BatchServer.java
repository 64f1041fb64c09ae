package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.UnaryOperator;

/** A loopback server that speaks {@code /files} and {@code /batches}; the built-in model answers, last request first. */
final class BatchServer implements AutoCloseable {
    /** Each call takes one fault from here: a status, "lost" and "done, 500" (done, but not said), "" (none). */
    final Deque<String> script = new ConcurrentLinkedDeque<>();

    final Map<String, List<JsonObject>> jobs = Collections.synchronizedMap(new LinkedHashMap<>());
    final List<String> paths = Collections.synchronizedList(new ArrayList<>());
    /** How a job ends; "in_progress" while it goes on. */
    volatile String status = "completed";

    volatile UnaryOperator<List<String>> output = lines -> lines;
    volatile String errors = "";
    volatile UnaryOperator<String> reply = text -> text;

    private final Map<String, String> files = Collections.synchronizedMap(new LinkedHashMap<>());
    private final Map<String, String> tokens = Collections.synchronizedMap(new LinkedHashMap<>());
    private final BuiltInEndpoint model = new BuiltInEndpoint();
    private final Gson json = new Gson();
    private final HttpServer server;

    BatchServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
            server.createContext("/v1/files", exchange -> handle(exchange, this::files));
            server.createContext("/v1/batches", exchange -> handle(exchange, this::batches));
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OpenAiTeacher teacher() {
        var url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
        return new OpenAiTeacher(
                "secret-key", url, BuiltInEndpoint.MODEL, new Retry(4, Duration.ofMillis(10), Duration.ofSeconds(5)));
    }

    /** Requests that were sent in all jobs. */
    int requests() {
        return jobs.values().stream().mapToInt(List::size).sum();
    }

    private interface Answer {
        String to(String method, String path, String body);
    }

    private void handle(HttpExchange exchange, Answer answer) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        var fault = script.isEmpty() ? "" : script.poll();
        paths.add(exchange.getRequestMethod() + " " + path);
        if (fault.matches("\\d+")) {
            BuiltInEndpoint.send(exchange, Integer.parseInt(fault), "{}");
            return;
        }
        var text = answer.to(exchange.getRequestMethod(), path, body);
        if (fault.equals("done, 500")) {
            BuiltInEndpoint.send(exchange, 500, "{}");
            return;
        }
        if (fault.equals("lost")) {
            exchange.sendResponseHeaders(200, 500);
            exchange.close();
            return;
        }
        BuiltInEndpoint.send(exchange, 200, text);
    }

    private String files(String method, String path, String body) {
        if (method.equals("GET")) {
            return files.get(path.split("/")[3]);
        }
        var id = "file-" + files.size();
        var lines = body.lines().filter(line -> line.startsWith("{")).toList();
        files.put(id, String.join("\n", lines));
        return "{\"id\": \"" + id + "\", \"object\": \"file\", \"bytes\": 1, \"created_at\": 1, \"filename\": \"a\","
                + " \"purpose\": \"batch\", \"status\": \"processed\"}";
    }

    private String batches(String method, String path, String body) {
        if (method.equals("POST")) {
            var request = json.fromJson(body, JsonObject.class);
            var token = request.getAsJsonObject("metadata").get("vitune").getAsString();
            return start(files.get(request.get("input_file_id").getAsString()), token);
        }
        if (path.endsWith("/batches")) {
            var all = String.join(",", jobs.keySet().stream().map(this::job).toList());
            return "{\"object\": \"list\", \"data\": [" + all + "], \"has_more\": false}";
        }
        return job(path.split("/")[3]);
    }

    String start(String lines, String token) {
        var id = "batch_" + jobs.size();
        jobs.put(
                id,
                lines.lines().map(line -> json.fromJson(line, JsonObject.class)).toList());
        tokens.put(id, token);
        return job(id);
    }

    private String job(String id) {
        var job = new JsonObject();
        job.addProperty("id", id);
        job.addProperty("object", "batch");
        job.addProperty("status", status);
        job.addProperty("endpoint", "/v1/chat/completions");
        job.addProperty("completion_window", "24h");
        job.addProperty("input_file_id", "x");
        job.addProperty("created_at", 1);
        var metadata = new JsonObject();
        metadata.addProperty("vitune", tokens.get(id));
        job.add("metadata", metadata);
        if (status.equals("failed")) {
            job.add("errors", json.fromJson("{\"data\": [{\"message\": \"line 3 is too long\"}]}", JsonObject.class));
        } else if (!status.equals("in_progress")) {
            files.computeIfAbsent("out-" + id, key -> answers(jobs.get(id)));
            job.addProperty("output_file_id", "out-" + id);
            if (!errors.isEmpty()) {
                var first = jobs.get(id).get(0).get("custom_id").getAsString();
                files.put("err-" + id, errors.replace("FIRST", first));
                job.addProperty("error_file_id", "err-" + id);
            }
        }
        return job.toString();
    }

    private String answers(List<JsonObject> requests) {
        var lines = new ArrayList<String>();
        for (var request : requests) {
            var completion = model.completion(request.get("body").toString());
            var message = completion
                    .getAsJsonArray("choices")
                    .get(0)
                    .getAsJsonObject()
                    .getAsJsonObject("message");
            message.addProperty("content", reply.apply(message.get("content").getAsString()));
            var response = new JsonObject();
            response.addProperty("status_code", 200);
            response.add("body", completion);
            var line = new JsonObject();
            line.add("custom_id", request.get("custom_id"));
            line.add("response", response);
            lines.add(line.toString());
        }
        Collections.reverse(lines);
        return String.join("\n", output.apply(lines));
    }

    @Override
    public void close() {
        server.stop(0);
        model.close();
    }
}
