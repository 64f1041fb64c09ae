package vitune.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as they come. Unlike the stream of the JDK it hears an interrupt, and does not wait for ever
 * for a server that has fallen silent.
 */
final class Body implements HttpResponse.BodySubscriber<Body>, AutoCloseable {
    private record Part(
            List<ByteBuffer> bytes, boolean last, @Nullable Throwable fault) {}

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Duration silence;
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    Body(Duration silence) {
        this.silence = silence;
    }

    /**
     * The next bytes; null at the end.
     *
     * @throws IOException if the connection broke, or nothing came for too long
     */
    @Nullable
    List<ByteBuffer> next() throws IOException, InterruptedException {
        var part = parts.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        if (part == null) {
            throw new HttpTimeoutException("no byte came for " + silence.toSeconds() + " s");
        }
        if (part.fault() != null) {
            throw new IOException("the connection broke: " + part.fault().getMessage(), part.fault());
        }
        if (part.last()) {
            return null;
        }
        more();
        return part.bytes();
    }

    private synchronized void more() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        if (closed) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        parts.add(new Part(bytes, false, null));
    }

    @Override
    public void onError(Throwable fault) {
        parts.add(new Part(List.of(), true, fault));
    }

    @Override
    public void onComplete() {
        parts.add(new Part(List.of(), true, null));
    }

    /** At once: whoever asked reads while the bytes come. */
    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    /** Lets go of the connection, also where bytes are still to come. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
