package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.ExtensionList;
import hudson.plugins.git.GitStatus;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jenkins.branch.OrganizationFolder;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.scm.impl.SingleSCMNavigator;
import org.eclipse.jgit.transport.URIish;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * An organization folder with three repositories, set up once: ten pushes reach it as branch events, five before and five
 * after a restart. No build ever reaches a checkout.
 */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class OrganizationTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void tenPushesMakeThePrebuildsThatTheRuleAsksFor(
            GitSampleRepoRule shop, GitSampleRepoRule api, GitSampleRepoRule tools) throws Throwable {
        for (GitSampleRepoRule each : List.of(shop, api, tools)) {
            Repository.init(each, "echo 'no checkout'");
        }
        SimProject ofShop = Commits.project(gitpod, shop);
        SimProject ofApi = Commits.project(gitpod, api);
        sessions.then(jenkins -> {
            gitpod.connect();
            OrganizationFolder organization = jenkins.createProject(OrganizationFolder.class, "acme");
            organization.addProperty(new GitpodPrebuildFolderProperty(new GitpodPrebuildProperty()));
            Map.of("shop", shop, "api", api, "tools", tools).forEach((name, repo) -> {
                GitSCMSource source = new GitSCMSource(repo.toString());
                source.setTraits(List.of(new BranchDiscoveryTrait()));
                organization.getNavigators().add(new SingleSCMNavigator(name, List.of(source)));
            });
            organization.scheduleBuild2(0).getFuture().get();
            jenkins.waitUntilNoActivityUpTo(60_000);
            // a first prebuild for each repository that has a project
            assertMade(ofShop, 1, ofApi, 1);
            push(jenkins, "shop", shop, "master");
            assertMade(ofShop, 2, ofApi, 1);
            push(jenkins, "api", api, "master");
            assertMade(ofShop, 2, ofApi, 2);
            push(jenkins, "tools", tools, "master");
            push(jenkins, "shop", shop, "feature");
            push(jenkins, "shop", shop, "feature");
            assertMade(ofShop, 2, ofApi, 2);
        });
        sessions.then(jenkins -> {
            push(jenkins, "shop", shop, "feature");
            push(jenkins, "tools", tools, "master");
            assertMade(ofShop, 2, ofApi, 2);
            push(jenkins, "shop", shop, "master");
            push(jenkins, "shop", shop, "master");
            push(jenkins, "api", api, "master");
            assertMade(ofShop, 4, ofApi, 3);
            // Nothing was pushed since.
            jenkins.jenkins
                    .getItemByFullName("acme", OrganizationFolder.class)
                    .scheduleBuild2(0)
                    .getFuture()
                    .get();
            jenkins.waitUntilNoActivityUpTo(60_000);
            assertMade(ofShop, 4, ofApi, 3);
        });
        assertEquals(7, gitpod.simulator().records().count("CreatePrebuild"));
    }

    private void assertMade(SimProject shop, int ofShop, SimProject api, int ofApi) {
        Commits.assertMade(gitpod, shop, ofShop);
        Commits.assertMade(gitpod, api, ofApi);
    }

    /** Pushes a commit, tells Jenkins of the branch as a hook does, and waits until the branch is built. */
    private static void push(JenkinsRule jenkins, String name, GitSampleRepoRule repo, String branch) throws Exception {
        boolean isNew = !repo.getRoot()
                .toPath()
                .resolve(".git/refs/heads/" + branch)
                .toFile()
                .exists();
        if (isNew) {
            repo.git("checkout", "-b", branch);
        } else {
            repo.git("checkout", branch);
        }
        WorkflowMultiBranchProject project =
                jenkins.jenkins.getItemByFullName("acme/" + name, WorkflowMultiBranchProject.class);
        int next = builds(project, branch) + 1;
        Repository.push(repo, "file", branch + " " + next);
        for (GitStatus.Listener each : ExtensionList.lookup(GitStatus.Listener.class)) {
            each.onNotifyCommit("hook", new URIish(repo.toString()), null, List.of(), branch);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> builds(project, branch) == next);
        jenkins.waitUntilNoActivityUpTo(60_000);
    }

    private static int builds(WorkflowMultiBranchProject project, String branch) {
        WorkflowJob job = project.getItem(branch);
        return job == null || job.getLastBuild() == null
                ? 0
                : job.getLastBuild().getNumber();
    }
}
