package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.util.List;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** Administrators hear of tokens that Gitpod does not accept, for as long as it does not. */
@ExtendWith(FastLimits.class)
class RefusedTokensTest extends GitpodTestBase {

    private RefusedTokensMonitor monitor;

    @BeforeEach
    void find() {
        monitor = RefusedTokensMonitor.get();
        assertFalse(monitor.isActivated());
    }

    @Test
    void ofAConnectionUntilTheCredentialIsUpdated() throws Exception {
        FreeStyleProject job = freestyle("plain", null);
        String before = gitpod.account().token();
        String after = gitpod.account().rotate();
        jenkins.buildAndAssertStatus(Result.FAILURE, job);
        assertTrue(monitor.isActivated());
        assertThat(
                monitor.getProblems(),
                contains("Gitpod does not accept the token of the connection \"sim\" (credential \"gitpod\")."));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.goTo("manage");
            assertThat(page.asNormalizedText(), containsString("the token of the connection \"sim\""));
        }
        GitpodFixture.updateCredential(GitpodFixture.CREDENTIALS_ID, before, after);
        jenkins.buildAndAssertSuccess(job);
        assertThat(monitor.getProblems(), is(empty()));
        assertFalse(monitor.isActivated());
    }

    @Test
    void ofAJobUntilItIsGoneOrTheNoticeDismissed() throws Exception {
        GitpodFixture.addCredential("stale", "not-a-token-any-more");
        FreeStyleProject job = freestyle("own", "stale");
        jenkins.buildAndAssertStatus(Result.FAILURE, job);
        String notice = "Gitpod does not accept the token in the credential \"stale\", which the job \"own\" uses"
                + " with the connection \"sim\".";
        assertThat(monitor.getProblems(), is(List.of(notice)));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlForm form = client.goTo("manage").getFormByName(RefusedTokensMonitor.class.getName());
            form.getButtonByName("forget").click();
        }
        assertFalse(monitor.isActivated());
        jenkins.buildAndAssertStatus(Result.FAILURE, job);
        assertTrue(monitor.isActivated());
        job.delete();
        assertFalse(monitor.isActivated());
    }
}
