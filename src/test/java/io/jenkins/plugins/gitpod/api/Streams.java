package io.jenkins.plugins.gitpod.api;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A client of event streams with a thread and a time of its own, and a read that blocks until the stream has ended. */
final class Streams implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private record Task(long due, Runnable run) {}

    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "streams-of-a-test");
        made.setDaemon(true);
        return made;
    });
    private final List<Task> tasks = new ArrayList<>();
    private final StreamClient client;
    private long now;

    Streams() {
        this(StreamProxies.NONE, builder -> builder);
    }

    /** @param trust sets whom the client trusts */
    Streams(StreamProxies proxies, UnaryOperator<HttpClient.Builder> trust) {
        client = new StreamClient(proxies, thread, this::schedule, this::nanoTime, trust);
    }

    private synchronized long nanoTime() {
        return now;
    }

    private synchronized Runnable schedule(Duration delay, Runnable run) {
        Task task = new Task(now + delay.toNanos(), run);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    StreamClient client() {
        return client;
    }

    /** Lets time pass, which otherwise stands still. */
    void advance(Duration time) {
        List<Task> due;
        synchronized (this) {
            now += time.toNanos();
            due = tasks.stream().filter(task -> task.due() <= now).toList();
            tasks.removeAll(due);
        }
        due.forEach(task -> task.run().run());
    }

    /** Returns when what has arrived was read. */
    void flush() throws Exception {
        thread.submit(() -> {}).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** How many limits are watched. */
    synchronized int timers() {
        return tasks.size();
    }

    /** Reads a stream until its end. */
    static void read(EventStream stream, EventStream.Listener listener) throws Exception {
        CompletableFuture<Void> end = stream.read(listener).toCompletableFuture();
        try {
            end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
