package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import hudson.scm.ChangeLogParser;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import jenkins.branch.BranchSource;
import jenkins.model.Jenkins;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.TestExtension;

/** A controller with a connection, and builds that have nothing to do with Gitpod: their checkouts cost nothing. */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class UnrelatedBuildsTest extends GitpodTestBase {

    public static final class Requests extends PullRequests {

        Requests(String target, String origin) {
            super(target, origin);
        }

        @TestExtension
        public static final class DescriptorImpl extends DescriptorBase {}
    }

    /** Counts how often this plugin parses a change log; Jenkins itself does as well. */
    public static final class CountingScm extends GitSCM {

        private static final long serialVersionUID = 1L;
        private static final AtomicInteger PARSED_BY_PLUGIN = new AtomicInteger();

        CountingScm(String url) {
            super(GitSCM.createRepoList(url, null), List.of(new BranchSpec("*/master")), null, null, List.of());
        }

        @Override
        public ChangeLogParser createChangeLogParser() {
            if (StackWalker.getInstance()
                    .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                            .anyMatch(name -> name.startsWith("io.jenkins.plugins.gitpod.checkout.")))) {
                PARSED_BY_PLUGIN.incrementAndGet();
            }
            return super.createChangeLogParser();
        }

        @Override
        public DescriptorImpl getDescriptor() {
            return Jenkins.get().getDescriptorByType(DescriptorImpl.class);
        }
    }

    private static void assertNothingIsSaved(Run<?, ?> build) throws Exception {
        jenkins.assertBuildStatusSuccess(build);
        build.save();
        String saved = Files.readString(build.getRootDir().toPath().resolve("build.xml"));
        String ofPlugin =
                saved.replace(UnrelatedBuildsTest.class.getName(), "").replace(PullRequests.class.getName(), "");
        assertThat(ofPlugin, not(containsString("io.jenkins.plugins.gitpod")));
        assertThat(JenkinsRule.getLog(build), not(containsString("Gitpod")));
    }

    @Test
    void checkoutsAskNobodyAndLeaveNothing(GitSampleRepoRule repo) throws Exception {
        Repository.init(repo, "node { checkout scm }");
        repo.git("branch", "topic");
        SimProject project = Commits.project(gitpod, repo);
        int calls = gitpod.simulator().records().calls().size();
        PullRequests.ASKED_BY_PLUGIN.set(0);
        CountingScm.PARSED_BY_PLUGIN.set(0);
        try (LogRecorder log = new LogRecorder()
                .record("io.jenkins.plugins.gitpod", Level.INFO)
                .capture(10)) {
            FreeStyleProject freestyle = jenkins.createFreeStyleProject();
            freestyle.setScm(new CountingScm(repo.toString()));
            WorkflowJob ofScript = jenkins.createProject(WorkflowJob.class);
            ofScript.setDefinition(new CpsScmFlowDefinition(new CountingScm(repo.toString()), "Jenkinsfile"));
            WorkflowJob inline = Builds.pipeline(jenkins, "node { git '" + repo + "' }");
            WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
            multi.getSourcesList().add(new BranchSource(new Requests(repo.toString(), repo.toString())));
            multi.scheduleBuild2(0).getFuture().get();
            jenkins.waitUntilNoActivityUpTo(60_000);
            WorkflowJob request = multi.getItem("PR-1");

            for (int i = 0; i < 2; i++) {
                assertNothingIsSaved(jenkins.buildAndAssertSuccess(freestyle));
                assertNothingIsSaved(jenkins.buildAndAssertSuccess(ofScript));
                assertNothingIsSaved(jenkins.buildAndAssertSuccess(inline));
                assertNothingIsSaved(jenkins.buildAndAssertSuccess(request));
                Repository.push(repo, "file", "content " + i);
            }
            assertEquals(0, PullRequests.ASKED_BY_PLUGIN.get(), "SCMs asked for");
            assertEquals(0, CountingScm.PARSED_BY_PLUGIN.get(), "change logs parsed");
            assertEquals(calls, gitpod.simulator().records().calls().size(), "calls");
            assertThat(log.getMessages(), empty());

            // The property alone parses no change log either.
            freestyle.addProperty(new GitpodPrebuildProperty());
            jenkins.buildAndAssertSuccess(freestyle);
            Commits.assertMade(gitpod, project, 1);
            assertEquals(0, CountingScm.PARSED_BY_PLUGIN.get(), "change logs parsed");
        }
    }
}
