package vitune.teach;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers every chat completion alike, so long after it came: as little work as possible, since it shares the processor
 * with the client that is measured. As a program it prints its address.
 */
final class SlowServer extends BareServer {
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
        var in = new BufferedInputStream(socket.getInputStream(), 1 << 15);
        for (int length = head(in); length >= 0; length = head(in)) {
            long due = System.nanoTime() + latency * 1_000_000;
            in.skipNBytes(length);
            long wait = due - System.nanoTime();
            if (wait > 0) Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            socket.getOutputStream().write(answer);
            answered.incrementAndGet();
        }
    }
}
