package io.jenkins.plugins.gitpod.api;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that plays one step of a script for each request, down to the bytes and the socket. A request beyond the
 * script is answered with 200 and {@code {}}, so that one too many is seen and not only missed.
 */
final class ScriptedServer implements AutoCloseable {

    /** What to do once a request was read. */
    interface Step {
        /** Plays the step. Returns whether the connection stays open. */
        boolean play(Exchange exchange) throws IOException;
    }

    /** One request as it came in, with the socket it came over. */
    record Exchange(ScriptedServer server, Socket socket, InputStream in) {

        void send(byte[] bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What a request was. */
    record Received(int connection, String requestLine, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.get(name);
        }
    }

    private final ServerSocket listener;
    private final Thread listening;
    private final Queue<Step> script = new ConcurrentLinkedQueue<>();
    private final List<Received> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    ScriptedServer() {
        this("127.0.0.1", 0);
    }

    ScriptedServer(String address, int port) {
        try {
            listener = new ServerSocket(port, 50, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listening = start("listener", this::listen);
    }

    ScriptedServer then(Step... steps) {
        script.addAll(List.of(steps));
        return this;
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/api";
    }

    List<Received> requests() {
        return List.copyOf(requests);
    }

    Received onlyRequest() {
        if (requests.size() != 1) {
            throw new AssertionError("Not one request: " + requests);
        }
        return requests.get(0);
    }

    int connections() {
        return connections.get();
    }

    static Step json(String body) {
        return answer(200, "application/json", body);
    }

    static Step json(int status, String body, String... headers) {
        return answer(status, "application/json", body, headers);
    }

    static Step answer(int status, String contentType, String body, String... headers) {
        return bytes(response(status, contentType, body.getBytes(StandardCharsets.UTF_8), headers));
    }

    /** Sends exactly these bytes and keeps the connection. */
    static Step bytes(byte[] bytes) {
        return exchange -> {
            exchange.send(bytes);
            return true;
        };
    }

    /** Answers as the step does, and closes then, though nothing in the answer says so. */
    static Step andClose(Step step) {
        return exchange -> {
            step.play(exchange);
            return false;
        };
    }

    static Step hangUp() {
        return exchange -> false;
    }

    static Step reset() {
        return exchange -> {
            exchange.socket().setSoLinger(true, 0);
            return false;
        };
    }

    /** Says nothing until the server is closed. */
    static Step hang() {
        return exchange -> {
            exchange.server().awaitClose();
            return false;
        };
    }

    /** Sends the head and then one blank after the other, without end and as fast as they are taken. */
    static Step endless(int status) {
        return exchange -> {
            exchange.send("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\n\r\n");
            byte[] blanks = " ".repeat(8192).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                exchange.send(blanks);
            }
        };
    }

    /** Sends the head and then one blank each few milliseconds: never silent, never done. */
    static Step drip() {
        return exchange -> {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
            while (!exchange.server().awaitClose(20)) {
                exchange.send(" ");
            }
            return false;
        };
    }

    /** As a proxy, opens a tunnel to a port of this machine, whatever host is asked for, and stays until it is closed. */
    static Step tunnel(int port) {
        return exchange -> {
            try (Socket target = new Socket("127.0.0.1", port)) {
                exchange.send("HTTP/1.1 200 OK\r\n\r\n");
                start("tunnel-" + port, () -> {
                    try {
                        target.getInputStream().transferTo(exchange.socket().getOutputStream());
                    } catch (IOException e) {
                        // one side has gone
                    }
                });
                exchange.in().transferTo(target.getOutputStream());
            }
            return false;
        };
    }

    static byte[] response(int status, String contentType, byte[] body, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length + "\r\n");
        if (contentType != null) {
            head.append("Content-Type: ").append(contentType).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitClose(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                int number = connections.incrementAndGet();
                start("connection-" + number, () -> serve(socket, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean goOn = true;
            while (goOn) {
                requests.add(read(in, number));
                Step step = script.poll();
                goOn = (step == null ? json("{}") : step).play(new Exchange(this, socket, in));
            }
        } catch (IOException e) {
            // the client has gone, or the server was closed
        } finally {
            sockets.remove(socket);
        }
    }

    private static Received read(InputStream in, int connection) throws IOException {
        String requestLine = line(in);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("Not HTTP");
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        return new Received(connection, requestLine, headers, new String(body, StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private static Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "scripted-server-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            listener.close();
            listening.join(); // until its accept has returned, connections are still made
            for (Socket socket : new ArrayList<>(sockets)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
