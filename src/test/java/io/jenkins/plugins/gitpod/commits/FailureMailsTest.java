package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.tasks.Mailer;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.MailServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who set it gets one mail when automatic prebuilds begin to fail, and one when they complete again. */
@ExtendWith(FastLimits.class)
class FailureMailsTest extends RepositoryTestBase {

    private static final PhasePlan FAILS = PhasePlan.failing("The task \"build\" failed.\r\nBcc: all@example.com")
            .scaled(0.003);
    private static final PhasePlan COMPLETES = PhasePlan.quick(Duration.ofMillis(300));

    private MailServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new MailServer();
        Mailer.DescriptorImpl mailer = Mailer.descriptor();
        mailer.setSmtpHost("127.0.0.1");
        mailer.setSmtpPort(String.valueOf(server.port()));
    }

    @AfterEach
    void stopServer() throws Exception {
        server.close();
    }

    private FreeStyleBuild build(FreeStyleProject job, PhasePlan plan) throws Exception {
        project.plan(plan);
        Repository.push(repo, "file", "before " + job.getNextBuildNumber());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        Commits.awaitDecided();
        PrebuildRecord record = Commits.awaitEnd(build);
        assertEquals(plan == FAILS ? EndStatus.FAILED : EndStatus.COMPLETED, record.getConclusion());
        return build;
    }

    private List<String> awaitMails(int number) {
        await().atMost(Duration.ofSeconds(30)).until(() -> server.mails().size() >= number);
        return server.mails();
    }

    @Test
    void aStreakOfFailuresIsOneMailAndItsEndAnother() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setMailTo("team@example.com\nops@example.com");
        FreeStyleProject job = freestyle(property);
        FreeStyleBuild first = build(job, FAILS);
        String mail = awaitMails(1).get(0);
        assertThat(mail, containsString("RCPT TO:<team@example.com>\nRCPT TO:<ops@example.com>\n"));
        assertThat(mail, containsString("Subject: Gitpod prebuild failed: " + job.getFullDisplayName() + "\n"));
        assertThat(mail, containsString("\nThe task \"build\" failed. Bcc: all@example.com\n"));
        assertThat(mail, containsString("Build: " + first.getFullDisplayName() + "\n"));
        assertThat(mail, containsString("Commit: " + repo.head() + "\n"));
        assertThat(mail, containsString("Jenkins: " + jenkins.getURL() + first.getUrl() + "gitpod-prebuilds/\n"));
        assertThat(mail, containsString("Gitpod: http"));
        assertThat(mail, not(containsString(gitpod.account().token())));

        build(job, FAILS);
        build(job, COMPLETES);
        assertThat(awaitMails(2).get(1), containsString("Subject: Gitpod prebuild completed again: "));
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, gitpod.stepOf(project)));
        build(job, FAILS);
        assertThat(awaitMails(3).get(2), containsString("Subject: Gitpod prebuild failed: "));
        assertThat(server.mails(), hasSize(3));
    }

    @Test
    void aServerThatIsDownAffectsNothing() throws Exception {
        server.close();
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setMailTo("team@example.com");
        FreeStyleProject job = freestyle(property);
        build(job, FAILS);
        build(job, COMPLETES);
        assertThat(server.mails(), hasSize(0));
    }
}
