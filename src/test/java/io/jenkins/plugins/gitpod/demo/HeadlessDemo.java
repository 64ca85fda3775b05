package io.jenkins.plugins.gitpod.demo;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.simulator.SimulatorMain;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/**
 * What the pipeline step does, without Jenkins: makes one prebuild, waits for it, prints the lines that the step prints,
 * and ends with the result. When the process is asked to end (Ctrl-C), it cancels the prebuild and says so.
 */
public final class HeadlessDemo {

    /** Never an argument: other people on the machine see those. */
    static final String TOKEN_VARIABLE = "GITPOD_TOKEN";

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Map<String, String> environment;
    private final PrintStream out;
    private final CountDownLatch over = new CountDownLatch(1);

    // Guarded by this.
    private boolean aborted;
    private PrebuildHandle handle;
    private Outcome outcome;

    HeadlessDemo(@NonNull Map<String, String> environment, @NonNull PrintStream out) {
        this.environment = environment;
        this.out = out;
    }

    /**
     * Runs the demo. The exit code is 0 if the prebuild completed, 1 if not, 2 if the arguments cannot be used.
     *
     * @param args see {@link DemoOptions#USAGE}
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws InterruptedException {
        HeadlessDemo demo = new HeadlessDemo(System.getenv(), System.out);
        Runtime.getRuntime().addShutdownHook(new Thread(demo::abort, "abort"));
        System.exit(demo.run(args));
    }

    int run(String... args) throws InterruptedException {
        try {
            DemoOptions options = DemoOptions.parse(args);
            return options.url() == null ? simulated(options) : real(options);
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            out.println(DemoOptions.USAGE);
            return 2;
        }
    }

    private int simulated(DemoOptions options) throws InterruptedException {
        try (GitpodSimulator simulator = SimulatorMain.start("--speed", options.speed())) {
            SimProject project = simulator.projects().stream()
                    .filter(candidate -> candidate.name().equals(options.demoProject()))
                    .findFirst()
                    .orElseThrow();
            out.println("A simulated Gitpod, " + options.speed() + " times as fast as the real one. Ctrl-C cancels.");
            return prebuild(
                    connection("simulated", simulator.apiUrl().toString()),
                    simulator.account("demo").token(),
                    project.id(),
                    null,
                    EngineSettings.defaults().withPollIntervals(Duration.ofMillis(500), Duration.ofSeconds(60)));
        }
    }

    private int real(DemoOptions options) throws InterruptedException {
        String token = environment.get(TOKEN_VARIABLE);
        if (token == null || token.isBlank()) {
            throw new IllegalArgumentException("The environment variable " + TOKEN_VARIABLE + " holds no token");
        }
        return prebuild(
                connection("real", options.url()),
                token,
                options.projectId(),
                options.environmentClassId(),
                EngineSettings.defaults());
    }

    private static Connection connection(String name, String url) {
        try {
            return new Connection(name, GitpodEndpoint.parse(url), false);
        } catch (InvalidEndpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private int prebuild(
            Connection connection, String secret, String projectId, String environmentClassId, EngineSettings settings)
            throws InterruptedException {
        BearerToken token = BearerToken.of(secret);
        PrebuildRequest request =
                new PrebuildRequest(UUID.randomUUID(), connection, projectId, environmentClassId, null, false, true);
        try (ThreadedRuntime runtime = new ThreadedRuntime();
                PrebuildEngine engine = new PrebuildEngine(runtime, settings, new NoStore(), HeadlessDemo::client)) {
            synchronized (this) {
                if (aborted) {
                    return 1;
                }
                handle = engine.submit(request, () -> token, new Console(new PrebuildMessages(request)));
            }
            over.await();
            return isCompleted() ? 0 : 1;
        }
    }

    private static GitpodClient client(GitpodEndpoint endpoint, BearerToken token, ClientLimits limits) {
        return new GitpodClient(new OkHttpClient(), endpoint, token, limits, "gitpod-prebuild-headless-demo");
    }

    private synchronized boolean isCompleted() {
        return outcome instanceof Outcome.Ended ended
                && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED;
    }

    /** Cancels what is running, and waits for that for a limited time. */
    void abort() {
        PrebuildHandle under = leave();
        try {
            if (under != null && !over.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                line("Gitpod did not confirm within " + GRACE.toSeconds() + " s that the prebuild is cancelled. See "
                        + new PrebuildMessages(under.view().request()).url());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @CheckForNull
    private synchronized PrebuildHandle leave() {
        aborted = true;
        if (handle == null || outcome != null) {
            return null;
        }
        handle.leave(CancelReason.ABORTED);
        return handle;
    }

    private void line(@CheckForNull String line) {
        if (line != null) {
            out.println("[Gitpod] " + line);
        }
    }

    private final class Console implements PrebuildObserver {

        private final PrebuildMessages words;
        private final long begin = System.nanoTime();

        Console(PrebuildMessages words) {
            this.words = words;
        }

        @Override
        public void update(@NonNull Update update) {
            line(words.line(update));
        }

        @Override
        public void concluded(@NonNull Outcome last) {
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            line(words.outcome(last, took));
            if (last instanceof Outcome.Ended ended) {
                result(ended.prebuild(), took);
            }
            synchronized (HeadlessDemo.this) {
                outcome = last;
            }
            over.countDown();
        }

        /** Prints what a script would get to read. */
        private void result(Prebuild prebuild, Duration took) {
            Prebuild.Status status = prebuild.status();
            out.println("id                 " + prebuild.id());
            out.println("phase              " + status.phase());
            out.println("url                " + words.url());
            out.println("warningMessage     " + status.warningMessage());
            out.println("failureMessage     " + status.failureMessage());
            out.println("snapshotSizeBytes  " + status.snapshotSizeBytes());
            out.println("durationMillis     " + took.toMillis());
        }
    }

    /** Nothing here outlives the process. */
    private static final class NoStore implements RequestStore {

        @Override
        public void save(@NonNull SavedRequest request) {
            // The demo does not continue after a restart.
        }

        @Override
        public void close(@NonNull UUID requestId) {
            // nothing was kept
        }
    }
}
