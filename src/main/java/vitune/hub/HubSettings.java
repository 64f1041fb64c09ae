package vitune.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Where models come from and go to.
 *
 * <p>Source: {@code constants.py} and {@code utils/_auth.py} of huggingface_hub.
 *
 * @param token empty for none
 * @param symlinks whether to link where the system can
 */
record HubSettings(Path cache, URI endpoint, String token, boolean offline, boolean symlinks) {
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    static HubSettings of(Map<String, String> environment, Path home) {
        var read = new Reader(environment, home);
        Path caches = read.path("XDG_CACHE_HOME", home.resolve(".cache"));
        Path hf = read.path("HF_HOME", caches.resolve("huggingface"));
        Path cache = read.path("HF_HUB_CACHE", read.path("HUGGINGFACE_HUB_CACHE", hf.resolve("hub")));
        String token = read.text("HF_TOKEN", read.text("HUGGING_FACE_HUB_TOKEN", ""));
        if (token.isEmpty()) {
            token = content(read.path("HF_TOKEN_PATH", hf.resolve("token")));
        }
        String endpoint = read.text("HF_ENDPOINT", "https://huggingface.co");
        return new HubSettings(
                absolute(cache),
                address(endpoint),
                checked(token),
                read.truth("HF_HUB_OFFLINE") || read.truth("TRANSFORMERS_OFFLINE"),
                !read.truth("HF_HUB_DISABLE_SYMLINKS"));
    }

    private record Reader(Map<String, String> environment, Path home) {
        String text(String name, String standard) {
            String value = environment.getOrDefault(name, "").strip();
            return value.isEmpty() ? standard : value;
        }

        Path path(String name, Path standard) {
            String value = text(name, "");
            if (value.isEmpty()) {
                return standard;
            }
            return value.equals("~") || value.startsWith("~/")
                    ? home.resolve(value.substring(Math.min(2, value.length())))
                    : Path.of(value);
        }

        boolean truth(String name) {
            return TRUE.contains(text(name, "").toUpperCase(Locale.ROOT));
        }
    }

    private static String content(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new HubException("cannot read the token file " + file + ": set HF_TOKEN, or mend the file");
        }
    }

    HubSettings withCache(Path folder) {
        return new HubSettings(absolute(folder), endpoint, token, offline, symlinks);
    }

    HubSettings withEndpoint(String address) {
        return new HubSettings(cache, address(address), token, offline, symlinks);
    }

    HubSettings withToken(String other) {
        return new HubSettings(cache, endpoint, checked(other), offline, symlinks);
    }

    HubSettings withOffline(boolean other) {
        return new HubSettings(cache, endpoint, token, other, symlinks);
    }

    private static Path absolute(Path folder) {
        return folder.toAbsolutePath().normalize();
    }

    private static URI address(String endpoint) {
        String form = "the hub's address (HF_ENDPOINT) must be http:// or https:// and a host, ";
        URI address;
        try {
            address = URI.create(endpoint.strip().replaceFirst("/+$", ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(form + "got " + ModelId.quoted(endpoint), e);
        }
        if (address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(form + "without a name and password in it");
        }
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        if (!Set.of("http", "https").contains(scheme)
                || address.getHost() == null
                || address.getRawQuery() != null
                || address.getRawFragment() != null) {
            throw new IllegalArgumentException(form + "got " + ModelId.quoted(endpoint));
        }
        return address;
    }

    /** Here, since the HTTP client would quote a token that it cannot send. */
    private static String checked(String token) {
        String clean = token.strip();
        if (!clean.matches("[!-~]*")) {
            throw new IllegalArgumentException(
                    "a token (HF_TOKEN) must be printable ASCII without blanks, got one with other characters");
        }
        return clean;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "HubSettings[" + endpoint + ", " + cache + "]";
    }
}
