package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.api.TlsServer;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Each mistake has a message of its own, never a stack trace, and makes no prebuild. */
@ExtendWith(FastLimits.class)
@WithJenkins
class BadInputTest {

    private static final String UUID = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void forget() {
        GITPOD.simulator().faults().clear();
        GITPOD.simulator().records().clear();
    }

    private static void failsWith(String script, String... messages) throws Exception {
        WorkflowRun build = jenkins.buildAndAssertStatus(Result.FAILURE, pipeline(jenkins, script));
        for (String message : messages) {
            jenkins.assertLogContains(message, build);
        }
        jenkins.assertLogNotContains("\tat ", build);
        jenkins.assertLogNotContains("Exception", build);
        assertEquals(List.of(), GITPOD.simulator().records().active(), "prebuilds left running");
    }

    private static void addConnection(String name, String apiUrl) {
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        List<GitpodConnection> connections = new ArrayList<>(configuration.getConnections());
        connections.removeIf(each -> each.getName().equals(name));
        GitpodConnection connection = new GitpodConnection(name, apiUrl);
        connection.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        connections.add(connection);
        configuration.setConnections(connections);
    }

    @Test
    void noProject() throws Exception {
        failsWith("gitpodPrebuild()", "ERROR: projectId is not set, and this build has not checked out a repository");
    }

    @Test
    void projectThatIsNoUuid() throws Exception {
        failsWith(
                "gitpodPrebuild projectId: 'shop'",
                "ERROR: \"shop\" is not allowed for projectId. Use the id of one Gitpod project");
    }

    @Test
    void projectThatGitpodDoesNotKnow() throws Exception {
        failsWith(
                "gitpodPrebuild projectId: '" + UUID + "'",
                "ERROR: Gitpod did not create a prebuild of project " + UUID,
                "Gitpod did not find it",
                "Check projectId");
    }

