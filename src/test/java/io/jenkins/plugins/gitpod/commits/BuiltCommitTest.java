package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.time.Duration;
import java.time.Instant;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** Which commit a prebuild was built from: what the log, the result, the page and the remote API say, and what is booked. */
@ExtendWith(FastLimits.class)
class BuiltCommitTest extends RepositoryTestBase {

    private static final String STRANGE = "fedcba9876543210fedcba9876543210fedcba98";

    private String head;

    @BeforeEach
    void slowPrebuilds() throws Exception {
        head = repo.head();
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING).scaled(0.02));
    }

    private static String brief(String commit) {
        return commit.substring(0, 7);
    }

    private WorkflowJob job(String step) throws Exception {
        return Builds.pipeline(jenkins, "node { git '" + repo + "' }\n" + step);
    }

    /** A build whose prebuild runs long enough for its commit to be read. */
    private WorkflowRun build(WorkflowJob job) throws Exception {
        int before = made().size();
        WorkflowRun build = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(build, "[Gitpod] Gitpod prebuild: built from ");
        assertEquals(before + 1, made().size());
        made().get(before).plan(PhasePlan.quick(Duration.ofMillis(100)));
        made().get(before).forcePhase(SimPhase.COMPLETED);
        return jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
    }

    private static void assertLine(Run<?, ?> build, String line) throws Exception {
        assertTrue(
                JenkinsRule.getLog(build).lines().anyMatch(("[Gitpod] Gitpod prebuild: " + line)::equals),
                JenkinsRule.getLog(build));
    }

    @Test
    void theBuildsOwnCommitIsNamedWithItsBranch() throws Exception {
        assertLine(build(job("gitpodPrebuild()")), "built from " + brief(head) + " of master");
    }

    @Test
    void anOlderCommitOfAnEarlierBuildIsCalledOlder() throws Exception {
        WorkflowJob job = job("gitpodPrebuild()");
        build(job);
        String next = Repository.push(repo, "file", "content");
        project.commit(head);
        assertLine(
                build(job),
                "built from " + brief(head) + " of master, which is older than this build's commit " + brief(next));
    }

    @Test
    void anOlderCommitOfTheBuildsOwnChangeLogIsCalledOlder() throws Exception {
        WorkflowJob job = job("gitpodPrebuild()");
        build(job);
        String between = Repository.push(repo, "file", "content");
        String last = Repository.push(repo, "file", "more");
        project.commit(between);
        assertLine(
                build(job),
                "built from " + brief(between) + " of master, which is older than this build's commit " + brief(last));
    }

    @Test
    void anyOtherCommitIsCalledAnother() throws Exception {
        project.commit(STRANGE);
        assertLine(
                build(job("gitpodPrebuild()")),
                "built from " + brief(STRANGE) + " of master, which is not this build's commit " + brief(head));
    }

    @Test
    void aNewerCommitIsNotCalledOlderInARebuildOfAnOldOne() throws Exception {
        WorkflowJob job = job("gitpodPrebuild force: true");
        build(job);
        String newer = Repository.push(repo, "file", "content");
        build(job);
        repo.git("reset", "--hard", head);
        project.commit(newer);
        assertLine(
                build(job),
                "built from " + brief(newer) + " of master, which is not this build's commit " + brief(head));
    }

    @Test
    void aBuildWithoutACheckoutComparesNothing() throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, gitpod.stepOf(project));
        assertLine(build(job), "built from " + brief(head) + " of master");
    }

    @Test
    void resultPageAndRemoteApiTellWhatGitpodTells() throws Exception {
        WorkflowRun build = build(job("def p = gitpodPrebuild(timeout: 90)\n"
                + "echo \"got ${p.commit} ${p.branch} ${p.projectId} ${p.environmentClassId} ${p.environmentId}"
                + " ${p.timeout} ${p.snapshotCompletionPercentage} ${p.createdAt} ${p.createdAtMillis}"
                + " ${p.completedAt} ${p.completedAtMillis} ${p.snapshotSizeBytes}\""));
        SimPrebuild prebuild = made().get(0);
        PrebuildRecord record = Commits.awaitEnd(build);
        PrebuildResult result = record.getResult();
        Instant created = prebuild.createdAt();
        jenkins.assertLogContains(
                "got " + head + " master " + project.id() + " " + prebuild.environmentClassId() + " "
                        + prebuild.environmentId() + " 90 100 "
                        + Instant.ofEpochMilli(created.toEpochMilli()) + " " + created.toEpochMilli() + " "
                        + result.getCompletedAt() + " " + result.getCompletedAtMillis() + " ",
                build);
        assertTrue(result.getCompletedAtMillis() >= result.getCreatedAtMillis());
        assertEquals(
                result.getCompletedAtMillis(),
                Instant.parse(result.getCompletedAt()).toEpochMilli());

        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            String page = client.getPage(build).asNormalizedText();
            assertThat(page, containsString("Built from " + brief(head) + " of master"));
            JSONObject action =
                    client.getJSON(build.getUrl() + "api/json").getJSONObject().getJSONArray("actions").stream()
                            .map(JSONObject.class::cast)
                            .filter(each -> each.optString("_class").endsWith("PrebuildAction"))
                            .findFirst()
                            .orElseThrow();
            JSONObject shown = action.getJSONArray("records").getJSONObject(0);
            assertEquals("COMPLETED", shown.getString("conclusion"));
            assertEquals("sim", shown.getString("connection"));
            assertEquals(project.id(), shown.getString("projectId"));
            assertFalse(shown.getBoolean("detached"));
            JSONObject of = shown.getJSONObject("result");
            assertEquals(prebuild.id(), of.getString("id"));
            assertEquals("COMPLETED", of.getString("phase"));
            assertEquals(head, of.getString("commit"));
            assertEquals("master", of.getString("branch"));
            assertEquals(project.id(), of.getString("projectId"));
            assertEquals(prebuild.environmentClassId(), of.getString("environmentClassId"));
            assertEquals(prebuild.environmentId(), of.getString("environmentId"));
            assertEquals(result.getCreatedAt(), of.getString("createdAt"));
            assertEquals(result.getCreatedAtMillis(), of.getLong("createdAtMillis"));
            assertEquals(result.getCompletedAt(), of.getString("completedAt"));
            assertEquals(90, of.getInt("timeout"));
            assertEquals(100, of.getInt("snapshotCompletionPercentage"));
            assertEquals(result.getSnapshotSizeBytes(), of.getLong("snapshotSizeBytes"));
        }
    }

    @Test
    void aCommitThatGitpodDidNotBuildHasNoPrebuild() throws Exception {
        WorkflowJob job = job("def p = gitpodPrebuild()\necho \"skipped ${p.skipped} ${p.commit}\"");
        project.commit(STRANGE);
        jenkins.assertLogContains("skipped false " + STRANGE, build(job));
        project.commit(head);
        jenkins.assertLogContains("skipped false " + head, build(job));
        WorkflowRun third = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("skipped true " + head, third);
        jenkins.assertLogContains(
                "Commit " + head.substring(0, 8) + " already has the completed prebuild "
                        + made().get(1).id(),
                third);
        assertEquals(2, made().size());
    }

    @Test
    void aCommitThatGitpodBuiltForSomebodyElseHasAPrebuild() throws Exception {
        build(Builds.pipeline(jenkins, gitpod.stepOf(project)));
        WorkflowRun skipped =
                jenkins.buildAndAssertSuccess(job("def p = gitpodPrebuild()\necho \"skipped ${p.skipped} ${p.id}\""));
        jenkins.assertLogContains("skipped true " + made().get(0).id(), skipped);
        assertEquals(1, made().size());
    }

    @Test
    void whereGitpodDoesNotSayItNothingIsSaidAndWhatWasAskedForCounts() throws Exception {
        project.plan(PhasePlan.quick(Duration.ofSeconds(1)));
        gitpod.simulator().faults().clear();
        gitpod.simulator()
                .faults()
                .add(io.jenkins.plugins.gitpod.simulator.FaultRule.on(
                                "GetEnvironment",
                                io.jenkins.plugins.gitpod.simulator.Fault.status(403, "permission_denied", "not you"))
                        .times(100));
        try {
            WorkflowJob job = job("def p = gitpodPrebuild()\necho \"skipped ${p.skipped} ${p.commit}\"");
            WorkflowRun build = jenkins.buildAndAssertSuccess(job);
            jenkins.assertLogNotContains("built from", build);
            jenkins.assertLogNotContains("not you", build);
            jenkins.assertLogContains("skipped false null", build);
            assertNull(Commits.awaitEnd(build).getResult().getCommit());
            jenkins.assertLogContains("skipped true null", jenkins.buildAndAssertSuccess(job));
        } finally {
            gitpod.simulator().faults().clear();
        }
    }

    @Test
    void oneWhoJoinsHearsOfTheCommitAsWell() throws Exception {
        WorkflowJob job = job("gitpodPrebuild whenActive: 'JOIN'");
        WorkflowRun first = job.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(first, "built from " + brief(head));
        WorkflowJob other = job("def p = gitpodPrebuild whenActive: 'JOIN'\necho \"got ${p.commit}\"");
        WorkflowRun second = other.scheduleBuild2(0).waitForStart();
        Builds.awaitLog(second, "Gitpod prebuild: built from " + brief(head) + " of master");
        assertEquals(1, made().size());
        made().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(first));
        jenkins.assertLogContains("got " + head, jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(second)));
        await().until(() -> made().stream().noneMatch(SimPrebuild::isActive));
    }
}
