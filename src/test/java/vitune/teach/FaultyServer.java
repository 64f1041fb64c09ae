package vitune.teach;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** For the faults that no HTTP library commits: a fault by name, the same for each call. */
final class FaultyServer extends BareServer {
    /** The fault of the first so many calls; later ones are answered. */
    volatile String fault = "";

    volatile int faults = Integer.MAX_VALUE;
    final AtomicInteger calls = new AtomicInteger();
    private final BuiltInEndpoint model = new BuiltInEndpoint();

    FaultyServer() throws IOException {
        super(64);
    }

    /** One call a connection. */
    @Override
    void serve(Socket socket) throws IOException, InterruptedException {
        var in = new BufferedInputStream(socket.getInputStream());
        var body = new String(in.readNBytes(Math.max(0, head(in))), UTF_8);
        answer(socket, calls.incrementAndGet() <= faults ? fault : "", body);
    }

    private void answer(Socket socket, String fault, String body) throws IOException, InterruptedException {
        var good = model.completion(body);
        switch (fault) {
            case "429", "500", "502", "503", "504", "400", "401", "403", "404", "408", "409", "413", "422" ->
                send(socket, fault, "application/json", error("some_code"));
            case "insufficient_quota" -> send(socket, "429", "application/json", error(fault));
            case "context_length_exceeded" -> send(socket, "400", "application/json", error(fault));
            case "429 that says nothing" -> send(socket, "429", "application/json", "{}");
            case "400 with an error of text" -> send(socket, "400", "application/json", "{\"error\": \"no\"}");
            case "502 in HTML" -> send(socket, "502", "text/html", "<html>Bad Gateway</html>");
            case "200 in HTML" -> send(socket, "200", "text/html", "<html>Welcome</html>");
            case "bad JSON" -> send(socket, "200", "application/json", "{\"id\": ");
            case "an empty body" -> send(socket, "200", "application/json", "");
            case "no choices" -> send(socket, "200", "application/json", "{\"choices\": []}");
            case "bytes as a picture" -> send(socket, "200", "image/png", "\u0089PNG");
            case "JSON as text" -> send(socket, "200", "text/plain", good.toString());
            case "no usage" -> {
                good.remove("usage");
                send(socket, "200", "application/json", good.toString());
            }
            case "garbled usage" -> {
                good.getAsJsonObject("usage").addProperty("prompt_tokens", "many");
                send(socket, "200", "application/json", good.toString());
            }
            case "truncated body" -> write(socket, head("200", "application/json", 5000) + "{\"id\": \"x\",");
            case "silence" -> Thread.sleep(3000);
            case "slow drip" -> {
                write(socket, head("200", "application/json", 5000));
                for (int i = 0; i < 100; i++) {
                    write(socket, " ");
                    Thread.sleep(50);
                }
            }
            case "closed" -> socket.close();
            case "reset" -> socket.setSoLinger(true, 0); // close() sends RST
            case "reset in the body" -> {
                write(socket, head("200", "application/json", 5000) + "{\"id\": \"x\",");
                Thread.sleep(20);
                socket.setSoLinger(true, 0);
            }
            default ->
                send(socket, "200", "application/json", content(good, fault).toString());
        }
    }

    /** Replies that arrive well and are none. */
    private static JsonObject content(JsonObject good, String fault) {
        var choice = good.getAsJsonArray("choices").get(0).getAsJsonObject();
        var message = choice.getAsJsonObject("message");
        var text = message.get("content").getAsString();
        switch (fault) {
            case "fenced" -> message.addProperty("content", "```json\n" + text + "\n```");
            case "wrong fields" -> message.addProperty("content", "{\"answer\": \"A dog.\"}");
            case "extra fields" -> message.addProperty("content", text.replaceFirst("\\{", "{\"note\": 1, "));
            case "cut JSON" -> message.addProperty("content", text.substring(0, 12));
            case "cut at the limit" -> {
                message.addProperty("content", text.substring(0, 12));
                choice.addProperty("finish_reason", "length");
            }
            case "content filter" -> choice.addProperty("finish_reason", "content_filter");
            case "refusal" -> {
                message.add("content", JsonNull.INSTANCE);
                message.addProperty("refusal", "I would rather not");
            }
            case "null content" -> message.add("content", JsonNull.INSTANCE);
            case "two choices" -> {
                var two = new JsonArray();
                two.add(choice);
                two.add(choice.deepCopy());
                good.add("choices", two);
            }
            default -> {}
        }
        return good;
    }

    private static String error(String code) {
        return "{\"error\": {\"message\": \"it is so\", \"type\": \"" + code + "\", \"code\": \"" + code + "\"}}";
    }

    private static void send(Socket socket, String status, String type, String body) throws IOException {
        write(socket, head(status, type, body.getBytes(UTF_8).length) + body);
    }

    private static String head(String status, String type, int length) {
        return "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: " + length
                + "\r\nConnection: close\r\n\r\n";
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        super.close();
        model.close();
    }
}
