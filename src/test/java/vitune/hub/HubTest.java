package vitune.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hub brings, where it puts it, and what it refuses. */
@Timeout(60)
class HubTest {
    @TempDir
    Path cache;

    private final FakeHub server = new FakeHub();

    @AfterEach
    void stop() {
        server.close();
    }

    private Hub hub() {
        return Hub.of(Map.of(), cache)
                .withCache(cache)
                .withEndpoint(server.address())
                .withPatience(FakeHub.QUICK);
    }

    private String refusal(String id) {
        return assertThrows(RuntimeException.class, () -> hub().folder(id)).getMessage();
    }

    private static void assertContains(String text, String... parts) {
        for (String part : parts) assertTrue(text.contains(part), () -> "no \"" + part + "\" in: " + text);
    }

    private TreeSet<String> files() throws IOException {
        try (var walk = Files.walk(cache)) {
            var files = new TreeSet<String>();
            walk.filter(f -> !Files.isDirectory(f))
                    .forEach(f -> files.add(cache.relativize(f).toString()));
            return files;
        }
    }

    @Test
    void theCacheIsLaidOutAsPythonDoes() throws IOException {
        Path folder = hub().folder("o/m");
        Path model = cache.resolve("models--o--m");
        assertEquals(model.resolve("snapshots").resolve(FakeHub.COMMIT), folder);
        assertEquals(FakeHub.COMMIT, Files.readString(model.resolve("refs/main")));
        for (String file :
                List.of("config.json", "tokenizer.json", "qformer_tokenizer/tokenizer.json", "model.safetensors")) {
            String up = file.contains("/") ? "../../../blobs/" : "../../blobs/";
            assertEquals(Path.of(up + server.etag(file)), Files.readSymbolicLink(folder.resolve(file)));
            assertArrayEquals(server.files.get(file), Files.readAllBytes(folder.resolve(file)), file);
        }
        assertEquals(16, files().size(), "5 links, 5 blobs, 5 locks, 1 ref, got " + files());
    }

    @Test
    void whatIsThereIsNotAskedForAgain() throws IOException {
        Path first = hub().folder("o/m");
        int before = server.seen.size();
        assertEquals(first, hub().folder("o/m"));
        assertEquals(before + 1, server.seen.size(), "the list of files alone");
    }

