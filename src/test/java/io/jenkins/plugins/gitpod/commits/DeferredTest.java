package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.DeferredRequests;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.MockBuilder;

/** What becomes of a request until the build has succeeded, or until the night. */
@ExtendWith(FastLimits.class)
class DeferredTest extends RepositoryTestBase {

    private static GitpodPrebuildProperty with(PrebuildTrigger trigger) {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setTrigger(trigger);
        return property;
    }

    private static FreeStyleBuild build(FreeStyleProject job, Result result) throws Exception {
        job.getBuildersList().clear();
        job.getBuildersList().add(new MockBuilder(result));
        return jenkins.buildAndAssertStatus(result, job);
    }

    private FreeStyleBuild pushed(FreeStyleProject job, String path, Result result) throws Exception {
        Repository.push(repo, path, "changed " + UUID.randomUUID());
        return build(job, result);
    }

    /** The requests that are saved, and the changes of builds that were not successful. */
    private static long saved(FreeStyleProject job) {
        return LedgerFiles.in(LedgerFiles.directory().resolve("deferred-commits")).stream()
                .map(DeferredTest::text)
                .filter(text -> text.contains("<buildId>" + job.getFullName() + "#"))
                .count();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String lastDecision(Job<?, ?> job) {
        return DecisionLog.of(job).newestFirst().get(0).text();
    }

    private static DeferredRequests deferred() {
        return PrebuildService.get().deferred().orElseThrow();
    }

    private static void night(Job<?, ?> job) {
        ZonedDateTime now = ZonedDateTime.now();
        ZonedDateTime then = NightlyTime.of(job.getFullName()).next(now).atZone(now.getZone());
        NightlyWork.run(then.minusMinutes(5), then);
    }

    // ---- after success

    @Test
    void aChangeWhoseBuildFailedCountsForTheNextCommit() throws Exception {
        GitpodPrebuildProperty property = with(PrebuildTrigger.SUCCESS);
        property.setOnlyIfChanged("Dockerfile");
        FreeStyleProject job = freestyle(property);
        build(job, Result.SUCCESS);
        assertMade(1);
        pushed(job, "Dockerfile", Result.FAILURE);
        pushed(job, "src/one", Result.UNSTABLE);
        build(job, Result.FAILURE);
        assertEquals(1, saved(job), "one file for all commits of the branch");
        assertMade(1);
        pushed(job, "src/two", Result.SUCCESS);
        assertMade(2);
        assertEquals(0, saved(job));
        pushed(job, "src/three", Result.SUCCESS);
        assertMade(2);
    }

    @Test
    void commitsWhoseBuildsFailedAreCounted() throws Exception {
        GitpodPrebuildProperty property = with(PrebuildTrigger.SUCCESS);
        property.setMinimumCommits(3);
        FreeStyleProject job = freestyle(property);
        build(job, Result.SUCCESS);
        assertMade(1);
        pushed(job, "one", Result.FAILURE);
        pushed(job, "two", Result.SUCCESS);
        assertMade(1);
        pushed(job, "three", Result.SUCCESS);
        assertMade(2);
    }

    // ---- at night

    @Test
    void anAbortedBuildLeavesWhatIsForTheNight() throws Exception {
        GitpodPrebuildProperty property = with(PrebuildTrigger.NIGHTLY);
        property.setCancelWithBuild(true);
        FreeStyleProject job = freestyle(property);
        build(job, Result.ABORTED);
        night(job);
        assertMade(1);
        property.setTrigger(PrebuildTrigger.SUCCESS);
        FreeStyleBuild aborted = pushed(job, "file", Result.ABORTED);
        jenkins.assertLogContains("The result of this build is ABORTED.", aborted);
        assertEquals(0, saved(job));
        assertMade(1);
    }

    @Test
    void atNightTheSettingOfThatTimeCounts() throws Exception {
        GitpodPrebuildProperty property = with(PrebuildTrigger.NIGHTLY);
        FreeStyleProject job = freestyle(property);
        String off = "Skipped: Automatic prebuilds were turned off for this job, or the job was disabled.";
        build(job, Result.SUCCESS);
        job.disable();
        night(job);
        assertEquals(off, lastDecision(job));
        assertEquals(0, saved(job));
        job.enable();
        pushed(job, "file", Result.SUCCESS);
        assertEquals(1, saved(job));
        property.setDisabled(true);
        night(job);
        assertEquals(2, DecisionLog.of(job).newestFirst().size());
        assertEquals(off, lastDecision(job));
        assertEquals(0, saved(job));
        assertMade(0);
    }

    @Test
    void theJobSaysThatTheBuildWasDeleted() throws Exception {
        FreeStyleProject job = freestyle(with(PrebuildTrigger.NIGHTLY));
        build(job, Result.SUCCESS).delete();
        night(job);
        assertEquals("Skipped: Build 1 was deleted before its prebuild was requested.", lastDecision(job));
        assertEquals(0, saved(job));
        assertMade(0);
    }

    // ---- several builds

    private static NewCommit commit(String revision) {
        CheckedOut found = new CheckedOut(
                List.of("https://git.example.com/shop.git"),
                List.of("main"),
                List.of(),
                revision,
                CheckedOut.Kind.BRANCH,
                false);
        return new NewCommit(
                new Checkout(found, Checkout.From.OWN_SCM, null),
                ChangedPaths.MATCH,
                false,
                null,
                CommitConditions.NONE);
    }

    private static String until(Instant due, FreeStyleBuild build, String revision) throws Exception {
        return deferred()
                .until(due, UUID.randomUUID(), build, new GitpodPrebuildProperty().options(), commit(revision));
    }

    @Test
    void anOlderCommitThatIsBuiltOnceMoreDoesNotReplaceTheNewest() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        Instant due = Instant.now().plusSeconds(3600);
        assertNull(until(due, build, "commit one"));
        assertNull(until(due, build, "commit two"));
        assertEquals(
                "This commit was built before. At night, the newer commit commit t gets a prebuild.",
                until(due, build, "commit one"));
        assertNull(until(due, build, "commit two"));
        assertEquals(1, saved(build.getParent()));
        assertThat(
                text(LedgerFiles.in(LedgerFiles.directory().resolve("deferred-commits"))
                        .get(0)),
                containsString("<revision>commit two</revision>"));
        build.getParent().delete();
        assertEquals(0, saved(build.getParent()));
    }

