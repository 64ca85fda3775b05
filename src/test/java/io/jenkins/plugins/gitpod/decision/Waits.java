package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.NewCommit;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;

/** Requests that wait, for tests without a Jenkins, and the time of their waits. */
final class Waits {

    private Waits() {}

    /** Counts what is scheduled, and does it when it is told to. */
    static final class Timers implements EngineRuntime {
        private final List<Runnable> scheduled = new ArrayList<>();
        private Duration last;
        private long nanos;

        /** What is scheduled and was not cancelled. */
        List<Runnable> scheduled() {
            return scheduled;
        }

        /** The delay of what was scheduled last. */
        Duration last() {
            return last;
        }

        void set(long nanoTime) {
            nanos = nanoTime;
        }

        @NonNull
        @Override
        public Instant now() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public long nanoTime() {
            return nanos;
        }

        @NonNull
        @Override
        public Timer schedule(@NonNull Duration delay, @NonNull Runnable task) {
            last = delay;
            scheduled.add(task);
            return () -> scheduled.remove(task);
        }

        @NonNull
        @Override
        public Executor executor(@NonNull WorkQueue queue) {
            return Runnable::run;
        }

        @Override
        public double random() {
            return 0;
        }
    }

    static Connection connection(String host) {
        try {
            return new Connection(host, GitpodEndpoint.parse("https://" + host + "/api"), false);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Checkout checkout(String revision) {
        CheckedOut found = new CheckedOut(
                List.of("https://github.com/acme/shop"),
                List.of("main"),
                List.of(),
                revision,
                CheckedOut.Kind.BRANCH,
                false);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    /** @param revision the commit of an automatic request, or null for a request of a step */
    static PendingDecision request(String buildId, String revision, long nanoTime) {
        PrebuildOptions options = new PrebuildOptions();
        options.setWhenActive(WhenActive.QUEUE);
        RequestOrigin origin = new RequestOrigin(buildId, buildId.substring(0, buildId.indexOf('#')), null, null);
        NewCommit commit = revision == null
                ? null
                : new NewCommit(checkout(revision), ChangedPaths.MATCH, false, null, CommitConditions.NONE);
        StepRequest request = new StepRequest(
                UUID.randomUUID(),
                null,
                () -> origin,
                new ConfiguredConnection(null, connection("gitpod.example.com")),
                options,
                commit,
                null);
        return new PendingDecision(request, null, nanoTime);
    }

    static DecisionInputs inputs(String projectId, PendingDecision decision) {
        Project project = new Project(
                projectId,
                "shop",
                "https://github.com/acme/shop",
                ProjectTarget.branch("main"),
                List.of(),
                new Project.PrebuildConfiguration(true, List.of()),
                false);
        NewCommit commit = decision.request().newCommit();
        return new DecisionInputs(
                project,
                commit == null ? checkout("0123") : commit.checkout(),
                ChangedPaths.MATCH,
                List.of(),
                List.of());
    }

    /** No prebuild is running. */
    static final class NothingRuns implements RunningPrebuilds {
        @NonNull
        @Override
        public List<RunningPrebuild> like(@NonNull StepRequest request, @NonNull Project project) {
            return List.of();
        }

        @NonNull
        @Override
        public List<RunTimes.Run> runs(@NonNull StepRequest request, @NonNull Project project, @NonNull Instant now) {
            return List.of();
        }

        @Override
        public String ending(@NonNull StepRequest request, @NonNull Project project) {
            return null;
        }

        @Override
        public boolean isOwn(@NonNull String prebuildId) {
            return false;
        }

        @Override
        public boolean isGivenUp(@NonNull String prebuildId) {
            return false;
        }

        @Override
        public boolean mayBeOwn(@NonNull StepRequest request, @NonNull Prebuild prebuild) {
            return false;
        }

        @Override
        public boolean anyWithoutId(@NonNull StepRequest request, @NonNull Project project) {
            return false;
        }
    }
}
