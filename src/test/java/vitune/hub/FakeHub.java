package vitune.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A hub with one model, and its CDN on another port: large files are sent away to it, by addresses that are signed for
 * GET alone, as on the real one.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String TOKEN = "hf_verysecret";
    static final Patience QUICK = new Patience(3, Duration.ofMillis(1), Duration.ofSeconds(2), Duration.ofSeconds(20));

    /** A request; where it carried no such header, the text is empty. */
    record Seen(boolean cdn, String method, String file, String authorization, String range) {}

    /** An answer in place of the right one. */
    record Fault(int status, String retryAfter) {}

    final Map<String, byte[]> files = new TreeMap<>();
    final List<String> listedToo = new ArrayList<>();
    final Map<String, String> etags = new ConcurrentHashMap<>();
    final Set<String> large = ConcurrentHashMap.newKeySet();
    final Set<String> unreadable = ConcurrentHashMap.newKeySet();
    final List<Seen> seen = new CopyOnWriteArrayList<>();
    /** Met by the next requests to the hub, one each. */
    final Deque<Fault> faults = new ConcurrentLinkedDeque<>();
    /** After so many bytes the next bodies of large files end, one each. */
    final Deque<Integer> cuts = new ConcurrentLinkedDeque<>();

    volatile String commit = COMMIT;
    volatile String reason = "";
    volatile boolean ranges = true;
    /** Where set, a body stops at its cut until this opens, and does not go on after it. */
    volatile CountDownLatch hold = new CountDownLatch(0);

    static {
        // as in vitune.teach: without it, JDK 17 holds each small reply back for 40 ms
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer hub = start(false);
    private final HttpServer cdn = start(true);

    FakeHub() {
        put("config.json", "{\"model_type\": \"blip-2\"}");
        put("tokenizer.json", "{}");
        put("preprocessor_config.json", "{\"size\": 28}");
        put("qformer_tokenizer/tokenizer.json", "{\"version\": \"1.0\"}");
        put("README.md", "# not needed");
        put("pytorch_model.bin", "a pickle");
        put("onnx/model.onnx", "another framework");
        put("model.safetensors", "weights ".repeat(400_000));
        large.add("model.safetensors");
    }

    void put(String file, String content) {
        files.put(file, content.getBytes(UTF_8));
    }

    String address() {
        return address(hub);
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** As huggingface.co names it: large files by SHA-256, others by git's blob hash. */
    String etag(String file) {
        byte[] bytes = files.get(file);
        String known = etags.get(file);
        if (known != null) return known;
        if (large.contains(file)) return hash("SHA-256", bytes);
        return hash("SHA-1", ("blob " + bytes.length + "\0").getBytes(UTF_8), bytes);
    }

    private static String hash(String algorithm, byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) digest.update(part);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    long count(String method, String file) {
        return seen.stream()
                .filter(s -> s.method().equals(method) && s.file().equals(file) && s.cdn() == large.contains(file))
                .count();
    }

    List<Seen> toCdn() {
        return seen.stream().filter(Seen::cdn).toList();
    }

    private HttpServer start(boolean isCdn) {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 64);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                try (exchange) {
                    answer(exchange, isCdn);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange, boolean isCdn) throws IOException, InterruptedException {
        String path = exchange.getRequestURI().getPath();
        String file =
                path.replaceFirst("^/o/m/resolve/(main|" + COMMIT + ")/", "").replaceFirst("^/cdn/", "");
        var headers = exchange.getRequestHeaders();
        String range = headers.getOrDefault("Range", List.of("")).get(0);
        String authorization =
                headers.getOrDefault("Authorization", List.of("")).get(0);
        seen.add(new Seen(isCdn, exchange.getRequestMethod(), file, authorization, range));
        var fault = isCdn ? null : faults.poll();
        var out = exchange.getResponseHeaders();
        if (!reason.isEmpty()) out.set("X-Error-Message", reason);
        if (!"identity".equals(headers.getFirst("Accept-Encoding"))) {
            exchange.sendResponseHeaders(406, -1); // the real one would compress, and the lengths would be others
        } else if (fault != null) {
            if (!fault.retryAfter().isEmpty()) out.set("Retry-After", fault.retryAfter());
            exchange.sendResponseHeaders(fault.status(), -1);
        } else if (path.equals("/api/models/o/m/revision/main")
                || path.startsWith("/api/models/o/m/revision/refs/pr")) {
            list(exchange);
        } else if (!files.containsKey(file)) {
            exchange.sendResponseHeaders(404, -1);
        } else if (unreadable.contains(file)
                || isCdn && exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(403, -1);
        } else {
            out.set("X-Repo-Commit", COMMIT);
            if (large.contains(file) && !isCdn) {
                out.set("X-Linked-Etag", "\"" + etag(file) + "\"");
                out.set("X-Linked-Size", String.valueOf(files.get(file).length));
                out.set("ETag", "\"of-the-redirect\"");
                out.set("Location", address(cdn) + "/cdn/" + file + "?signature=also-secret");
                exchange.sendResponseHeaders(302, -1);
            } else {
                out.set("ETag", "W/\"" + etag(file) + "\"");
                send(exchange, file, range);
            }
        }
    }

    private void list(HttpExchange exchange) throws IOException {
        List<String> names = new ArrayList<>(files.keySet());
        names.addAll(listedToo);
        var siblings = names.stream().map(name -> Map.of("rfilename", name)).toList();
        byte[] json =
                new Gson().toJson(Map.of("sha", commit, "siblings", siblings)).getBytes(UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
    }

    private void send(HttpExchange exchange, String file, String range) throws IOException, InterruptedException {
        byte[] bytes = files.get(file);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        int from = range.isEmpty() || !ranges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from > 0) {
            var span = "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length;
            exchange.getResponseHeaders().set("Content-Range", span);
        }
        byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
        var cut = large.contains(file) ? cuts.poll() : null;
        exchange.getResponseBody().write(rest, 0, cut == null ? rest.length : cut);
        exchange.getResponseBody().flush();
        if (cut != null) hold.await();
    }

    @Override
    public void close() {
        hub.stop(0);
        cdn.stop(0);
        threads.shutdownNow();
    }
}