    /** Passes on the lines. */
    private record Lines(Consumer<String> to) implements RequestListener {
        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            to.accept(line);
        }

        @Override
        public void created(@NonNull PrebuildResult result) {}

        @Override
        public void concluded(@NonNull PrebuildRecord record) {}
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FreeStyleBuild failed() throws Exception {
        FreeStyleBuild build = build(jenkins.createFreeStyleProject(), Result.FAILURE);
        deferred().untilSuccess(UUID.randomUUID(), build, new GitpodPrebuildProperty().options(), commit("commit one"));
        return build;
    }

    private static CompletableFuture<Void> inThread(Runnable task) {
        return CompletableFuture.runAsync(task, thread -> new Thread(thread).start());
    }

    @Test
    void theEndOfABuildWaitsForNoOther() throws Exception {
        FreeStyleBuild hangs = failed();
        FreeStyleBuild other = failed();
        FreeStyleBuild nightly = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        until(Instant.now(), nightly, "commit one");
        CountDownLatch busy = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        Consumer<Object> hang = any -> {
            busy.countDown();
            await(release);
        };
        CompletableFuture<Void> printing = inThread(() -> deferred().buildEnded(hangs, new Lines(hang::accept)));
        CompletableFuture<Void> loading = inThread(() -> deferred().submitDue(Instant.now(), job -> {
            hang.accept(job);
            return false;
        }));
        await(busy);
        inThread(() -> deferred().buildEnded(other, new Lines(line -> {}))).get(30, TimeUnit.SECONDS);
        assertEquals(0, saved(other.getParent()));
        assertEquals(0, saved(hangs.getParent()), "dropped before it is printed");
        assertFalse(printing.isDone());
        assertEquals(1, saved(nightly.getParent()));
        release.countDown();
        CompletableFuture.allOf(printing, loading).get(60, TimeUnit.SECONDS);
        assertEquals(0, saved(nightly.getParent()));
    }
}
