package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.util.List;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.plugins.git.traits.TagDiscoveryTrait;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.libs.GlobalLibraries;
import org.jenkinsci.plugins.workflow.libs.LibraryConfiguration;
import org.jenkinsci.plugins.workflow.libs.SCMSourceRetriever;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** Checkouts other than the one that matters: libraries, tools, tags, pull requests. */
@ExtendWith(FastLimits.class)
class OtherCheckoutsTest extends RepositoryTestBase {

    @TestExtension
    public static final class LineBeforeEnd extends DecisionsBeforeEnd {}

    public static final class Requests extends PullRequests {

        Requests(String target, String origin) {
            super(target, origin);
        }

        @TestExtension
        public static final class DescriptorImpl extends DescriptorBase {}
    }

    private GitSampleRepoRule other;
    private SimProject projectOfOther;

    @BeforeEach
    void secondRepository(GitSampleRepoRule second) throws Exception {
        other = second;
        Repository.init(other, "");
        projectOfOther = Commits.project(gitpod, other);
    }

    @AfterEach
    void forgetLibraries() {
        GlobalLibraries.get().setLibraries(List.of());
    }

    private void assertMade(int ofProject, int ofOther) {
        Commits.assertMade(gitpod, project, ofProject);
        Commits.assertMade(gitpod, projectOfOther, ofOther);
    }

