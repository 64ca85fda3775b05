package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** The page of a job says why its last commits got a prebuild or none. */
@ExtendWith(FastLimits.class)
class LastDecisionsTest extends RepositoryTestBase {

    private static List<String> texts(Job<?, ?> job) {
        return DecisionLog.of(job).newestFirst().stream()
                .map(DecisionLog.Entry::text)
                .toList();
    }

    private void build(FreeStyleProject job, int made) throws Exception {
        jenkins.buildAndAssertSuccess(job);
        assertMade(made);
    }

    private static void awaitLast(Job<?, ?> job, String start) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !texts(job).isEmpty() && texts(job).get(0).startsWith(start));
    }

    private static GitpodPrebuildProperty with(WhenActive whenActive) {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setWhenActive(whenActive);
        return property;
    }

    @Test
    void eachCommitHasOneReasonHoweverOftenItIsBuilt() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleProject job = freestyle(with(WhenActive.SKIP));
        build(job, 1);
        awaitLast(job, "Requested a prebuild.");
        build(job, 1);
        assertEquals(List.of("Requested a prebuild."), texts(job));
        String commit = Repository.push(repo, "file", "two");
        build(job, 1);
        build(job, 1);
        String skipped = "Skipped: A prebuild requested by " + job.getName() + "#1 is already running.";
        assertEquals(List.of(skipped, "Requested a prebuild."), texts(job));
        DecisionLog.Entry last = DecisionLog.of(job).newestFirst().get(0);
        assertEquals(commit, last.commit());
        assertEquals(3, last.build());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.getPage(job);
            DomElement section = page.getFirstByXPath("//section[@aria-label='Gitpod prebuilds for new commits']");
            String text = section.asNormalizedText();
            assertThat(text, containsString("New commits get prebuilds."));
            assertThat(text, containsString("#3"));
            assertThat(text, containsString(commit.substring(0, 7)));
            assertThat(text, containsString(skipped));
            job.getBuildByNumber(3).delete();
            HtmlPage without = client.getPage(job);
            assertThat(without.asNormalizedText(), containsString(skipped));
        }
    }

    @Test
    void whatIsJoinedAndWhatIsRefusedIsSaid() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = with(WhenActive.JOIN);
        FreeStyleProject job = freestyle(property);
        build(job, 1);
        Repository.push(repo, "file", "two");
        build(job, 1);
        awaitLast(job, "Waiting for the prebuild that " + job.getName() + "#1 requested.");
        property.setConnection("nowhere");
        Repository.push(repo, "file", "three");
        build(job, 1);
        awaitLast(job, "Skipped: No Gitpod connection is named \"nowhere\".");
    }

    @Test
    void tenAreKeptAndTheyGoWithTheJob() throws Exception {
        FreeStyleProject job = freestyle(new GitpodPrebuildProperty());
        build(job, 1);
        awaitLast(job, "Requested");
        IntStream.range(0, 12).forEach(i -> DecisionLog.addSkipped(job.getLastBuild(), "commit " + i, "reason " + i));
        List<String> texts = texts(job);
        assertEquals(10, texts.size());
        assertThat(texts.get(0), is("reason 11"));
        assertThat(texts.get(9), is("reason 2"));
        assertThat(Files.size(file(job)) < 4000, is(true));
        job.renameTo("renamed" + job.getName());
        assertEquals(texts, texts(job));
        Files.writeString(file(job), "<damaged");
        assertThat(texts(job), is(empty()));
        DecisionLog.addPrebuild(job.getLastBuild(), "commit", UUID.randomUUID(), "after the damage");
        assertEquals(List.of("after the damage"), texts(job));
        Run<?, ?> last = job.getLastBuild();
        File directory = job.getRootDir();
        job.delete();
        DecisionLog.addPrebuild(last, "commit", UUID.randomUUID(), "too late");
        assertThat(directory.exists(), is(false));
    }

    private static Path file(Job<?, ?> job) {
        return job.getRootDir().toPath().resolve("gitpod-decisions.xml");
    }

    /** How often the running prebuilds were listed for a decision. */
    private static long lists() {
        return gitpod.simulator().records().calls("ListPrebuilds").stream()
                .filter(call -> call.body().contains("PREBUILD_PHASE_PENDING"))
                .count();
    }

    private void buildUntilItWaits(FreeStyleProject job) throws Exception {
        long before = lists();
        jenkins.buildAndAssertSuccess(job);
        await().atMost(Duration.ofSeconds(60)).until(() -> lists() > before);
        assertEquals(1, Commits.undecided());
    }

    /** A prebuild that was requested without a checkout, in a job of its own. */
    private WorkflowRun startStep(String until) throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING).scaled(0.02));
        WorkflowRun build = Builds.pipeline(jenkins, gitpod.stepOf(project))
                .scheduleBuild2(0)
                .waitForStart();
        Builds.awaitLog(build, until);
        return build;
    }

    /** Which commit a prebuild is built from is known only when it has begun to run. */
    @Test
    void aCommitThatWaitsGetsNoneIfThePrebuildThatEndsHasIt() throws Exception {
        Fault.Hang read = Fault.hangBeforeActing();
        gitpod.simulator().faults().add(FaultRule.on("GetEnvironment", read).forever());
        WorkflowRun build = startStep("Gitpod prebuild: RUNNING");
        SimPrebuild only = made().get(0);
        FreeStyleProject job = freestyle(with(WhenActive.QUEUE));
        buildUntilItWaits(job);
        await().atMost(Duration.ofSeconds(60)).until(() -> read.held() == 1);
        assertThat(texts(job), is(empty()));
        gitpod.simulator().faults().clear();
        read.release();
        Builds.awaitLog(build, "Gitpod prebuild: built from");
        only.forcePhase(SimPhase.COMPLETED);
        String commit = repo.head().substring(0, 8);
        awaitLast(job, "Skipped: Commit " + commit + " already has the completed prebuild " + only.id() + ".");
        assertMade(1);
    }

    @Test
    void nothingIsLeftOfTheRequestOfADeletedJobThatWaits() throws Exception {
        WorkflowRun running = startStep("Gitpod prebuild: built from");
        Repository.push(repo, "file", "two");
        FreeStyleProject job = freestyle(with(WhenActive.QUEUE));
        buildUntilItWaits(job);
        job.delete();
        await().atMost(Duration.ofSeconds(30)).until(() -> Commits.undecided() == 0);
        made().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(running));
        // What still waited would be created before this one.
        startStep("Gitpod prebuild: RUNNING");
        assertMade(2);
        made().get(1).forcePhase(SimPhase.COMPLETED);
    }
}
