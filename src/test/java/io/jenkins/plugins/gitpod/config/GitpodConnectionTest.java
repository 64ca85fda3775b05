package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.util.FormValidation;
import hudson.util.FormValidation.Kind;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class GitpodConnectionTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String SCRIPT = "<script>alert('x')</script>";
    private static final String GOOD = "https://app.gitpod.io/api";

    private static String apiUrl;

    private final GitpodConnection.DescriptorImpl form = new GitpodConnection.DescriptorImpl();
    private GitpodGlobalConfiguration configuration;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        GITPOD.connect();
        apiUrl = GITPOD.simulator().apiUrl().toString();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void reset() {
        configuration = GitpodGlobalConfiguration.get();
        GITPOD.simulator().records().clear();
    }

    private static void assertSays(Kind kind, String text, FormValidation validation) {
        assertThat(validation.toString(), validation.kind, is(kind));
        assertThat(validation.renderHtml(), containsString(text));
    }

    @Test
    void theTestSaysWhoTheTokenIsAndWhatItCannotSay() {
        FormValidation validation = form.doTestConnection("sim", apiUrl, GitpodFixture.CREDENTIALS_ID);
        assertSays(Kind.OK, "the user " + GITPOD.account().subjectId(), validation);
        assertSays(Kind.OK, "organization " + GITPOD.account().organizationId(), validation);
        assertSays(Kind.OK, "It can see the projects shop.", validation);
        assertSays(Kind.OK, "a valid token may be read-only", validation);
        assertThat(validation.renderHtml(), not(containsString(GITPOD.account().token())));
    }

    @Test
    void theTestKnowsServiceAccounts() throws Exception {
        Account service = GITPOD.simulator().account("ci").principal("PRINCIPAL_SERVICE_ACCOUNT");
        GitpodFixture.addCredential("ci", service.token());
        assertSays(Kind.OK, "the service account " + service.subjectId(), form.doTestConnection("sim", apiUrl, "ci"));
    }

    @Test
    void theTestSaysWhenATokenExpiresThatTellsIt() throws Exception {
        Instant end = Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MINUTES);
        Account service = GITPOD.simulator().account("robot").useJwt(end);
        GitpodFixture.addCredential("jwt", service.token());
        String said = "The token expires on " + end.toString().replace('T', ' ').replace(":00Z", " UTC") + ".";
        FormValidation validation = form.doTestConnection("sim", apiUrl, "jwt");
        assertSays(Kind.OK, said, validation);
        assertThat(validation.renderHtml(), not(containsString(service.token())));
        assertThat(
                form.doTestConnection("sim", apiUrl, GitpodFixture.CREDENTIALS_ID)
                        .renderHtml(),
                not(containsString("expires on")));
        // It was only typed into a form, so nothing is to be told of it later.
        assertThat(ExpiringTokensMonitor.get().isActivated(), is(false));
    }

    @Test
    void theTwoHostsOfThePublicServiceAreOneWay() throws Exception {
        Connection asked = new GitpodConnection("x", "https://app.ona.com/api").toEngine();
        assertTrue(new GitpodConnection("x", GOOD).serves(asked));
        assertThat(new GitpodConnection("x", "https://gitpod.example/api").serves(asked), is(false));
        assertThat(new GitpodConnection("y", GOOD).serves(asked), is(false));
    }

    @Test
    void theTestSaysWhatIsWrong() throws Exception {
        GitpodFixture.addCredential("expired", "not-a-token-any-more");
        assertSays(Kind.ERROR, "Gitpod does not accept the token", form.doTestConnection("sim", apiUrl, "expired"));
        assertSays(
                Kind.ERROR,
                "cannot use a Gitpod credential with the id",
                form.doTestConnection("sim", apiUrl, "nobody"));
        assertSays(Kind.ERROR, "Select a default credential first", form.doTestConnection("sim", apiUrl, ""));
        assertSays(
                Kind.ERROR,
                "must start with https://",
                form.doTestConnection("sim", "http://gitpod.example.com/api", GitpodFixture.CREDENTIALS_ID));
        assertSays(
                Kind.ERROR,
                "does not offer the Gitpod API at this URL",
                form.doTestConnection("sim", apiUrl + "/wrong", GitpodFixture.CREDENTIALS_ID));
        assertSays(
                Kind.ERROR,
                "Could not connect to",
                form.doTestConnection("sim", "http://127.0.0.1:1/api", GitpodFixture.CREDENTIALS_ID));
    }

    @Test
    void badInputGetsAMessageBesideItsField() {
        assertSays(Kind.ERROR, "Enter a name for the connection", form.doCheckName("  "));
        assertSays(Kind.ERROR, "Enter the URL", form.doCheckApiUrl(""));
        assertSays(Kind.ERROR, "must start with https://", form.doCheckApiUrl("http://gitpod.example.com/api"));
        assertSays(
                Kind.ERROR,
                "must not contain a user name or password",
                form.doCheckApiUrl("https://me:secret@gitpod.example.com"));
        assertSays(Kind.ERROR, "must not have a query", form.doCheckApiUrl("https://gitpod.example.com/api?x=1"));
        assertSays(Kind.ERROR, "not a URL", form.doCheckApiUrl(SCRIPT));
        assertSays(
                Kind.ERROR,
                "cannot use a Gitpod credential with the id",
                form.doCheckCredentialsId("nobody", "x", GOOD));
        assertSays(Kind.ERROR, "&lt;script&gt;", form.doCheckCredentialsId(SCRIPT, SCRIPT, GOOD));
        assertSays(Kind.WARNING, "&lt;script&gt;", form.doCheckFolders(SCRIPT));
        for (String bad : List.of("0", "-1", "1.5", "many", "99999999999999", SCRIPT)) {
            assertSays(Kind.ERROR, "whole number, 1 or greater", form.doCheckMaximumConcurrent(bad));
        }
        for (String bad : List.of("4", "121", "-10", "7.5", "many", "99999999999999", SCRIPT)) {
            assertSays(Kind.ERROR, "seconds from 5 to 120", form.doCheckShortestPollSeconds(bad));
            assertSays(Kind.ERROR, "seconds from 5 to 120", form.doCheckLongestPollSeconds(bad, ""));
            assertSays(Kind.ERROR, "seconds from 5 to 120", form.doCheckCallTimeoutSeconds(bad));
        }
        for (String bad : List.of("0", "8", "-1", "all", SCRIPT)) {
            assertSays(Kind.ERROR, "from 1 to 7", form.doCheckMaximumCalls(bad));
        }
        assertSays(Kind.ERROR, "not be less than the shortest", form.doCheckLongestPollSeconds("20", "30"));
        for (String good : List.of("", " ", "5", "120", " 60 ")) {
            assertThat(form.doCheckShortestPollSeconds(good).kind, is(Kind.OK));
            assertThat(form.doCheckLongestPollSeconds(good, "").kind, is(Kind.OK));
            assertThat(form.doCheckLongestPollSeconds(good, SCRIPT).kind, is(Kind.OK));
            assertThat(form.doCheckCallTimeoutSeconds(good).kind, is(Kind.OK));
        }
        assertThat(form.doCheckLongestPollSeconds("30", "30").kind, is(Kind.OK));
        assertThat(form.doCheckMaximumCalls("7").kind, is(Kind.OK));
        assertThat(form.doCheckMaximumConcurrent("").kind, is(Kind.OK));
        assertThat(form.doCheckMaximumConcurrent("25").kind, is(Kind.OK));
        assertThat(form.doCheckApiUrl(GOOD).kind, is(Kind.OK));
        assertThat(GITPOD.simulator().records().calls(), is(empty()));
    }

    @Test
    void nothingInvalidIsSavedAndWhatWasThereStays() {
        List<GitpodConnection> before = configuration.getConnections();
        GitpodConnection none = new GitpodConnection("none", GOOD);
        none.setMaximumConcurrent(0);
        GitpodConnection hasty = new GitpodConnection("hasty", GOOD);
        hasty.setShortestPollSeconds(4);
        GitpodConnection crossed = new GitpodConnection("crossed", GOOD);
        crossed.setShortestPollSeconds(60);
        crossed.setLongestPollSeconds(30);
        GitpodConnection first = new GitpodConnection("a", GOOD);
        first.setDefaultConnection(true);
        GitpodConnection second = new GitpodConnection("b", GOOD);
        second.setDefaultConnection(true);
        for (List<GitpodConnection> bad : List.of(
                List.of(new GitpodConnection("", GOOD)),
                List.of(new GitpodConnection("x", "http://gitpod.example.com")),
                List.of(new GitpodConnection("EU", GOOD), new GitpodConnection("eu", GOOD)),
                List.of(none),
                List.of(hasty),
                List.of(crossed),
                List.of(first, second))) {
            assertThrows(IllegalArgumentException.class, () -> configuration.setConnections(bad));
            assertEquals(before, configuration.getConnections());
        }
    }

    @Test
    void theDefaultIsTheMarkedOneElseTheFirst() {
        List<GitpodConnection> before = configuration.getConnections();
        try {
            GitpodConnection marked = new GitpodConnection("b", GOOD);
            configuration.setConnections(List.of(new GitpodConnection("a", GOOD), marked));
            assertEquals("a", configuration.connection(null).getName());
            marked.setDefaultConnection(true);
            configuration.setConnections(List.of(new GitpodConnection("a", GOOD), marked));
            assertEquals("b", configuration.connection(" ").getName());
            assertEquals("a", configuration.connection("a").getName());
            assertNull(configuration.connection("c"));
            configuration.setConnections(List.of());
            assertNull(configuration.connection(null));
        } finally {
            configuration.setConnections(before);
        }
    }

    private static SessionLimits usual() {
        return new SessionLimits(Duration.ofSeconds(12), Duration.ofSeconds(60), 7, ClientLimits.defaults());
    }

    @Test
    void whatIsLeftOutIsAsUsual() {
        assertEquals(usual(), new GitpodConnection("x", GOOD).limits(usual()));
    }

    @Test
    void whatIsSetIsWhatTheEngineIsTold() {
        GitpodConnection connection = new GitpodConnection("x", GOOD);
        connection.setShortestPollSeconds(20);
        connection.setLongestPollSeconds(90);
        connection.setMaximumCalls(2);
        connection.setCallTimeoutSeconds(60);
        assertEquals(
                new SessionLimits(
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(90),
                        2,
                        new ClientLimits(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(60),
                                Duration.ofSeconds(60),
                                ClientLimits.defaults().maxResponseBytes())),
                connection.limits(usual()));
        connection.setCallTimeoutSeconds(5);
        assertEquals(Duration.ofSeconds(5), connection.limits(usual()).call().connect());
    }

    @Test
    void aFileEditedByHandStopsNothing() {
        GitpodConnection read = (GitpodConnection) Jenkins.XSTREAM2.fromXML("<" + GitpodConnection.class.getName() + ">"
                + "<name>x</name><apiUrl>" + GOOD
                + "</apiUrl><folders>team</folders><maximumConcurrent>5</maximumConcurrent>"
                + "<shortestPollSeconds>0</shortestPollSeconds><longestPollSeconds>-1</longestPollSeconds>"
                + "<maximumCalls>99</maximumCalls><callTimeoutSeconds>0</callTimeoutSeconds></"
                + GitpodConnection.class.getName() + ">");
        assertEquals(usual(), read.limits(usual()));
        assertEquals("team", read.getFolders());
        assertEquals(5, read.getMaximumConcurrent());
        assertNull(read.getShortestPollSeconds());
        GitpodConnection empty =
                (GitpodConnection) Jenkins.XSTREAM2.fromXML("<" + GitpodConnection.class.getName() + "/>");
        assertEquals("", empty.getName());
        assertEquals("", empty.getApiUrl());
    }

    @Test
    void foldersAreMatchedByWholeNames() {
        GitpodConnection connection = new GitpodConnection("x", GOOD);
        assertTrue(connection.mayUseDefaultCredential("any/job"));
        connection.setFolders("team\r\n/a/b/\r\n");
        assertTrue(connection.mayUseDefaultCredential("team/job"));
        assertTrue(connection.mayUseDefaultCredential("team/sub/job"));
        assertTrue(connection.mayUseDefaultCredential("a/b/job"));
        for (String other : List.of("teams/job", "team", "job", "a/job", "x/team/job")) {
            assertThat(other, connection.mayUseDefaultCredential(other), is(false));
        }
    }
}
