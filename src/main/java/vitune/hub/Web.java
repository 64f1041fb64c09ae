package vitune.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Requests to one hub. Redirects are followed by hand: the token goes to the hub's own origin and nowhere else, and what
 * the hub says about a file stands on the answer that sends us away.
 */
final class Web {
    private static final int REDIRECTS = 8;

    private final HttpClient client;
    private final URI endpoint;
    private final String token;
    private final Duration silence;

    /** @param token empty for none */
    Web(URI endpoint, String token, Duration silence) {
        this.endpoint = endpoint;
        this.token = token;
        this.silence = silence;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** An address of the hub, of segments that are joined as they are; see {@link #encoded}. */
    URI address(String path) {
        return URI.create(endpoint + "/" + path);
    }

    /** A path as it stands in an address: what is no letter, digit or separator is escaped. */
    static String encoded(String path) {
        return Arrays.stream(path.split("/"))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    /**
     * The answer, redirects followed until one satisfies. Its body must be closed.
     *
     * @param from the first byte wanted
     * @param enough whether a redirect to another host says all that is wanted
     */
    HttpResponse<Body> send(String method, URI address, long from, Predicate<HttpResponse<Body>> enough)
            throws IOException, InterruptedException {
        URI at = address;
        for (int hop = 0; hop <= REDIRECTS; hop++) {
            var response = client.send(request(method, at, from), info -> new Body(silence));
            if (!redirects(response)) {
                return response;
            }
            URI next = next(response, at);
            if (!isHome(next) && enough.test(response)) {
                return response;
            }
            response.body().close();
            at = next;
        }
        throw new HubException(address.getHost() + " redirects more than " + REDIRECTS + " times");
    }

    private HttpRequest request(String method, URI at, long from) {
        var request = HttpRequest.newBuilder(at)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(silence)
                .header("User-Agent", "vitune")
                // the lengths and hashes are those of the file, not of a compressed form of it
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (!token.isEmpty() && isHome(at)) {
            request.header("Authorization", "Bearer " + token);
        }
        return request.build();
    }

    private static boolean redirects(HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 ->
                response.headers().firstValue("Location").isPresent();
            default -> false;
        };
    }

    /** Signed addresses are secrets too: no message quotes one. */
    private static URI next(HttpResponse<?> response, URI at) {
        URI next;
        try {
            next = at.resolve(response.headers().firstValue("Location").orElseThrow());
        } catch (IllegalArgumentException e) {
            throw new HubException(at.getHost() + " redirects to something that is no address");
        }
        String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("https");
        if (next.getHost() == null
                || !secure && !(scheme.equals("http") && at.getScheme().equals("http"))) {
            throw new HubException(
                    at.getHost() + " redirects from " + at.getScheme() + " to " + scheme + ", expected https");
        }
        return next;
    }

    /** Whether an address is the hub's own: the same scheme, host and port. */
    boolean isHome(URI address) {
        return endpoint.getScheme().equalsIgnoreCase(address.getScheme())
                && endpoint.getHost().equalsIgnoreCase(address.getHost())
                && port(endpoint) == port(address);
    }

    private static int port(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /** What the hub says of an error, in its own words, if any; never with the token in it. */
    String words(HttpResponse<?> response) {
        String said = response.headers().firstValue("X-Error-Message").orElse("");
        if (said.isEmpty()) {
            return "";
        }
        String safe = token.isEmpty() ? said : said.replace(token, "***");
        return ": " + ModelId.quoted(safe);
    }

    boolean hasToken() {
        return !token.isEmpty();
    }

    URI endpoint() {
        return endpoint;
    }
}