    @Test
    void whatPythonHasBroughtIsUsed() throws IOException {
        List<String> needed = List.of("config.json", "tokenizer.json", "preprocessor_config.json", "model.safetensors");
        server.files.keySet().retainAll(needed);
        Path model = cache.resolve("models--o--m");
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(FakeHub.COMMIT));
        Files.createDirectories(model.resolve("blobs"));
        for (String file : server.files.keySet()) {
            Files.write(model.resolve("blobs").resolve(server.etag(file)), server.files.get(file));
            Files.createSymbolicLink(snapshot.resolve(file), Path.of("../../blobs", server.etag(file)));
        }
        assertEquals(snapshot, hub().folder("o/m"));
        Files.delete(snapshot.resolve("model.safetensors")); // the blob stays: another commit may hold it
        assertEquals(snapshot, hub().folder("o/m"));
        assertTrue(Files.isSymbolicLink(snapshot.resolve("model.safetensors")));
        assertEquals(0, server.count("GET", "model.safetensors") + server.count("GET", "config.json"));
    }

    @Test
    void withoutLinksTheFilesThemselvesStandInTheSnapshot() throws IOException {
        var plain = Hub.of(Map.of("HF_HUB_DISABLE_SYMLINKS", "1"), cache)
                .withCache(cache)
                .withEndpoint(server.address());
        Path folder = plain.folder("o/m");
        assertFalse(Files.isSymbolicLink(folder.resolve("model.safetensors")));
        assertArrayEquals(
                server.files.get("model.safetensors"), Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals(folder, plain.withOffline(true).folder("o/m"));
    }

    @Test
    void shardsComeWithTheirIndex() {
        server.files.remove("model.safetensors");
        server.put("model-00001-of-00002.safetensors", "one");
        server.put("model-00002-of-00002.safetensors", "two");
        server.put("model.fp16.safetensors", "a copy in another precision");
        server.put(
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\","
                        + " \"b\": \"model-00003-of-00003.safetensors\"}}");
        assertContains(refusal("o/m"), "not whole on the hub", "model-00003-of-00003.safetensors");
        assertFalse(Files.exists(cache.resolve("models--o--m/refs/main")), "a ref to half a model");
        server.put("model-00003-of-00003.safetensors", "three");
        Path folder = hub().folder("o/m");
        assertTrue(Files.exists(folder.resolve("model-00002-of-00002.safetensors")));
        assertFalse(Files.exists(folder.resolve("model.fp16.safetensors")));
    }

    @Test
    void aRevisionMayHaveSlashes() {
        hub().folder("o/m", "refs/pr/1");
        assertTrue(Files.exists(cache.resolve("models--o--m/refs/refs/pr/1")));
    }

    @Test
    void progressEndsAtTheLengthOfEachFile() {
        List<Download> told = new ArrayList<>();
        hub().onProgress(told::add).folder("o/m");
        int size = server.files.get("model.safetensors").length;
        var weights =
                told.stream().filter(d -> d.file().equals("model.safetensors")).toList();
        assertTrue(weights.size() >= 3, () -> "once a MiB of 3, got " + weights);
        assertTrue(weights.stream().allMatch(d -> d.total() == size && d.bytes() <= size), weights::toString);
        assertEquals(new Download("model.safetensors", size, size), told.get(told.size() - 1), "weights come last");
    }

    @Test
    void aLocalFolderIsReturnedAsItIs() throws IOException {
        Path own = Files.createDirectories(cache.resolve("own"));
        assertContains(refusal(own.toString()), own.toString(), "config.json");
        Files.writeString(own.resolve("config.json"), "{}");
        assertEquals(own, hub().folder(own.toString()));
        assertEquals(List.of(), server.seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "../no/such/folder",
                "../m",
                "o/..",
                "o/../m",
                "/o/m",
                "o\\m",
                "..\\m",
                "C:/m",
                "o/m/",
                "o//m",
                "a/b/c",
                "o--x/m",
                "o/m.git",
                ".o/m",
                "o/m\n",
                "o/m?x=1",
                "o/m%2e%2e",
                "~/m"
            })
    void anIdWithATrickIsRefusedAndNamed(String id) throws IOException {
        assertContains(refusal(id), "owner/name", "got \"" + id.replace("\n", "?") + "\"");
        assertEquals(List.of(), server.seen);
        assertEquals(new TreeSet<>(), files());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../main", "a/../b", "/main", "a\\b", "a//b", "main/", "a?b", "a b"})
    void aRevisionWithATrickIsRefusedAndNamed(String revision) {
        var error = assertThrows(IllegalArgumentException.class, () -> hub().folder("o/m", revision));
        assertContains(error.getMessage(), "a revision must be", "\"" + revision + "\"");
        assertEquals(List.of(), server.seen);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../evil",
                "../../../evil.json",
                "/evil",
                "qformer_tokenizer/../../../evil.json",
                "..\\..\\evil",
                "C:\\evil",
                "\\evil",
                "a/.."
            })
    void aListedFileWithATrickIsRefusedAndNamed(String file) throws IOException {
        server.listedToo.add(file);
        assertContains(refusal("o/m"), "leads out of its folder", "\"" + file + "\"");
        assertEquals(new TreeSet<>(), files());
    }

    @Test
    void anEtagOrACommitWithATrickIsRefused() throws IOException {
        server.etags.put("config.json", "../../../evil");
        assertContains(refusal("o/m"), "etag", "../../../evil");
        server.commit = "../../../evil";
        assertContains(refusal("o/m"), "commit must be 40 hex digits", "../../../evil");
        assertEquals(new TreeSet<>(), files());
    }

    @Test
    void picklesAreNotBroughtAndAModelOfPicklesSaysHowToConvert() {
        assertFalse(Files.exists(hub().folder("o/m").resolve("pytorch_model.bin")));
        server.files.remove("model.safetensors");
        assertContains(refusal("o/m"), "only as pickle", "pytorch_model.bin", "safe_serialization=True");
        server.files.remove("pytorch_model.bin");
        assertContains(refusal("o/m"), "no weights", "expected model.safetensors");
        server.files.remove("preprocessor_config.json");
        assertContains(refusal("o/m"), "neither preprocessor_config.json nor processor_config.json");
        server.files.remove("tokenizer.json");
        assertContains(refusal("o/m"), "no tokenizer.json", "AutoTokenizer.from_pretrained(\"o/m\", use_fast=True)");
        server.files.remove("config.json");
        assertContains(refusal("o/m"), "no config.json");
    }

    @Test
    void aSnapshotIsWholeWithTokenizerAndProcessorToo() throws IOException {
        Path folder = hub().folder("o/m");
        var offline = hub().withOffline(true);
        for (String file : List.of("tokenizer.json", "preprocessor_config.json")) {
            Files.delete(folder.resolve(file));
            var half = assertThrows(HubException.class, () -> offline.folder("o/m"));
            assertContains(half.getMessage(), "missing " + file);
            assertEquals(folder, hub().folder("o/m"), "online it is brought again");
            assertTrue(Files.exists(folder.resolve(file)));
        }
        Files.move(folder.resolve("preprocessor_config.json"), folder.resolve("processor_config.json"));
        assertEquals(folder, offline.folder("o/m"), "one of the two is enough");
    }

    /** As the model is loaded: an index beside a single file is not asked. */
    @Test
    void theSingleFileCountsBeforeAnIndex() throws IOException {
        Path folder = hub().folder("o/m");
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"}}");
        assertEquals(folder, hub().withOffline(true).folder("o/m"));
        Files.delete(folder.resolve("model.safetensors"));
        for (String map : List.of("{\"a\": null}", "{\"a\": {}}", "{\"a\": []}", "null", "[]", "7")) {
            Files.writeString(index, "{\"weight_map\": " + map + "}");
            var error = assertThrows(
                    HubException.class, () -> hub().withOffline(true).folder("o/m"), map);
            assertContains(error.getMessage(), index + ": expected a JSON object with a weight_map of file names");
        }
    }

    @Test
    void offlineUsesTheCacheAloneAndSaysWhatItLacks() throws IOException {
        var offline = hub().withOffline(true);
        var nothing = assertThrows(HubException.class, () -> offline.folder("o/m"));
        assertContains(nothing.getMessage(), "o/m", "refs/main", "HF_HUB_OFFLINE");
        Path folder = hub().folder("o/m");
        int before = server.seen.size();
        assertEquals(folder, offline.folder("o/m"));
        assertEquals(folder, offline.folder("o/m", FakeHub.COMMIT));
        Files.delete(folder.resolve("model.safetensors"));
        var half = assertThrows(HubException.class, () -> offline.folder("o/m"));
        assertContains(half.getMessage(), "missing model.safetensors", "HF_HUB_OFFLINE");
        assertEquals(before, server.seen.size());
    }

    @Test
    void theEnvironmentNamesCacheEndpointTokenAndOffline() throws IOException {
        var standard = HubSettings.of(Map.of("HF_ENDPOINT", " "), cache);
        assertEquals(cache.resolve(".cache/huggingface/hub"), standard.cache());
        assertEquals(URI.create("https://huggingface.co"), standard.endpoint());
        assertEquals("", standard.token());
        assertFalse(standard.offline());

        Files.writeString(Files.createDirectories(cache.resolve("hf")).resolve("token"), "from-file\n");
        var file = HubSettings.of(Map.of("HF_HOME", "~/hf", "HF_HUB_OFFLINE", "true"), cache);
        assertEquals(cache.resolve("hf/hub"), file.cache());
        assertEquals("from-file", file.token());
        assertTrue(file.offline());

        var named = HubSettings.of(
                Map.of(
                        "HF_HOME",
                        "~/hf",
                        "HF_HUB_CACHE",
                        "/c",
                        "HF_TOKEN",
                        "named",
                        "HF_ENDPOINT",
                        "http://mirror/hf/"),
                cache);
        assertEquals(Path.of("/c"), named.cache());
        assertEquals("named", named.token());
        assertEquals(URI.create("http://mirror/hf"), named.endpoint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://host", "https://", "https://h?x", "ht tp://h", "file:///etc"})
    void anEndpointMustBeAnAddress(String endpoint) {
        var error = assertThrows(IllegalArgumentException.class, () -> hub().withEndpoint(endpoint));
        assertContains(error.getMessage(), "HF_ENDPOINT", endpoint);
    }

    @Test
    void hashesAreThoseOfGitAndSha256() throws Exception {
        Path hello = Files.write(cache.resolve("hello"), "hello\n".getBytes(UTF_8)); // git hash-object, sha256sum
        assertEquals("ce013625030ba8dba906f756967f9e9ca394464a", ContentHash.of(hello, "0".repeat(40)));
        assertEquals(
                "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
                ContentHash.of(hello, "0".repeat(64)));
    }

    @Test
    void onlyTheSameSchemeHostAndPortIsHome() {
        var web = new Web(URI.create("https://Hub.example"), "", Duration.ofSeconds(1));
        assertTrue(web.isHome(URI.create("https://hub.example:443/x")));
        for (String other : List.of(
                "http://hub.example/",
                "https://hub.example:8443/",
                "https://cdn.hub.example/",
                "https://hub.example.evil/",
                "https://hub.example@evil/")) {
            assertFalse(web.isHome(URI.create(other)), other);
        }
    }
}
