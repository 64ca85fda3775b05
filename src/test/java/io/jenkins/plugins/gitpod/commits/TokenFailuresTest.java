package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.RemoteCredentials;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Requests that are decided on treat tokens as those that are not: nothing is given up or kept from administrators. */
@ExtendWith(FastLimits.class)
@WithJenkins
@WithGitSampleRepo
class TokenFailuresTest {

    private static final String TEXT = "vault https://jo:s3cret@vault.example.com";

    private final GitpodFixture gitpod = new GitpodFixture();
    private JenkinsRule jenkins;
    private GitSampleRepoRule repo;

    @BeforeEach
    void connect(JenkinsRule rule, GitSampleRepoRule sample) throws Exception {
        jenkins = rule;
        repo = sample;
        gitpod.connect();
        Repository.init(repo, "");
        Commits.project(gitpod, repo);
    }

    @AfterEach
    void close() {
        FailingProvider.FAILURES.set(0);
        gitpod.close();
    }

    private FreeStyleProject withPropertyOnly() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("automatic");
        job.setScm(Repository.scm(repo));
        job.addProperty(new GitpodPrebuildProperty());
        return job;
    }

    @Test
    void credentialsProviderThatFailsOnceIsAskedAgainAndItsTextIsInNoLog() throws Exception {
        try (LogRecorder log = new LogRecorder().record("", Level.WARNING).capture(1000)) {
            FailingProvider.FAILURES.set(1);
            WorkflowRun build =
                    jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, gitpod.step("whenActive: 'JOIN'")));
            assertEquals(0, FailingProvider.FAILURES.get(), "the provider has failed");
            FailingProvider.FAILURES.set(1);
            assertEquals(
                    EndStatus.COMPLETED,
                    Commits.awaitEnd(jenkins.buildAndAssertSuccess(withPropertyOnly()))
                            .getConclusion());
            assertThat(JenkinsRule.getLog(build), not(containsString("s3cret")));
            assertThat(
                    log.getRecords().stream().map(TokenFailuresTest::text).toList(),
                    not(hasItem(containsString("s3cret"))));
            assertThat(log.getMessages(), hasItem("A credentials provider failed"));
        }
    }

    private static String text(LogRecord record) {
        StringWriter text = new StringWriter();
        text.write(record.getMessage());
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(new PrintWriter(text));
        }
        return text.toString();
    }

    @Test
    void credentialsProviderThatAlwaysFailsIsTheMessage() throws Exception {
        FailingProvider.FAILURES.set(Integer.MAX_VALUE);
        PrebuildRecord record = Commits.awaitEnd(jenkins.buildAndAssertSuccess(withPropertyOnly()));
        assertEquals(EndStatus.ERROR, record.getConclusion());
        assertThat(record.getMessage(), containsString("The credentials provider failed (IllegalStateException)"));
        assertThat(record.getMessage(), not(containsString("s3cret")));
    }

    @Test
    void tokenThatExpiredIsReportedWhereOnlyTheJobPropertyUsesIt() throws Exception {
        FreeStyleProject job = withPropertyOnly();
        String before = gitpod.account().token();
        String after = gitpod.account().rotate();
        assertEquals(
                EndStatus.ERROR,
                Commits.awaitEnd(jenkins.buildAndAssertSuccess(job)).getConclusion());
        RefusedTokensMonitor monitor = RefusedTokensMonitor.get();
        assertThat(
                monitor.getProblems(),
                contains("Gitpod does not accept the token of the connection \"sim\" (credential \"gitpod\")."));
        GitpodFixture.updateCredential(GitpodFixture.CREDENTIALS_ID, before, after);
        Repository.push(repo, "file", "two");
        assertEquals(
                EndStatus.COMPLETED,
                Commits.awaitEnd(jenkins.buildAndAssertSuccess(job)).getConclusion());
        assertThat(monitor.getProblems(), is(empty()));
        gitpod.account().useJwt(Instant.now().plus(Duration.ofDays(3)));
        GitpodFixture.updateCredential(
                GitpodFixture.CREDENTIALS_ID, after, gitpod.account().token());
        Repository.push(repo, "file", "three");
        Commits.awaitEnd(jenkins.buildAndAssertSuccess(job));
        assertThat(ExpiringTokensMonitor.get().getProblems(), hasItem(containsString("\"sim\"")));
    }

    /** A remote secret store that is out of order, and says more than it should. */
    @TestExtension
    public static final class FailingProvider extends RemoteCredentials {

        static final AtomicInteger FAILURES = new AtomicInteger();

        @Override
        protected void asked() {
            if (FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException(TEXT);
            }
        }
    }
}
