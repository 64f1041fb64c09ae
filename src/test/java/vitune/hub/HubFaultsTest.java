package vitune.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vitune.hub.FakeHub.Fault;

/** Bad lines, bad bytes, closed doors, and several at once. */
@Timeout(60)
class HubFaultsTest {
    private static final String WEIGHTS = "model.safetensors";
    private static final int MIB = 1 << 20;

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

    private String refusal(Hub hub) {
        return assertThrows(HubException.class, () -> hub.folder("o/m")).getMessage();
    }

    private static void assertContains(String text, String... parts) {
        for (String part : parts) assertTrue(text.contains(part), () -> "no \"" + part + "\" in: " + text);
    }

    private Path part() {
        return cache.resolve("models--o--m/blobs/" + server.etag(WEIGHTS) + ".vitune.incomplete");
    }

    private void assertWhole(Path folder) throws IOException {
        assertArrayEquals(server.files.get(WEIGHTS), Files.readAllBytes(folder.resolve(WEIGHTS)));
        assertFalse(Files.exists(part()));
    }

    private List<String> ranges() {
        return server.toCdn().stream().map(FakeHub.Seen::range).toList();
    }

    @Test
    void aCutDownloadGoesOnWhereItStopped() throws IOException {
        server.cuts.addAll(List.of(MIB, MIB));
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of("", "bytes=1048576-", "bytes=2097152-"), ranges());
    }

    @Test
    void aLaterCallGoesOnWhereAnEarlierOneGaveUp() throws IOException {
        server.cuts.addAll(List.of(MIB, 0, 0));
        assertContains(refusal(hub()), "cannot download model.safetensors", "is kept in", "3 attempts");
        assertEquals(MIB, Files.size(part()));
        server.seen.clear();
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of("bytes=1048576-"), ranges());
    }

    @Test
    void aServerWithoutRangesStartsAgainAndAServerThatAlwaysCutsIsGivenUp() throws IOException {
        server.ranges = false;
        server.cuts.addAll(List.of(MIB, MIB, MIB, MIB, MIB));
        assertContains(refusal(hub()), "cannot download model.safetensors");
        server.cuts.clear();
        assertWhole(hub().folder("o/m"));
    }

    @Test
    void aPartThatIsNotOursIsNotBuiltUpon() throws IOException {
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[server.files.get(WEIGHTS).length + 1]);
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of(""), ranges());
    }

    /** Python may be writing to it at this moment: its lock does not keep us out. */
    @Test
    void aPartOfPythonsIsLeftAlone() throws IOException {
        Path pythons = part().resolveSibling(server.etag(WEIGHTS) + ".incomplete");
        byte[] half = Arrays.copyOf(server.files.get(WEIGHTS), MIB);
        Files.createDirectories(pythons.getParent());
        Files.write(pythons, half);
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of(""), ranges());
        assertArrayEquals(half, Files.readAllBytes(pythons));
    }

    @Test
    void aPartThatIsWholeIsOnlyChecked() throws IOException {
        Files.createDirectories(part().getParent());
        Files.write(part(), server.files.get(WEIGHTS));
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of(), ranges());
    }

    @ParameterizedTest
    @ValueSource(strings = {WEIGHTS, "config.json"})
    void damagedBytesAreDeletedAndBothHashesNamed(String file) throws IOException {
        String right = server.etag(file);
        server.files.get(file)[3] ^= 1;
        String wrong = server.etag(file);
        server.etags.put(file, right);
        assertContains(refusal(hub()), file, "got hash " + wrong, "expected " + right);
        try (var blobs = Files.list(cache.resolve("models--o--m/blobs"))) {
            assertTrue(blobs.noneMatch(f -> f.getFileName().toString().startsWith(right)));
        }
        server.files.get(file)[3] ^= 1;
        assertWhole(hub().folder("o/m"));
    }

    @Test
    void aDamagedPartOfAnEarlierDownloadIsDeletedToo() throws IOException {
        Files.createDirectories(part().getParent());
        Files.write(part(), new byte[MIB]);
        assertContains(refusal(hub()), "came damaged", server.etag(WEIGHTS));
        assertWhole(hub().folder("o/m"));
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() throws IOException {
        server.reason = "nothing for " + FakeHub.TOKEN;
        var hub = hub().withToken(FakeHub.TOKEN);
        assertWhole(hub.folder("o/m"));
        assertEquals(1, server.toCdn().size());
        for (var request : server.seen) {
            assertEquals(request.cdn() ? "" : "Bearer " + FakeHub.TOKEN, request.authorization(), request::toString);
        }
        assertFalse(hub.toString().contains(FakeHub.TOKEN));
        server.faults.add(new Fault(404, ""));
        String error = refusal(hub);
        assertContains(error, "nothing for ***");
        assertFalse(error.contains(FakeHub.TOKEN), error);
        var unsendable = assertThrows(IllegalArgumentException.class, () -> hub.withToken(FakeHub.TOKEN + "\nX: y"));
        assertFalse(unsendable.getMessage().contains(FakeHub.TOKEN), unsendable.getMessage());
    }

    @Test
    void aClosedDoorNamesTheWayInAndIsNotTriedTwice() {
        server.faults.add(new Fault(401, ""));
        assertContains(refusal(hub()), "o/m", "main", "401", "gated", "HF_TOKEN", "no token was sent");
        assertEquals(1, server.seen.size());
        server.unreadable.add(WEIGHTS); // gated models show the list of files, and refuse the files
        assertContains(refusal(hub().withToken("t")), "403", WEIGHTS, "the token that was sent may not");
    }

    @Test
    void whatTheHubDoesNotHaveIsNamedEvenIfTheCacheHasOne() {
        hub().folder("o/m");
        var nowhere = assertThrows(HubException.class, () -> hub().folder("o/x"));
        assertContains(nowhere.getMessage(), "o/x", "main", "404", "there is no folder o/x here");
        var never = assertThrows(HubException.class, () -> hub().folder("o/m", "v9"));
        assertContains(never.getMessage(), "o/m", "v9", "404");
    }

    @Test
    void passingFaultsAreTriedAgain() throws IOException {
        for (int status : List.of(503, 429, 500, 502)) server.faults.add(new Fault(status, "0"));
        var patient = new Patience(5, Duration.ofDays(1), Duration.ofDays(1), Duration.ofSeconds(20));
        assertWhole(hub().withPatience(patient).folder("o/m")); // would wait for days but for Retry-After
        assertEquals(List.of(), List.copyOf(server.faults));
    }

    @Test
    void faultsThatDoNotPassAreGivenUp() {
        for (int i = 0; i < 3; i++) server.faults.add(new Fault(503, ""));
        assertContains(refusal(hub()), "cannot look up o/m", server.address(), "503", "3 attempts");
        server.faults.add(new Fault(429, "3600"));
        assertContains(refusal(hub()), "429", "asks to wait 3600 s");
    }

    @Test
    void aHubThatIsAwayOrRefusesIsReplacedByAWholeCache() throws IOException {
        Path folder = hub().folder("o/m");
        server.faults.add(new Fault(403, ""));
        assertEquals(folder, hub().folder("o/m"));
        server.faults.add(new Fault(503, ""));
        assertEquals(folder, hub().folder("o/m"));
        server.close();
        assertEquals(folder, hub().folder("o/m"));
        assertEquals(folder, hub().folder("o/m", FakeHub.COMMIT));
        Files.delete(folder.resolve("config.json"));
        assertContains(refusal(hub()), "cannot look up o/m", server.address());
    }

    @Test
    void someoneElseThanAHubIsRecognised() {
        var stranger = hub().withEndpoint(server.address() + "/hotel");
        server.put("/hotel/api/models/o/m/revision/main", "<html>log in to the network</html>");
        assertContains(refusal(stranger), "does not answer as a hub does", "<html>", "HF_ENDPOINT");
    }

    @Test
    void aFullDiskIsNamedAndKeepsWhatHasCome() throws IOException {
        assumeTrue(Files.isWritable(Path.of("/dev/full")), "needs /dev/full");
        Files.createDirectories(part().getParent());
        Files.createSymbolicLink(part(), Path.of("/dev/full"));
        assertContains(refusal(hub()), "cannot write model.safetensors", "No space left", "make room");
        assertTrue(Files.isSymbolicLink(part()));
        Files.delete(part());
        assertEquals(1, server.count("GET", WEIGHTS), "a full disk is not tried again");
    }

    @Test
    void anInterruptIsHeardAndKeepsWhatHasCome() throws Exception {
        server.cuts.add(2 * MIB);
        server.hold = new CountDownLatch(1);
        var flowing = new CountDownLatch(1);
        var slow = hub().onProgress(d -> {
            if (d.file().equals(WEIGHTS)) flowing.countDown();
        });
        var flag = new CompletableFuture<Boolean>();
        var call = new FutureTask<>(() -> {
            try {
                return assertThrows(CancellationException.class, () -> slow.folder("o/m"));
            } finally {
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        var thread = new Thread(call);
        thread.start();
        flowing.await();
        thread.interrupt();
        assertContains(call.get().getMessage(), "interrupted", "o/m");
        assertTrue(flag.get(), "the interrupt must stay visible");
        long kept = Files.size(part());
        assertTrue(kept >= MIB, "kept " + kept);
        assertArrayEquals(Arrays.copyOf(server.files.get(WEIGHTS), (int) kept), Files.readAllBytes(part()));
        server.hold.countDown();
        server.seen.clear();
        assertWhole(hub().folder("o/m"));
        assertEquals(List.of("bytes=" + kept + "-"), ranges());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void severalAtOnceBringEachFileOnce(String withoutLinks) throws Exception {
        var hub = Hub.of(Map.of("HF_HUB_DISABLE_SYMLINKS", withoutLinks), cache)
                .withCache(cache)
                .withEndpoint(server.address());
        int callers = 4;
        var start = new CyclicBarrier(callers);
        List<FutureTask<Path>> calls = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            calls.add(new FutureTask<>(() -> {
                start.await();
                return hub.folder("o/m");
            }));
            new Thread(calls.get(i)).start();
        }
        for (var call : calls) assertWhole(call.get());
        for (String file : List.of(WEIGHTS, "config.json", "tokenizer.json")) {
            assertEquals(1, server.count("GET", file), file);
        }
    }

    @Test
    void anotherProcessIsWaitedFor() throws Exception {
        var other = holder(cache.resolve(".locks/models--o--m/" + server.etag(WEIGHTS) + ".lock"));
        try {
            assertEquals('h', other.getInputStream().read(), "the other process holds the lock");
            var call = new FutureTask<>(() -> hub().folder("o/m"));
            var thread = new Thread(call);
            thread.start();
            awaitSleep(thread);
            assertEquals(0, server.count("GET", WEIGHTS));
            assertFalse(call.isDone());
            other.getOutputStream().close();
            assertWhole(call.get());
        } finally {
            other.destroy();
        }
    }

    /** POSIX gives up a process's lock when any of its threads closes the file: one that ceases to wait must not. */
    @Test
    void whoCeasesToWaitDoesNotOpenTheDoor() throws Exception {
        Path file = cache.resolve("some.lock");
        var held = BlobLock.of(file);
        var waiting = new Thread(() -> assertThrows(InterruptedException.class, () -> BlobLock.of(file)));
        waiting.start();
        awaitSleep(waiting);
        waiting.interrupt();
        waiting.join();
        var other = holder(file);
        assertEquals('n', other.getInputStream().read(), "the lock is still held here");
        held.close();
        BlobLock.of(file).close();
    }

    private static Process holder(Path lock) throws IOException, URISyntaxException {
        Files.createDirectories(lock.getParent());
        var classes = HubFaultsTest.class.getProtectionDomain().getCodeSource().getLocation();
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var path = Path.of(classes.toURI()).toString();
        return new ProcessBuilder(java, "-cp", path, Holder.class.getName(), lock.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitSleep(Thread thread) throws InterruptedException {
        while (thread.isAlive() && Arrays.stream(thread.getStackTrace()).noneMatch(HubFaultsTest::waits)) {
            Thread.sleep(5);
        }
    }

    private static boolean waits(StackTraceElement frame) {
        return frame.getMethodName().equals("sleep") && frame.getClassName().equals("java.lang.Thread");
    }

    /** A process that says whether it holds a lock, and does so until its input ends. */
    static final class Holder {
        public static void main(String[] lock) {
            try (var channel = FileChannel.open(Path.of(lock[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var held = channel.tryLock()) {
                System.out.print(held == null ? 'n' : 'h');
                System.out.flush();
                while (held != null && System.in.read() >= 0) {}
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