    @Test
    void environmentClassThatIsNoUuid() throws Exception {
        failsWith(GITPOD.step("environmentClassId: 'large'"), "ERROR: \"large\" is not allowed for environmentClassId");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4, 121})
    void timeoutOutOfRange(int minutes) throws Exception {
        failsWith(
                GITPOD.step("timeout: " + minutes),
                "ERROR: " + minutes + " is not allowed for timeout. Use whole minutes from 5 to 120");
    }

    /** {@code OptionArgumentsTest} has the table of all options and values; here is what a person sees of it. */
    static Stream<Arguments> valuesOfTheWrongKind() {
        String project = GITPOD.project().id();
        return Stream.of(
                Arguments.of(
                        GITPOD.step("timeout: '1h'"), "\"1h\" is not allowed for timeout. Use whole minutes from 5 to"),
                Arguments.of(
                        GITPOD.step("timeout: 7.5"), "7.5 is not allowed for timeout. Use whole minutes from 5 to"),
                Arguments.of(GITPOD.step("onWarning: 'panic'"), "\"panic\" is not allowed for onWarning. Use IGNORE"),
                Arguments.of(GITPOD.step("whenActive: 'later'"), "\"later\" is not allowed for whenActive. Use START"),
                Arguments.of(GITPOD.step("wait: 'yes'"), "\"yes\" is not allowed for wait. Use true or false."),
                Arguments.of(
                        GITPOD.step("onlyIfChanged: 'src/{a,b}/**'"),
                        "\"src/{a,b}/**\" is not allowed for onlyIfChanged. Use path patterns"),
                Arguments.of(
                        "gitpodPrebuild projectId: ['" + project + "']",
                        "[\"" + project + "\"] is not allowed for projectId. Use the id of one Gitpod project"),
                Arguments.of("gitpodPrebuild projectId: ''", "\"\" is not allowed for projectId."),
                Arguments.of("gitpodPrebuild projectId: params.PROJECT", "null is not allowed for projectId."),
                Arguments.of(GITPOD.step("timeOut: 5"), "There is no option \"timeOut\". Did you mean timeout?"));
    }

    @ParameterizedTest
    @MethodSource("valuesOfTheWrongKind")
    void valueOfTheWrongKind(String step, String message) throws Exception {
        failsWith(step, "ERROR: " + message);
    }

    private static String declarative(String options, String step) {
        return "pipeline { agent none\n" + options + "\nstages { stage('s') { steps { " + step + " } } } }";
    }

    @Test
    void declarativePipelinesSaySoToo() throws Exception {
        failsWith(declarative("", GITPOD.step("timeout: 7.5")), "ERROR: 7.5 is not allowed for timeout.");
        failsWith(declarative("", GITPOD.step("wait: 'yes'")), "ERROR: \"yes\" is not allowed for wait.");
        failsWith(declarative("", "gitpodPrebuild(projectId: '')"), "ERROR: \"\" is not allowed for projectId.");
        failsWith(
                declarative("options { gitpodPrebuildForCommits(timeout: 7.5) }", "echo 'x'"),
                "ERROR: 7.5 is not allowed for timeout.");
    }

    /** Declarative finds these before the build starts any step. */
    @Test
    void declarativePipelinesRefuseLiteralsOfAnotherTypeThemselves() throws Exception {
        WorkflowRun misspelled = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline(jenkins, declarative("", GITPOD.step("timeOut: 5"))));
        jenkins.assertLogContains("Invalid parameter \"timeOut\", did you mean \"timeout\"?", misspelled);
        WorkflowRun text = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline(jenkins, declarative("", GITPOD.step("timeout: '1h'"))));
        jenkins.assertLogContains("for parameter \"timeout\" but got \"1h\"", text);
    }

    @Test
    void propertiesOfAJobAreCheckedAsWell() throws Exception {
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline(jenkins, "properties([gitpodPrebuildForCommits(timeout: 7.5)])"));
        jenkins.assertLogContains("7.5 is not allowed for timeout. Use whole minutes from 5 to 120", build);
        assertNull(build.getParent().getProperty(GitpodPrebuildProperty.class));
    }

    @Test
    void unknownConnection() throws Exception {
        failsWith(
                GITPOD.step("connection: 'mars'"),
                "ERROR: No Gitpod connection is named \"mars\". Configured connections: sim");
    }

    @Test
    void connectionWithoutCredential() throws Exception {
        List<GitpodConnection> before = GitpodGlobalConfiguration.get().getConnections();
        GitpodConnection bare =
                new GitpodConnection("bare", GITPOD.simulator().apiUrl().toString());
        GitpodGlobalConfiguration.get().setConnections(List.of(bare));
        try {
            failsWith(GITPOD.step(), "No credential is set", "Gitpod connection \"bare\"");
        } finally {
            GitpodGlobalConfiguration.get().setConnections(before);
        }
    }

    @Test
    void credentialThatIsNotThere() throws Exception {
        failsWith(
                GITPOD.step("credentialsId: 'nothing'"),
                "This job cannot use a Gitpod credential with the id \"nothing\"");
    }

    @Test
    void credentialOfTheWrongKind() throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new UsernamePasswordCredentialsImpl(
                        CredentialsScope.GLOBAL, "user", "", "somebody", "a-long-password-1"));
        failsWith(GITPOD.step("credentialsId: 'user'"), "The credential \"user\" is not a secret text");
    }

    @Test
    void credentialThatHoldsNoToken() throws Exception {
        GitpodFixture.addCredential("spaces", "two words");
        failsWith(GITPOD.step("credentialsId: 'spaces'"), "The credential \"spaces\" cannot be a bearer token");
    }

    @Test
    void tokenThatGitpodDoesNotAccept() throws Exception {
        GitpodFixture.addCredential("expired", "an-expired-token");
        failsWith(GITPOD.step("credentialsId: 'expired'"), "Gitpod does not accept the token");
    }

    @Test
    void tokenThatMayOnlyRead() throws Exception {
        GitpodFixture.addCredential(
                "reader", GITPOD.simulator().account("reader").readOnly().token());
        failsWith(
                GITPOD.step("credentialsId: 'reader'"),
                "Gitpod denies permission to create a prebuild",
                "It may be read-only.",
                "It may belong to a service account",
                "Use a personal access token with read and write access");
    }

    @Test
    void urlThatIsNotTheApi() throws Exception {
        addConnection("wrong", GITPOD.simulator().apiUrl().resolve("/").toString());
        failsWith(
                GITPOD.step("connection: 'wrong'"),
                "does not offer the Gitpod API at this URL (HTTP 404)",
                "Check the API URL of the Gitpod connection \"wrong\"");
    }

    @Test
    void certificateThatNobodyTrusts() throws Exception {
        try (TlsServer server = new TlsServer(TlsServer.answer(200, "{}"))) {
            addConnection("self-signed", server.url("localhost"));
            failsWith(GITPOD.step("connection: 'self-signed'"), "The certificate of localhost:", "is not trusted");
        }
    }

    @Test
    void hostThatDoesNotExist() throws Exception {
        addConnection("nowhere", "https://gitpod.invalid/api");
        failsWith(GITPOD.step("connection: 'nowhere'"), "nothing was created", "The host gitpod.invalid is unknown");
    }

    @Test
    void serverThatIsDown() throws Exception {
        addConnection("down", "http://127.0.0.1:1/api");
        failsWith(GITPOD.step("connection: 'down'"), "nothing was created", "Could not connect to 127.0.0.1:1");
    }

    @Test
    void answersThatAreCutOff() throws Exception {
        GITPOD.simulator().faults().add(FaultRule.onAny(Fault.truncatedJson()).forever());
        failsWith(GITPOD.step("cancelOnAbort: false"), "sent a response that is not complete JSON");
    }

    @Test
    void answersWithoutEnd() throws Exception {
        GITPOD.simulator().faults().add(FaultRule.onAny(Fault.endlessBody()).forever());
        failsWith(GITPOD.step("cancelOnAbort: false"), "sent a response that is too large for the Gitpod API");
    }

    @Test
    void loginPageInsteadOfTheApi() throws Exception {
        GITPOD.simulator().faults().add(FaultRule.onAny(Fault.notJson200Html()).forever());
        failsWith(GITPOD.step(), "responded with an HTML page (HTTP 200)");
    }

    @Test
    void redirectElsewhere() throws Exception {
        GITPOD.simulator()
                .faults()
                .add(FaultRule.onAny(Fault.redirect(307, "https://elsewhere.example/api"))
                        .forever());
        failsWith(GITPOD.step(), "redirects to https://elsewhere.example", "the token is not sent there");
    }
}
