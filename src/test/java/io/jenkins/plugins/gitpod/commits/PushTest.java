package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Job;
import hudson.plugins.git.ApiTokenPropertyConfiguration;
import hudson.triggers.SCMTrigger;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** From the push to the prebuild, by the ways that pushes reach pipelines and multibranch projects. */
@ExtendWith(FastLimits.class)
class PushTest extends RepositoryTestBase {

    private WorkflowJob pipeline() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.addProperty(new GitpodPrebuildProperty());
        job.setDefinition(new CpsScmFlowDefinition(Repository.scm(repo), "Jenkinsfile"));
        SCMTrigger trigger = new SCMTrigger("");
        job.addTrigger(trigger);
        trigger.start(job, true);
        Commits.awaitEnd(jenkins.buildAndAssertSuccess(job));
        assertMade(1);
        return job;
    }

    private WorkflowMultiBranchProject multibranch() throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        BranchSource branches = new BranchSource(source);
        branches.setStrategy(new jenkins.branch.DefaultBranchPropertyStrategy(
                new jenkins.branch.BranchProperty[] {new GitpodPrebuildBranchProperty(new GitpodPrebuildProperty())}));
        multi.getSourcesList().add(branches);
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        Commits.awaitEnd(multi.getItem("master").getLastBuild());
        assertMade(1);
        return multi;
    }

    /** As a hook of the repository does. */
    private void notifyCommit() throws Exception {
        String token = ApiTokenPropertyConfiguration.get()
                .generateApiToken("test-" + System.nanoTime())
                .getString("value");
        String url = URLEncoder.encode(repo.toString(), StandardCharsets.UTF_8);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.goTo("git/notifyCommit?url=" + url + "&token=" + token, "text/plain");
        }
    }

    private void assertNextBuildMakesOne(Job<?, ?> job) throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() -> job.getLastBuild().getNumber() == 2);
        jenkins.waitUntilNoActivityUpTo(60_000);
        assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(job.getLastBuild()).getConclusion());
        assertMade(2);
    }

    @Test
    void notifyCommitReachesAPipeline() throws Exception {
        WorkflowJob job = pipeline();
        Repository.push(repo, "file", "two");
        notifyCommit();
        assertNextBuildMakesOne(job);
    }

    @Test
    void pollingReachesAPipeline() throws Exception {
        WorkflowJob job = pipeline();
        job.getSCMTrigger().new Runner().run();
        jenkins.waitUntilNoActivityUpTo(60_000);
        assertEquals(1, job.getLastBuild().getNumber(), "nothing was pushed");
        Repository.push(repo, "file", "two");
        job.getSCMTrigger().new Runner().run();
        assertNextBuildMakesOne(job);
    }

    @Test
    void notifyCommitReachesAMultibranchProject() throws Exception {
        WorkflowMultiBranchProject multi = multibranch();
        Repository.push(repo, "file", "two");
        notifyCommit();
        assertNextBuildMakesOne(multi.getItem("master"));
    }

    @Test
    void pushToAnotherBranchReachesJenkinsAndMakesNone() throws Exception {
        WorkflowMultiBranchProject multi = multibranch();
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "file", "two");
        notifyCommit();
        await().atMost(Duration.ofSeconds(60)).until(() -> multi.getItem("feature") != null);
        jenkins.waitUntilNoActivityUpTo(60_000);
        jenkins.assertLogContains(
                "This build is of branch feature, but the Gitpod project is configured for master.",
                multi.getItem("feature").getLastBuild());
        assertMade(1);
    }
}
