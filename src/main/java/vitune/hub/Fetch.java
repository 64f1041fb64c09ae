package vitune.hub;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Brings one file after another into a snapshot: goes on where an earlier download was cut, and checks each hash. */
final class Fetch {
    private static final long BETWEEN_REPORTS = 1 << 20; // bytes

    private final Remote remote;
    private final Storage storage;
    private final String commit;
    private final Patience patience;
    private final Consumer<Download> listener;

    Fetch(Remote remote, Storage storage, String commit, Patience patience, Consumer<Download> listener) {
        this.remote = remote;
        this.storage = storage;
        this.commit = commit;
        this.patience = patience;
        this.listener = listener;
    }

    /** Makes sure that a file stands in the snapshot. */
    void file(String file) throws IOException, InterruptedException {
        Path pointer = storage.pointer(commit, file);
        if (Files.exists(pointer)) {
            return;
        }
        var entry = patience.keepTrying("cannot look up " + file, tries -> remote.entry(commit, file));
        Path blob = storage.blob(entry.etag());
        Files.createDirectories(blob.getParent());
        var lock = BlobLock.of(storage.lock(entry.etag()));
        try {
            if (Files.exists(pointer)) { // another one brought it while we waited
                return;
            }
            boolean fresh = !Files.exists(blob);
            if (fresh) {
                Path part = storage.part(entry.etag());
                fill(file, entry, part);
                verify(file, entry, part);
                Storage.move(part, blob);
            }
            storage.link(pointer, blob, fresh);
        } finally {
            lock.close();
        }
    }

    private void fill(String file, Remote.Entry entry, Path part) throws IOException, InterruptedException {
        try (var out = new RandomAccessFile(part.toFile(), "rw")) {
            if (out.length() > entry.size().orElse(Long.MAX_VALUE)) {
                out.setLength(0); // not ours
            }
            String what = "cannot download " + file + " (what has come is kept in " + part + ")";
            patience.keepTrying(what, tries -> {
                if (out.length() != entry.size().orElse(Long.MAX_VALUE)) {
                    read(file, entry.size(), out, tries);
                }
                return file;
            });
            out.getFD().sync(); // a name in blobs/ is trusted from then on, also after a power cut
        }
    }

    private void read(String file, OptionalLong size, RandomAccessFile out, Patience.Tries tries)
            throws IOException, InterruptedException {
        var response = remote.bytes(commit, file, out.length());
        try (Body body = response.body()) {
            if (out.length() > 0 && !goesOn(response, out.length())) {
                out.setLength(0);
            }
            if (response.statusCode() == 416) {
                throw new IOException("the server has no bytes from there on");
            }
            long done = out.length();
            long length = response.headers().firstValueAsLong("Content-Length").orElse(0);
            long total = size.orElse(done + length);
            long reported = done;
            out.seek(done);
            for (var bytes = body.next(); bytes != null; bytes = body.next()) {
                for (ByteBuffer some : bytes) {
                    done += some.remaining();
                    write(file, out, some);
                }
                tries.at(done);
                if (done > size.orElse(Long.MAX_VALUE)) {
                    return; // a file of another length: the check says so
                }
                if (done - reported >= BETWEEN_REPORTS && done < total) {
                    listener.accept(new Download(file, done, total));
                    reported = done;
                }
            }
            if (done < total) {
                throw new IOException("the connection ended after " + done + " of " + total + " bytes");
            }
            listener.accept(new Download(file, done, done));
        }
    }

    /** Whether the bytes that come are those after the ones that are here. */
    private static boolean goesOn(HttpResponse<?> response, long from) {
        return response.statusCode() == 206
                && response.headers().firstValue("Content-Range").orElse("").matches("bytes\\s+" + from + "-.*");
    }

    /** A full disk does not get better by trying again, unlike a bad line: not an IOException. */
    private static void write(String file, RandomAccessFile out, ByteBuffer some) {
        byte[] bytes = new byte[some.remaining()];
        some.get(bytes);
        try {
            out.write(bytes);
        } catch (IOException e) {
            throw new HubException(
                    "cannot write " + file + " to the cache (" + e.getMessage() + "): what has come is kept,"
                            + " make room and call again, or set HF_HUB_CACHE to a folder on a larger disk",
                    e);
        }
    }

    private static void verify(String file, Remote.Entry entry, Path part) throws IOException, InterruptedException {
        long size = Files.size(part);
        if (size != entry.size().orElse(size)) {
            throw damaged(file, part, size + " bytes", entry.size().getAsLong() + " bytes");
        }
        String hash = ContentHash.of(part, entry.etag());
        if (!hash.equals(entry.etag())) {
            throw damaged(file, part, "hash " + hash, entry.etag());
        }
    }

    private static HubException damaged(String file, Path part, String came, String expected) throws IOException {
        Files.delete(part);
        return new HubException(file + " came damaged and is deleted: got " + came + ", expected " + expected
                + "; call again to download it anew");
    }
}
