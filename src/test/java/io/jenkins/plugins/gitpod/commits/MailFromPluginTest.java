package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import hudson.ExtensionList;
import hudson.model.FreeStyleProject;
import hudson.tasks.Mailer;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.MailServer;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.time.Duration;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** Mails when each plugin has its own class loader, as in a real Jenkins: the mailer, what it sends mails with, and this one. */
@WithGitSampleRepo
class MailFromPluginTest {

    @RegisterExtension
    private final RealJenkinsExtension real =
            Remote.extension().javaOptions("-Dhudson.plugins.git.GitSCM.ALLOW_LOCAL_CHECKOUT=true");

    @Test
    void theFirstFailureIsMailed(GitSampleRepoRule repo) throws Throwable {
        Repository.init(repo, "");
        try (GitpodFixture gitpod = new GitpodFixture();
                MailServer server = new MailServer()) {
            String projectId = Commits.project(gitpod, repo)
                    .plan(PhasePlan.failing("no").scaled(0.003))
                    .id();
            String url = gitpod.simulator().apiUrl().toString();
            String text = gitpod.account().token();
            String repository = repo.toString();
            int port = server.port();
            real.startJenkins();
            real.run(rule -> Remote.connect(rule, url, text));
            real.run(rule -> build(rule, repository, projectId, port));
            await().atMost(Duration.ofSeconds(60)).until(() -> !server.mails().isEmpty());
            assertThat(server.mails().get(0), containsString("Subject: Gitpod prebuild failed: mails\n"));
        }
    }

    private static void build(JenkinsRule rule, String repository, String projectId, int port) throws Exception {
        ClassLoader own =
                ExtensionList.lookup(PrebuildListener.class).get(0).getClass().getClassLoader();
        assertNotSame(own, Mailer.class.getClassLoader());
        Mailer.DescriptorImpl mailer = Mailer.descriptor();
        mailer.setSmtpHost("127.0.0.1");
        mailer.setSmtpPort(String.valueOf(port));
        FreeStyleProject job = rule.jenkins.createProject(FreeStyleProject.class, "mails");
        job.setScm(Repository.scm(repository));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(projectId);
        property.setMailTo("team@example.com");
        job.addProperty(property);
        rule.buildAndAssertSuccess(job);
    }
}
