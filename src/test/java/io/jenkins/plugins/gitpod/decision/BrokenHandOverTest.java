package io.jenkins.plugins.gitpod.decision;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.FreeStyleBuild;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.config.GitpodClients;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.RunTimes;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** A failure between a decision and its request ends the request with a message, and never leaves it waiting. */
@WithJenkins
class BrokenHandOverTest {

    private final GitpodFixture gitpod = new GitpodFixture();
    private final ThreadedRuntime runtime = new ThreadedRuntime();
    private final UUID requestId = UUID.randomUUID();
    private final Handler handler = new Handler();
    private DecisionQueue decisions;

    @TempDir
    private Path directory;

    @BeforeEach
    void request(JenkinsRule jenkins) throws Exception {
        gitpod.connect();
        decisions = new DecisionQueue(
                runtime,
                EngineSettings.defaults(),
                Duration.ofMinutes(60),
                new GitpodClients(ClientLimits.defaults()),
                new CommitHistory(directory, runtime::now),
                new NoPrebuilds(),
                handler);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        PrebuildOptions options = new PrebuildOptions();
        options.setProjectId(gitpod.project().id());
        RequestOrigin origin =
                new RequestOrigin(build.getExternalizableId(), build.getParent().getFullName(), null, null);
        BearerToken token = BearerToken.of(gitpod.account().token());
        decisions.add(
                new StepRequest(
                        requestId, build, () -> origin, ConfiguredConnection.named(null), options, null, new Silent()),
                () -> token);
    }

    @AfterEach
    void close() {
        handler.released.countDown();
        decisions.close();
        runtime.close();
        gitpod.close();
    }

    @Test
    void requestFailsAndSaysSo() throws Exception {
        handler.released.countDown();
        PrebuildRecord record = handler.concluded.get(30, TimeUnit.SECONDS);
        assertEquals(EndStatus.ERROR, record.getConclusion());
        assertThat(record.getMessage(), containsString("IllegalStateException"));
        await().until(() -> !decisions.isPending(requestId));
    }

    @Test
    void buildThatLeftMeanwhileIsTold() throws Exception {
        handler.entered.await();
        CompletableFuture<Void> left = new CompletableFuture<>();
        assertTrue(decisions.withdraw(requestId, () -> left.complete(null)));
        assertFalse(handler.concluded.isDone());
        handler.released.countDown();
        assertEquals(
                EndStatus.CANCELLED, handler.concluded.get(30, TimeUnit.SECONDS).getConclusion());
        await().until(() -> !decisions.isPending(requestId));
    }

    /** Cannot request a prebuild. */
    private static final class Handler implements DecisionHandler {

        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final CompletableFuture<PrebuildRecord> concluded = new CompletableFuture<>();

        @Override
        public void create(
                @NonNull StepRequest request,
                @NonNull String projectId,
                @NonNull List<UUID> cancelFirst,
                @NonNull Notifications notifications) {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("no hand-over");
        }

        @Override
        public boolean join(
                @NonNull StepRequest request,
                @NonNull String projectId,
                @NonNull UUID running,
                @NonNull Notifications notifications) {
            throw new AssertionError("nothing runs");
        }

        @Override
        public void joinForeign(
                @NonNull StepRequest request,
                @NonNull String projectId,
                @NonNull String prebuildId,
                @NonNull Notifications notifications) {
            throw new AssertionError("nothing runs");
        }

        @NonNull
        @Override
        public List<StepRequest> split(
                @NonNull StepRequest request,
                @NonNull String projectId,
                @NonNull PartOf whole,
                @NonNull Notifications notifications) {
            throw new AssertionError("one class");
        }

        @Override
        public void conclude(@NonNull StepRequest request, @NonNull PrebuildRecord record) {
            concluded.complete(record);
        }
    }

    private static final class NoPrebuilds implements RunningPrebuilds {

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

    private static final class Silent implements RequestListener {

        @Override
        public boolean isFor(@NonNull UUID id) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            assertThat(line, containsString("prebuild"));
        }

        @Override
        public void created(@NonNull PrebuildResult result) {
            throw new AssertionError("nothing is created");
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            throw new AssertionError("the handler tells the build");
        }
    }
}
