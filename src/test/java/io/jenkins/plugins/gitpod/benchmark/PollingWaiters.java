package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/** The plain way: each wait is a thread that creates, then asks every five seconds, and fails when an answer is an error. */
final class PollingWaiters implements Waiters {

    private static final Duration TICK = Duration.ofSeconds(5);
    private static final long STACK_BYTES = 256 * 1024;

    private final List<GitpodClient> clients = new ArrayList<>();
    private final List<String> projects;
    private final FastClock clock;
    private volatile boolean closed;

    PollingWaiters(GitpodEndpoint endpoint, List<BearerToken> tokens, List<String> projects, FastClock clock) {
        this.projects = projects;
        this.clock = clock;
        // Its connections are kept, so that it is the polling that is measured.
        OkHttpClient http = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(20_000, 5, TimeUnit.MINUTES))
                .build();
        ClientLimits patient =
                new ClientLimits(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60), 1 << 20);
        tokens.forEach(token -> clients.add(new GitpodClient(http, endpoint, token, patient, "benchmark")));
    }

    @Override
    public void begin(Waits waits) throws InterruptedException {
        for (int i = 0; i < waits.number(); i++) {
            int wait = i;
            Thread thread = new Thread(null, () -> run(waits, wait), "poller-" + i, STACK_BYTES);
            thread.setDaemon(true);
            thread.start();
            if (i % 10 == 9) {
                Thread.sleep(5); // what is measured is the waiting, not a storm of connections
            }
        }
    }

    private void run(Waits waits, int wait) {
        GitpodClient client = clients.get(wait % clients.size());
        try {
            Prebuild prebuild = client.createPrebuild(projects.get(wait % projects.size()), null, null);
            waits.made(wait, prebuild.metadata().createdAt());
            while (!closed && !prebuild.status().phase().isEnd()) {
                TimeUnit.NANOSECONDS.sleep(clock.real(TICK).toNanos());
                prebuild = client.getPrebuild(prebuild.id());
            }
            waits.ended(wait, clock.instant());
        } catch (GitpodException e) {
            waits.fail();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
