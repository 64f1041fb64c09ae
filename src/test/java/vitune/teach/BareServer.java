package vitune.teach;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;

/** A server on bare sockets of the loopback, a thread for each connection: HTTP as far as a test needs it. */
abstract class BareServer implements AutoCloseable {
    private final ServerSocket server;

    /** @param waiting connections that may wait to be accepted */
    BareServer(int waiting) throws IOException {
        server = new ServerSocket(0, waiting, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    /** Answers on one connection, until it ends. */
    abstract void serve(Socket socket) throws IOException, InterruptedException;

    private void accept() {
        try {
            while (true) {
                var socket = server.accept();
                daemon(() -> {
                    try (socket) {
                        serve(socket);
                    } catch (IOException | InterruptedException closed) {
                        // the client ends
                    }
                });
            }
        } catch (IOException closed) {
            // the server ends
        }
    }

    private void daemon(Runnable task) {
        var thread = new Thread(task, getClass().getSimpleName());
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads a request up to its body, and gives the body's length; -1 where there is none any more. */
    static int head(InputStream in) throws IOException {
        var line = line(in);
        if (line.isEmpty()) return -1;
        int length = 0;
        for (; !line.isEmpty(); line = line(in)) {
            if (line.startsWith("content-length:"))
                length = Integer.parseInt(line.substring(15).strip());
        }
        return length;
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) if (c != '\r') line.append((char) c);
        return line.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
