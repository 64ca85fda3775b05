package io.jenkins.plugins.gitpod.request;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Builds of several teams want a prebuild of one project: what they do to each other, and what they learn of each other. */
@ExtendWith(FastLimits.class)
@WithJenkins
class OtherTeamsTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;
    private static Folder red;
    private static Folder blue;

    private SimProject project;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        red = team("red");
        blue = team("blue");
    }

    /** A folder with a credential of its own, whose id the other folder has as well. */
    private static Folder team(String name) throws Exception {
        String token = GITPOD.simulator().account(name).token();
        Folder folder = jenkins.createProject(Folder.class, name);
        folder.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
            new DomainCredentials(Domain.global(), List.of(GitpodFixture.secretText("team", token)))
        }));
        return folder;
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void newProject() {
        String name = "p" + UUID.randomUUID();
        project = GITPOD.simulator().addProject(name).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
    }

    private List<SimPrebuild> prebuilds() {
        return GITPOD.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private WorkflowRun start(Folder folder, String... options) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, "job" + UUID.randomUUID());
        job.setDefinition(new CpsFlowDefinition(GITPOD.stepOf(project, options), true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private void complete(WorkflowRun... builds) throws Exception {
        prebuilds().forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
        for (WorkflowRun build : builds) {
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        }
    }

    @Test
    void prebuildOfAnotherCredentialIsNeitherCancelledNorJoined() throws Exception {
        WorkflowRun first = start(red, "credentialsId: 'team'");
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun newer = start(blue, "credentialsId: 'team'", "whenActive: 'CANCEL_PREVIOUS'");
        awaitLog(newer, "Created Gitpod prebuild");
        WorkflowRun joining = start(jenkinsFolder(), "whenActive: 'JOIN'");
        awaitLog(joining, "Created Gitpod prebuild");
        assertEquals(3, prebuilds().size());
        assertTrue(prebuilds().stream().noneMatch(SimPrebuild::isCancelRequested));
        complete(first, newer, joining);
    }

    private static Folder jenkinsFolder() throws Exception {
        return jenkins.createProject(Folder.class, "green" + UUID.randomUUID());
    }

    @Test
    void inOneFolderBuildsAreJoinedCancelledAndNamed() throws Exception {
        WorkflowRun first = start(red, "credentialsId: 'team'");
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun joining = start(red, "credentialsId: 'team'", "whenActive: 'JOIN'");
        awaitLog(joining, "requested by " + first.getExternalizableId() + ".");
        WorkflowRun newer = start(red, "credentialsId: 'team'", "whenActive: 'CANCEL_PREVIOUS'");
        awaitLog(first, "because " + newer.getExternalizableId() + " requested a newer one");
        awaitLog(newer, "Cancelling Gitpod prebuild " + prebuilds().get(0).id() + " of " + first.getExternalizableId());
        await().atMost(Duration.ofSeconds(30)).until(prebuilds().get(0)::isCancelRequested);
        prebuilds().get(0).forcePhase(SimPhase.CANCELLED);
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(first));
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(joining));
        await().until(() -> prebuilds().size() == 2);
        prebuilds().get(1).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(newer));
    }

    /** A reader of one folder learns nothing about the jobs of the other, though both use the connection's credential. */
    @Test
    void betweenFoldersNoBuildIsNamed() throws Exception {
        WorkflowRun first = start(red);
        awaitLog(first, "Created Gitpod prebuild");
        WorkflowRun joining = start(blue, "whenActive: 'JOIN'");
        awaitLog(joining, "requested by a build in another folder.");
        WorkflowRun skipping = start(blue, "whenActive: 'SKIP'");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(skipping));
        jenkins.assertLogContains("A prebuild requested by a build in another folder is already running", skipping);
        WorkflowRun newer = start(blue, "whenActive: 'CANCEL_PREVIOUS'");
        awaitLog(first, "because a build in another folder requested a newer one");
        awaitLog(joining, "because " + newer.getExternalizableId() + " requested a newer one");
        awaitLog(newer, "of a build in another folder");
        await().until(() -> prebuilds().size() == 2);
        prebuilds().get(0).forcePhase(SimPhase.CANCELLED);
        prebuilds().get(1).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(newer));
        jenkins.waitForCompletion(first);
        jenkins.waitForCompletion(joining);
        assertFalse(JenkinsRule.getLog(first).contains("blue/"));
        for (WorkflowRun build : List.of(joining, skipping, newer)) {
            assertThat(JenkinsRule.getLog(build), not(containsString("red/")));
        }
    }
}
