package vitune.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** A repository as the hub shows it: its files, what they are, and their bytes. */
final class Remote {
    private static final int LONGEST_LISTING = 64 << 20; // bytes
    private static final Pattern ETAG = Pattern.compile("\\w[\\w.-]{0,127}");

    private final Web web;
    private final ModelId model;
    private final String revision;

    Remote(Web web, ModelId model, String revision) {
        this.web = web;
        this.model = model;
        this.revision = revision;
    }

    /**
     * What a repository holds at a commit.
     *
     * @param commit 40 hex digits
     */
    record Listing(String commit, List<String> files) {}

    /**
     * What the hub says of a file.
     *
     * @param etag the name of its blob
     * @param size bytes, where the hub says so
     */
    record Entry(String etag, OptionalLong size) {}

    Listing list() throws IOException, InterruptedException {
        URI address = web.address(
                "api/models/" + model + "/revision/" + Web.encoded(revision).replace("/", "%2F"));
        var response = web.send("GET", address, 0, redirect -> false);
        try (Body body = response.body()) {
            check(response, "the list of files");
            return listing(body);
        }
    }

    private Listing listing(Body body) throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        for (var part = body.next(); part != null; part = body.next()) {
            for (ByteBuffer buffer : part) {
                byte[] some = new byte[buffer.remaining()];
                buffer.get(some);
                bytes.write(some);
            }
            if (bytes.size() > LONGEST_LISTING) {
                throw new HubException(model + ": the list of files is longer than " + LONGEST_LISTING + " bytes");
            }
        }
        try {
            JsonObject json = JsonParser.parseString(bytes.toString(StandardCharsets.UTF_8))
                    .getAsJsonObject();
            List<String> files = new ArrayList<>();
            for (JsonElement file : json.getAsJsonArray("siblings")) {
                files.add(file.getAsJsonObject().get("rfilename").getAsString());
            }
            String commit = json.get("sha").getAsString();
            if (!Storage.COMMIT.matcher(commit).matches()) {
                throw new HubException(
                        model + ": the hub's commit must be 40 hex digits, got " + ModelId.quoted(commit));
            }
            return new Listing(commit, files);
        } catch (JsonParseException
                | IllegalStateException
                | NullPointerException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw new HubException(
                    model + ": " + web.endpoint() + " does not answer as a hub does: got "
                            + ModelId.quoted(bytes.toString(StandardCharsets.UTF_8)) + ", expected JSON with sha and"
                            + " siblings; check HF_ENDPOINT",
                    e);
        }
    }

    /** What the hub says of a file, without its bytes. */
    Entry entry(String commit, String file) throws IOException, InterruptedException {
        var response = web.send(
                "HEAD",
                address(commit, file),
                0,
                redirect -> redirect.headers().firstValue("X-Linked-Etag").isPresent());
        response.body().close();
        boolean onTheWay = response.statusCode() / 100 == 3;
        if (!onTheWay) {
            check(response, file);
        }
        HttpHeaders headers = response.headers();
        String came = headers.firstValue("X-Repo-Commit").orElse(commit);
        if (!came.equals(commit)) {
            throw new HubException(
                    model + ": " + file + " is of commit " + ModelId.quoted(came) + ", expected " + commit);
        }
        String etag = headers.firstValue("X-Linked-Etag")
                .or(() -> headers.firstValue("ETag"))
                .orElse("")
                .replaceFirst("^W/", "")
                .replace("\"", "");
        // a blob is named so: no separator that would lead elsewhere
        if (!ETAG.matcher(etag).matches()) {
            throw new HubException(model + ": " + file + " must have an etag of letters and digits, got "
                    + ModelId.quoted(etag) + " from " + response.uri().getHost() + "; check HF_ENDPOINT");
        }
        var size = headers.firstValueAsLong("X-Linked-Size");
        if (size.isEmpty() && !onTheWay) { // the length of a redirect is its own
            size = headers.firstValueAsLong("Content-Length");
        }
        return new Entry(etag, size);
    }

    /** The bytes of a file from one on; status 200 (all), 206 (from there) or 416 (there are none). */
    HttpResponse<Body> bytes(String commit, String file, long from) throws IOException, InterruptedException {
        var response = web.send("GET", address(commit, file), from, redirect -> false);
        if (from == 0 || response.statusCode() != 416) {
            try {
                check(response, file);
            } catch (IOException | RuntimeException e) {
                response.body().close();
                throw e;
            }
        }
        return response;
    }

    private URI address(String commit, String file) {
        return web.address(model + "/resolve/" + commit + "/" + Web.encoded(file));
    }

    private void check(HttpResponse<?> response, String what) throws PassingFault {
        int status = response.statusCode();
        if (status == 200 || status == 206) {
            return;
        }
        String host = response.uri().getHost();
        boolean home = web.isHome(response.uri());
        // elsewhere a signed address may have run out: the next attempt gets a new one
        if (!home || status == 408 || status == 425 || status == 429 || status >= 500) {
            throw new PassingFault(
                    host + " answers " + status + " for " + what + web.words(response), response.headers());
        }
        String who = model + " (revision " + revision + "): the hub answers " + status + " for " + what
                + web.words(response);
        if (status == 401 || status == 403) {
            throw new Unreachable(
                    who + ". The model is private or gated, or does not exist. Ask for access at " + web.endpoint()
                            + "/"
                            + model + ", then set HF_TOKEN to a token that may read it ("
                            + (web.hasToken() ? "the token that was sent may not" : "no token was sent") + ")",
                    null);
        }
        if (status == 404) {
            throw new HubException(who + ". Check the id and the revision at " + web.endpoint() + "/" + model);
        }
        throw new HubException(who);
    }
}
