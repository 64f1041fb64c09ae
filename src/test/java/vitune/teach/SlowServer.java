package vitune.teach;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of a few lines that answers every chat completion alike, so long after it came: as little work as possible,
 * since it shares the processor with the client that is measured. As a program it prints its address.
 */
final class SlowServer implements AutoCloseable {
    private final ServerSocket server;
    private final long latency; // milliseconds
    private final byte[] answer;
    final AtomicLong answered = new AtomicLong();

    SlowServer(long latency) throws IOException {
        this.latency = latency;
        var body = BuiltInEndpoint.completion("{\"response\": \"A quiet street on a gray day.\"}", 700, 12)
                .toString();
        answer = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(US_ASCII);
        server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    public static void main(String[] args) throws Exception {
        var server = new SlowServer(Long.parseLong(args[0]));
        System.out.println(server.baseUrl());
        while (System.in.read() >= 0) {} // until whoever started it ends
        server.close();
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    private static void daemon(Runnable task) {
        var thread = new Thread(task, "slow-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                socket.setTcpNoDelay(true);
                daemon(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the server ends
        }
    }

    private void serve(Socket socket) {
        try (socket;
                var in = new BufferedInputStream(socket.getInputStream(), 1 << 15)) {
            while (true) {
                long length = 0;
                var line = line(in);
                if (line.isEmpty()) return;
                long due = System.nanoTime() + latency * 1_000_000;
                for (; !line.isEmpty(); line = line(in)) {
                    if (line.startsWith("content-length:"))
                        length = Long.parseLong(line.substring(15).strip());
                }
                in.skipNBytes(length);
                long wait = due - System.nanoTime();
                if (wait > 0) Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                socket.getOutputStream().write(answer);
                answered.incrementAndGet();
            }
        } catch (IOException | InterruptedException closed) {
            // the client ends
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') line.append((char) c);
        }
        return line.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
