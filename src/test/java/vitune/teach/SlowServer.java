package vitune.teach;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers every chat completion alike, so long after it came: as little work as possible, since it shares the processor
 * with the client that is measured. As a program it prints its address.
 */
final class SlowServer extends BareServer {
    private static final String LENGTH = "Content-Length: ";

    private final long latency; // milliseconds
    private final byte[] answer;
    final AtomicLong answered = new AtomicLong();

    SlowServer(long latency) throws IOException {
        super(512);
        this.latency = latency;
        var body = BuiltInEndpoint.completion("{\"response\": \"A quiet street on a gray day.\"}", 700, 12)
                .toString();
        answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(US_ASCII);
    }

    public static void main(String[] args) throws Exception {
        var server = new SlowServer(Long.parseLong(args[0]));
        System.out.println(server.baseUrl());
        while (System.in.read() >= 0) {} // until whoever started it ends
        server.close();
    }

    @Override
    void serve(Socket socket) throws IOException, InterruptedException {
        socket.setTcpNoDelay(true);
        var in = socket.getInputStream();
        var buffer = new byte[1 << 16];
        for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
            long due = System.nanoTime() + latency * 1_000_000;
            for (int rest = rest(buffer, size); rest > 0; ) {
                int read = in.read(buffer, 0, Math.min(rest, buffer.length));
                if (read < 0) return;
                rest -= read;
            }
            long wait = due - System.nanoTime();
            if (wait > 0) Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            socket.getOutputStream().write(answer);
            answered.incrementAndGet();
        }
    }

    /** Bytes of a request that have not come yet. Its head comes at once, as OkHttp writes it. */
    private static int rest(byte[] request, int size) throws IOException {
        var text = new String(request, 0, size, ISO_8859_1);
        int head = text.indexOf("\r\n\r\n") + 4, length = text.indexOf(LENGTH) + LENGTH.length();
        if (head < length || length < LENGTH.length()) throw new IOException("no head with " + LENGTH);
        return head + Integer.parseInt(text, length, text.indexOf('\r', length), 10) - size;
    }
}
