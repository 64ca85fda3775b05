package io.jenkins.plugins.gitpod.scale;

import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** People who look at pages, each as often as the script of the page does. */
final class People implements AutoCloseable {

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();

    /** Each person asks for a page at a regular interval, all together evenly. Returns after the time. */
    void poll(List<URL> pages, Duration interval, Duration howLong) throws Exception {
        long step = interval.toNanos() / pages.size();
        for (int i = 0; i < pages.size(); i++) {
            URI page = pages.get(i).toURI();
            for (long at = i * step; at < howLong.toNanos(); at += interval.toNanos()) {
                clock.schedule(() -> ask(page), at, TimeUnit.NANOSECONDS);
            }
        }
        clock.shutdown();
        if (!clock.awaitTermination(howLong.toSeconds() + 60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("late");
        }
        List<CompletableFuture<?>> all;
        synchronized (this) {
            all = List.copyOf(asked);
        }
        CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get(60, TimeUnit.SECONDS);
    }

    private synchronized void ask(URI page) {
        long begun = System.nanoTime();
        asked.add(http.sendAsync(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                .thenAccept(answer -> {
                    if (answer.statusCode() != 200) {
                        throw new IllegalStateException(page + ": " + answer.statusCode());
                    }
                    add(System.nanoTime() - begun);
                }));
    }

    private synchronized void add(long time) {
        nanos.add(time);
    }

    /** How long the answers took, the shortest first. */
    synchronized long[] times() {
        return nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
