package vitune.hub;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One blob is written by one thread of one process at a time; the others wait, and hear an interrupt. */
final class BlobLock implements AutoCloseable {
    private static final long BETWEEN_LOOKS = 50; // milliseconds
    /** Held in this JVM: to open and close a locked file a second time would give the lock up for all of it. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private BlobLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Waits for its turn. The file stays behind: whoever waits for it must find the same one. */
    static BlobLock of(Path file) throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        Path key = file.toAbsolutePath().normalize();
        while (!HELD.add(key)) {
            Thread.sleep(BETWEEN_LOOKS);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            while (!locked(channel)) {
                Thread.sleep(BETWEEN_LOOKS);
            }
            return new BlobLock(key, channel);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted(); // said by the exception from here on
            HELD.remove(key);
            throw new InterruptedException();
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            HELD.remove(key);
            throw e;
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException otherClassLoader) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
