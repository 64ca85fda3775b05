package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.ExtensionList;
import hudson.model.FreeStyleProject;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** Administrators hear of tokens that expire within a week, where the tokens themselves say so. */
@ExtendWith(FastLimits.class)
class ExpiringTokensTest extends GitpodTestBase {

    private final Instant end = Instant.now().plus(Duration.ofDays(5)).truncatedTo(ChronoUnit.MINUTES);
    private ExpiringTokensMonitor monitor;

    @BeforeEach
    void find() {
        monitor = ExpiringTokensMonitor.get();
        assertFalse(monitor.isActivated());
    }

    private static String time(Instant instant) {
        return instant.toString().replace('T', ' ').replace(":00Z", " UTC");
    }

    private static void look() {
        ExtensionList.lookupSingleton(TokenExpiryCheck.class).execute(StreamTaskListener.NULL);
    }

    /** Gives the account, and so the connection's credential, a token that says when it ends. */
    private static void useJwt(Instant end) throws Exception {
        String before = gitpod.account().token();
        gitpod.account().useJwt(end);
        GitpodFixture.updateCredential(
                GitpodFixture.CREDENTIALS_ID, before, gitpod.account().token());
    }

    @Test
    void ofAConnectionFoundByTheDailyLookUntilTheCredentialIsUpdated() throws Exception {
        useJwt(end);
        gitpod.simulator().records().clear();
        look();
        assertThat(
                monitor.getProblems(),
                contains("The token of the connection \"sim\" (credential \"gitpod\") expires on " + time(end) + "."));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.goTo("manage");
            assertThat(
                    page.asNormalizedText(), containsString("the connection \"sim\" (credential \"gitpod\") expires"));
            assertThat(
                    page.getWebResponse().getContentAsString(),
                    not(containsString(gitpod.account().token())));
        }
        assertThat("calls to Gitpod", gitpod.simulator().records().calls(), is(empty()));
        useJwt(Instant.now().plus(Duration.ofDays(60)));
        look();
        assertFalse(monitor.isActivated());
    }

    @Test
    void ofAJobThatHasUsedItUntilTheNoticeIsDismissedOrTheJobGone() throws Exception {
        Account robot = gitpod.simulator().account("robot").useJwt(end);
        GitpodFixture.addCredential("robot", robot.token());
        FreeStyleProject job = freestyle("own", "robot");
        look();
        assertFalse(monitor.isActivated()); // nobody has used it
        jenkins.buildAndAssertSuccess(job);
        String notice = "The token in the credential \"robot\", which the job \"own\" uses with the connection \"sim\","
                + " expires on " + time(end) + ".";
        assertThat(monitor.getProblems(), contains(notice));
        look();
        assertThat(monitor.getProblems(), contains(notice));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlForm form = client.goTo("manage").getFormByName(ExpiringTokensMonitor.class.getName());
            form.getButtonByName("dismiss").click();
        }
        assertFalse(monitor.isActivated());
        jenkins.buildAndAssertSuccess(job);
        assertFalse(monitor.isActivated()); // the same end is not told of again

        // Another token is.
        String before = robot.token();
        robot.useJwt(end.plus(Duration.ofDays(1)));
        GitpodFixture.updateCredential("robot", before, robot.token());
        look();
        assertTrue(monitor.isActivated());
        job.delete();
        assertFalse(monitor.isActivated());
    }

    @Test
    void aWeekAheadAndOnceItIsOver() throws Exception {
        TokenUse use = new TokenUse("sim", null, null);
        monitor.note(use, Optional.of(end));
        String token = "The token of the connection \"sim\" (credential \"gitpod\") ";
        assertThat(monitor.problems(end.minus(Duration.ofDays(7)).minusSeconds(1)), is(empty()));
        assertThat(monitor.problems(end.minus(Duration.ofDays(7))), contains(token + "expires on " + time(end) + "."));
        assertThat(monitor.problems(end), contains(token + "expired on " + time(end) + "."));
        monitor.note(use, Optional.empty());
        assertThat(monitor.problems(end), is(empty()));
    }

    @Test
    void nothingIsToldOfAConnectionThatIsGone() {
        TokenUse use = new TokenUse("gone", null, null);
        monitor.note(use, Optional.of(end));
        assertFalse(monitor.isActivated());
        monitor.note(use, Optional.of(end.plus(Duration.ofDays(100))));
        look();
        assertThat(monitor.uses().contains(use), is(false));
    }
}