    private static WorkflowRun build(WorkflowJob job) throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        Commits.awaitDecided();
        return build;
    }

    private void library() throws Exception {
        Repository.push(other, "vars/greet.groovy", "def call() { echo 'hello' }");
        GitSCMSource source = new GitSCMSource(other.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        LibraryConfiguration library = new LibraryConfiguration("greetings", new SCMSourceRetriever(source));
        library.setDefaultVersion("master");
        GlobalLibraries.get().setLibraries(List.of(library));
    }

    private WorkflowJob inline(String script) throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, script);
        job.addProperty(new GitpodPrebuildProperty());
        return job;
    }

    @Test
    void checkoutOfASharedLibraryMakesNone() throws Exception {
        library();
        String body = "greet()\nnode { git '" + repo + "' }";
        jenkins.assertLogContains("hello", build(inline("@Library('greetings') _\n" + body)));
        assertMade(1, 0);
        Repository.push(repo, "file", "two");
        jenkins.assertLogContains("hello", build(inline("library 'greetings'\n" + body)));
        assertMade(2, 0);
    }

    @Test
    void stepIsNotMisledByASharedLibrary() throws Exception {
        library();
        WorkflowRun build = build(Builds.pipeline(
                jenkins, "@Library('greetings') _\ngreet()\nnode { git '" + repo + "' }\ngitpodPrebuild()"));
        jenkins.assertLogContains(project.id(), build);
        assertMade(1, 0);
    }

    private WorkflowJob fromRepository(String jenkinsfile) throws Exception {
        Repository.push(repo, "Jenkinsfile", jenkinsfile);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsScmFlowDefinition(Repository.scm(repo), "Jenkinsfile"));
        return job;
    }

    @Test
    void ofSeveralCheckoutsTheJobsOwnSourceCounts() throws Exception {
        WorkflowJob explicit = fromRepository("node { git '" + other + "' }\nnode { checkout scm }\ngitpodPrebuild()");
        build(explicit);
        assertMade(1, 0);
        WorkflowJob automatic = fromRepository("node { git '" + other + "' }\nnode { checkout scm }");
        automatic.addProperty(new GitpodPrebuildProperty());
        build(automatic);
        assertMade(2, 0);
    }

    @Test
    void jobWithoutASourceOfItsOwnActsForTheNamedProjectOnly() throws Exception {
        WorkflowJob job = Builds.pipeline(jenkins, "node { git '" + other + "' }\nnode { git '" + repo + "' }");
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(project.id());
        job.addProperty(property);
        WorkflowRun build = build(job);
        jenkins.assertLogContains(", but this checkout is of " + other + ".", build);
        assertMade(1, 0);
        Repository.push(other, "file", "two");
        build(job);
        assertMade(1, 0);
    }

    @Test
    void repositoryWithoutAProjectIsNoFaultOfAJobWithoutASourceOfItsOwn() throws Exception {
        projectOfOther.remoteUri("https://git.example.com/elsewhere");
        WorkflowRun build = build(inline("node { git '" + other + "' }"));
        jenkins.assertLogContains("no Gitpod project was found for the repository that this build checked out", build);
        assertNull(build.getAction(PrebuildAction.class));
        WorkflowRun own = build(ofOther());
        assertEquals(1, Commits.awaitEnds(own).size(), "See this build's page for the result");
    }

    private WorkflowJob ofOther() throws Exception {
        Repository.push(other, "Jenkinsfile", "node { checkout scm }");
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addProperty(new GitpodPrebuildProperty());
        job.setDefinition(new CpsScmFlowDefinition(Repository.scm(other), "Jenkinsfile"));
        return job;
    }

    @Test
    void propertyThatABuildSetsActsInTheSameBuild() throws Exception {
        build(fromRepository("properties([gitpodPrebuildForCommits()])\nnode { checkout scm }\nnode { checkout scm }"));
        assertMade(1, 0);
    }

    @Test
    void twoCheckoutsOfOneCommitAskOnce() throws Exception {
        WorkflowJob job = fromRepository("node { checkout scm }\nnode { checkout scm }");
        job.addProperty(new GitpodPrebuildProperty());
        WorkflowRun build = build(job);
        assertMade(1, 0);
        assertThat(JenkinsRule.getLog(build), not(containsString("was already handled")));
    }

    // ---- what is no branch

    private WorkflowMultiBranchProject multibranch(SCMSource source) throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        BranchSource branches = new BranchSource(source);
        branches.setStrategy(new DefaultBranchPropertyStrategy(
                new BranchProperty[] {new GitpodPrebuildBranchProperty(new GitpodPrebuildProperty())}));
        multi.getSourcesList().add(branches);
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        return multi;
    }

    @Test
    void tagOfTheProjectsOwnBranchIsSkippedWithALine() throws Exception {
        repo.git("tag", "v1");
        Repository.push(repo, "file", "two");
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait(), new TagDiscoveryTrait()));
        WorkflowMultiBranchProject multi = multibranch(source);
        assertMade(1, 0);
        WorkflowRun tag = build(multi.getItem("v1"));
        jenkins.assertLogContains(
                "Skipped: This build is of tag v1."
                        + " Only the branch that the Gitpod project is configured for gets prebuilds.",
                tag);
        assertMade(1, 0);
    }

    @Test
    void pullRequestIsSkippedWithALine() throws Exception {
        repo.git("checkout", "-b", "topic");
        Repository.push(repo, "file", "two");
        Repository.push(other, "Jenkinsfile", "node { checkout scm }");
        other.git("checkout", "-b", "topic");
        Repository.push(other, "file", "of the fork");
        // The prebuilds of earlier tests are read until they have ended.
        await().atMost(Duration.ofSeconds(60)).until(() -> LedgerFiles.open().isEmpty());
        for (PullRequests source : List.of(
                new Requests(repo.toString(), repo.toString()), new Requests(repo.toString(), other.toString()))) {
            // The prebuilds of other tests are over.
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> LedgerFiles.open().isEmpty());
            int calls = gitpod.simulator().records().calls().size();
            WorkflowRun build = multibranch(source).getItem("PR-1").getLastBuild();
            jenkins.assertBuildStatusSuccess(build);
            Commits.awaitDecided();
            jenkins.assertLogContains(
                    "Skipped: This build is of change request PR-1."
                            + " Only the branch that the Gitpod project is configured for gets prebuilds.",
                    build);
            assertNull(build.getAction(PrebuildAction.class));
            assertEquals(calls, gitpod.simulator().records().calls().size(), "nothing needs to be looked up");
        }
        assertMade(0, 0);
    }
}
