package io.jenkins.plugins.gitpod.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A bare TCP connection to a simulator. */
final class RawConnection implements AutoCloseable {
    private static final int READ_MILLIS = 20_000; // only so that a broken simulator cannot hang the build

    private final Socket socket;

    RawConnection(GitpodSimulator simulator) throws IOException {
        socket = new Socket(simulator.apiUrl().getHost(), simulator.apiUrl().getPort());
        socket.setSoTimeout(READ_MILLIS);
    }

    static String create(Account account, SimProject project) {
        String body = TestClient.createBody(project);
        return head(account, "CreatePrebuild") + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    static String head(Account account, String method) {
        return "POST /api" + TestClient.path(method) + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "authorization: Bearer " + account.token() + "\r\n";
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    byte[] readToEnd() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** Reads until the text has come. */
    String readUntil(String end) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        while (!read.toString(StandardCharsets.UTF_8).endsWith(end)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("ended after " + read);
            }
            read.write(next);
        }
        return read.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
