package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A small HTTP/1.1 server on the loopback address with one thread for each connection; its handler may misbehave. */
final class HttpServer {
    private static final String THREAD_PREFIX = "gitpod-simulator-";
    private static final int BACKLOG = 2048;
    private static final long END_SECONDS = 5;

    /** What answers the requests. */
    interface Handler {
        void handle(HttpRequest request, ResponseWriter writer) throws IOException, InterruptedException;

        void handleBroken(BrokenRequest broken, ResponseWriter writer) throws IOException, InterruptedException;
    }

    private final Handler handler;
    private final InstantSource clock;
    private volatile boolean dateHeader = true;
    private final Map<Socket, Thread> connections = new ConcurrentHashMap<>();
    private final AtomicInteger connectionCount = new AtomicInteger();
    private ServerSocket listener;
    private Thread acceptor;
    private int port;

    HttpServer(int port, Handler handler, InstantSource clock) {
        this.port = port;
        this.handler = handler;
        this.clock = clock;
    }

    synchronized int port() {
        return port;
    }

    /** Whether answers have a Date header. */
    void dateHeader(boolean sent) {
        dateHeader = sent;
    }

    int connectionCount() {
        return connectionCount.get();
    }

    synchronized void listen() {
        if (listener != null) {
            return;
        }
        try {
            ServerSocket opened = new ServerSocket();
            opened.setReuseAddress(true);
            opened.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
            port = opened.getLocalPort();
            listener = opened;
            acceptor = daemon("accept-" + port, () -> accept(opened));
            acceptor.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stopListening() {
        Thread last = closeListener();
        if (last != null) {
            // the system keeps accepting connections until the thread has come back from its call
            joinUntil(last, deadline());
        }
        connections.keySet().forEach(HttpServer::closeQuietly);
    }

    @CheckForNull
    private synchronized Thread closeListener() {
        Thread last = acceptor;
        if (listener != null) {
            closeQuietly(listener);
        }
        listener = null;
        acceptor = null;
        return last;
    }

    /** Stops listening and ends every thread, whatever it is busy with. */
    void close() {
        stopListening();
        connections.values().forEach(Thread::interrupt);
        long deadline = deadline();
        connections.values().forEach(thread -> joinUntil(thread, deadline));
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
    }

    private static void joinUntil(Thread thread, long deadline) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (thread != Thread.currentThread() && left > 0) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                start(socket, socket.accept());
            } catch (IOException e) {
                // closed, or a client that went away before it was accepted: the loop's condition decides
            }
        }
    }

    private synchronized void start(ServerSocket acceptedBy, Socket socket) {
        if (acceptedBy.isClosed()) {
            closeQuietly(socket);
            return;
        }
        int number = connectionCount.incrementAndGet();
        Thread thread = daemon("connection-" + number, () -> serve(socket, number));
        connections.put(socket, thread);
        thread.start();
    }

    private void serve(Socket socket, int number) {
        try (socket) {
            socket.setTcpNoDelay(true);
            serve(new HttpRequestReader(socket.getInputStream(), number), new ResponseWriter(socket, this::date));
        } catch (IOException e) {
            // the client went away or a fault closed the socket; the records know what was done
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the simulator is being closed
        } finally {
            connections.remove(socket);
        }
    }

    @CheckForNull
    private String date() {
        return dateHeader ? WireFormat.httpDate(clock.instant()) : null;
    }

    private void serve(HttpRequestReader reader, ResponseWriter writer) throws IOException, InterruptedException {
        try {
            HttpRequest request = reader.read();
            // What was read while the connection was being closed came to a server that was not there any more.
            while (request != null && writer.isOpen()) {
                handler.handle(request, writer);
                request = writer.isOpen() && !request.wantsClose() ? reader.read() : null;
            }
        } catch (BrokenRequest e) {
            handler.handleBroken(e, writer);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, THREAD_PREFIX + name);
        thread.setDaemon(true);
        return thread;
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // nothing is left to be done
        }
    }
}
