package io.jenkins.plugins.gitpod.simulator;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** The sending side of one connection. */
final class ResponseWriter {
    private final Socket socket;
    private final OutputStream out;
    private final Supplier<String> date;

    /** The date is the value of the header of that name, null for none. */
    ResponseWriter(Socket socket, Supplier<String> date) throws IOException {
        this.socket = socket;
        this.date = date;
        this.out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024);
    }

    boolean isOpen() {
        return !socket.isClosed();
    }

    /** Sends a whole answer and, if it has one, its stream up to the end. */
    void send(Answer answer, boolean withBody) throws IOException, InterruptedException {
        if (answer.stream() == null) {
            sendHead(answer, "Content-Length: " + answer.body().length);
            if (withBody) {
                out.write(answer.body());
            }
            out.flush();
            return;
        }
        sendHead(answer, "Transfer-Encoding: chunked");
        out.flush();
        answer.stream().writeTo(this::sendChunk);
        out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Sends a status line and headers; what follows is up to the caller. */
    void sendHead(Answer answer, String lengthHeader) throws IOException {
        StringBuilder head =
                new StringBuilder("HTTP/1.1 ").append(answer.status()).append(" Simulated\r\n");
        String now = date.get();
        if (now != null && !answer.headers().containsKey("Date")) {
            head.append("Date: ").append(now).append("\r\n");
        }
        if (answer.contentType() != null) {
            head.append("Content-Type: ").append(answer.contentType()).append("\r\n");
        }
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append(lengthHeader).append("\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    void sendRaw(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        out.flush();
    }

    void sendChunk(byte[] part) throws IOException {
        if (part.length > 0) {
            out.write((Integer.toHexString(part.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(part);
            out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    /** Ends the connection in the hard way: the other side sees a reset. */
    void reset() throws IOException {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            return; // already closed
        }
        socket.close();
    }

    /** Ends the connection in the orderly way: the other side sees the end of the stream. */
    void close() throws IOException {
        socket.close();
    }
}
