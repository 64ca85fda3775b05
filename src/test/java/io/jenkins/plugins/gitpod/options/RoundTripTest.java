package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.util.List;
import net.sf.json.JSONObject;
import org.htmlunit.FailingHttpStatusCodeException;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlTextInput;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;

/** What is configured survives the forms, by a browser's way and by a crooked one. */
@ExtendWith(FastLimits.class)
@WithJenkins
class RoundTripTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String CLASS_ID = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String SCRIPT = "\"><script>alert('x')</script>";

    private static JenkinsRule jenkins;
    private static List<GitpodConnection> connections;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        connections = GitpodGlobalConfiguration.get().getConnections();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void reset() {
        GitpodGlobalConfiguration.get().setConnections(connections);
    }

    // ---- the options

    private static GitpodPrebuildBuilder roundTrip(GitpodPrebuildBuilder step) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(step);
        jenkins.configRoundtrip(job);
        GitpodPrebuildBuilder after = job.getBuildersList().get(GitpodPrebuildBuilder.class);
        jenkins.assertEqualDataBoundBeans(step, after);
        return after;
    }

    @Test
    void buildStepWithDefaults() throws Exception {
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        GitpodPrebuildBuilder after = roundTrip(step);
        assertTrue(after.isWait());
        assertTrue(after.isPropagate());
        assertTrue(after.isCancelOnAbort());
        assertEquals(OnWarning.IGNORE, after.getOnWarning());
        assertNull(after.getTimeout());
        assertNull(after.getConnection());
        assertNull(after.getCredentialsId());
        assertNull(after.getEnvironmentClassId());
    }

    @Test
    void buildStepWithEverything() throws Exception {
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId("${PROJECT}");
        step.setEnvironmentClassId(CLASS_ID);
        step.setTimeout(90);
        step.setConnection("sim");
        step.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        step.setWait(false);
        step.setPropagate(false);
        step.setCancelOnAbort(false);
        step.setOnWarning(OnWarning.FAIL);
        step.setSkipPublishingChecks(true);
        GitpodPrebuildBuilder after = roundTrip(step);
        assertTrue(after.isSkipPublishingChecks());
        assertEquals(90, after.getTimeout());
        assertFalse(after.isWait());
    }

    @Test
    void whatIsMissingNowStaysConfigured() throws Exception {
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(SCRIPT);
        step.setEnvironmentClassId(SCRIPT);
        step.setConnection("gone");
        step.setCredentialsId("gone-too");
        roundTrip(step);
        GITPOD.simulator().stopListening();
        try {
            step.setProjectId(GITPOD.project().id());
            roundTrip(step);
        } finally {
            GITPOD.simulator().listen();
        }
    }

    @Test
    void aPickedNameIsSavedAsItsId() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new GitpodPrebuildBuilder());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlForm form = client.getPage(job, "configure").getFormByName("config");
            // The first one is the job property's.
            List<HtmlInput> projects = form.getInputsByName("_.projectId");
            HtmlInput project = projects.get(projects.size() - 1);
            project.setValue("shop (" + GITPOD.project().id() + ")");
            jenkins.submit(form);
        }
        assertEquals(
                GITPOD.project().id(),
                job.getBuildersList().get(GitpodPrebuildBuilder.class).getProjectId());
    }

    @Test
    void pipelineStep() throws Exception {
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        step.setProjectId(GITPOD.project().id());
        GitpodPrebuildStep plain = new StepConfigTester(jenkins).configRoundTrip(step);
        jenkins.assertEqualDataBoundBeans(step, plain);
        step.setEnvironmentClassId(CLASS_ID);
        step.setTimeout(5);
        step.setConnection("sim");
        step.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        step.setWait(false);
        step.setPropagate(false);
        step.setCancelOnAbort(false);
        step.setOnWarning(OnWarning.UNSTABLE);
        GitpodPrebuildStep full = new StepConfigTester(jenkins).configRoundTrip(step);
        jenkins.assertEqualDataBoundBeans(step, full);
    }

    private static WebResponse submit(String path, JSONObject json) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            WebRequest request = new WebRequest(new URL(jenkins.getURL() + path), HttpMethod.POST);
            request.setRequestParameters(List.of(new NameValuePair("json", json.toString())));
            client.addCrumb(request);
            return client.loadWebResponse(request);
        }
    }

    private static void assertRefused(WebResponse response, String message) {
        String text = response.getContentAsString();
        assertThat(response.getStatusCode(), is(not(200)));
        assertTrue(text.contains(message), message);
        assertFalse(text.contains("\tat "), "a stack trace");
        assertFalse(text.contains("<script>alert"), "a script");
    }

    @Test
    void aFormThatNoBrowserSendsGetsAMessageAndChangesNothing() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        job.getBuildersList().add(step);
        for (String[] bad : new String[][] {
            {"timeout", "sixty", "is not allowed for timeout. Use whole minutes from 5 to 120"},
            {"timeout", "4", "is not allowed for timeout. Use whole minutes from 5 to 120"},
            {"timeout", "121", "is not allowed for timeout. Use whole minutes from 5 to 120"},
            {"timeout", "99999999999", "is not allowed for timeout. Use whole minutes from 5 to 120"},
            {"timeout", SCRIPT, "is not allowed for timeout. Use whole minutes from 5 to 120"},
            {"wait", "yes", "is not allowed for wait. Use true or false."},
            {"onlyIfChanged", "src/{a,b}/**", "is not allowed for onlyIfChanged. Use path patterns"},
            {"onWarning", "PANIC", "Use IGNORE, UNSTABLE, or FAIL"},
        }) {
            JSONObject one = new JSONObject()
                    .element("$class", GitpodPrebuildBuilder.class.getName())
                    .element("stapler-class", GitpodPrebuildBuilder.class.getName())
                    .element("projectId", CLASS_ID)
                    .element(bad[0], bad[1]);
            JSONObject json = new JSONObject().element("builder", one);
            assertRefused(submit(job.getUrl() + "configSubmit", json), bad[2]);
            FreeStyleProject saved = (FreeStyleProject) jenkins.jenkins.getItem(job.getName());
            assertEquals(
                    GITPOD.project().id(),
                    saved.getBuildersList().get(GitpodPrebuildBuilder.class).getProjectId());
        }
    }

    // ---- the connections

    @Test
    void connectionsSurviveTheSystemPage() throws Exception {
        GitpodConnection full = new GitpodConnection("eu", "https://app.gitpod.io/api");
        full.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        full.setDefaultConnection(true);
        full.setFolders("team\nother");
        full.setMaximumConcurrent(7);
        full.setShortestPollSeconds(20);
        full.setLongestPollSeconds(120);
        full.setMaximumCalls(2);
        full.setCallTimeoutSeconds(45);
        full.setSharedAccount(true);
        GitpodConnection plain = new GitpodConnection("plain", "http://127.0.0.1:8080/api");
        plain.setCredentialsId("gone");
        GitpodGlobalConfiguration.get().setConnections(List.of(plain, full));
        jenkins.configRoundtrip();
        List<GitpodConnection> after = GitpodGlobalConfiguration.get().getConnections();
        assertThat(after, hasSize(2));
        jenkins.assertEqualDataBoundBeans(plain, after.get(0));
        assertThat(after.get(0).getMaximumConcurrent(), is(nullValue()));
        assertThat(after.get(0).getShortestPollSeconds(), is(nullValue()));
        assertThat(after.get(0).getLongestPollSeconds(), is(nullValue()));
        assertThat(after.get(0).getMaximumCalls(), is(nullValue()));
        assertThat(after.get(0).getCallTimeoutSeconds(), is(nullValue()));
        assertEquals(20, after.get(1).getShortestPollSeconds());
        assertEquals(120, after.get(1).getLongestPollSeconds());
        assertEquals(2, after.get(1).getMaximumCalls());
        assertEquals(45, after.get(1).getCallTimeoutSeconds());
        String folders = after.get(1).getFolders();
        full.setFolders(folders);
        jenkins.assertEqualDataBoundBeans(full, after.get(1));
        assertEquals("team\nother", folders.replace("\r\n", "\n"));
    }

    @Test
    void anEmptiedListStaysEmpty() throws Exception {
        GitpodGlobalConfiguration.get().setConnections(List.of());
        jenkins.configRoundtrip();
        assertThat(GitpodGlobalConfiguration.get().getConnections(), is(empty()));
        GitpodGlobalConfiguration.get().setConnections(connections);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.goTo("configure");
            page.<HtmlElement>getFirstByXPath(
                            "//div[@name='connections']//button[contains(@class,'repeatable-delete')]")
                    .click();
            client.waitForBackgroundJavaScript(5000);
            jenkins.submit(page.getFormByName("config"));
        }
        assertThat(GitpodGlobalConfiguration.get().getConnections(), is(empty()));
        GitpodGlobalConfiguration reloaded = new GitpodGlobalConfiguration();
        assertThat(reloaded.getConnections(), is(empty()));
    }

    @Test
    void badConnectionsAreRefusedWithAMessage() throws Exception {
        for (String[] bad : new String[][] {
            {"", "https://gitpod.example.com/api", "Enter a name for the connection"},
            {"eu", "http://gitpod.example.com/api", "must start with https://"},
            {"eu", "https://me:secret@gitpod.example.com/api", "must not contain a user name or password"},
            {"eu", "https://gitpod.example.com/api?token=x", "must not have a query"},
            {"eu", SCRIPT, "not a URL"},
            {SCRIPT, SCRIPT, "not a URL"},
        }) {
            try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
                HtmlPage page = client.goTo("configure");
                HtmlForm form = page.getFormByName("config");
                form.<HtmlTextInput>getFirstByXPath("//div[@name='connections']//input[@name='_.name']")
                        .setValue(bad[0]);
                form.<HtmlTextInput>getFirstByXPath("//div[@name='connections']//input[@name='_.apiUrl']")
                        .setValue(bad[1]);
                client.setThrowExceptionOnFailingStatusCode(false);
                Page answer = submitted(form);
                assertRefused(answer.getWebResponse(), bad[2]);
            }
            assertEquals(
                    "sim",
                    GitpodGlobalConfiguration.get().getConnections().get(0).getName());
        }
    }

    @Test
    void aNumberOutOfRangeIsRefusedWithAMessageAndTheFormerStays() throws Exception {
        for (String[] bad : new String[][] {
            {"shortestPollSeconds", "4", "shortest poll interval"},
            {"longestPollSeconds", "121", "longest poll interval"},
            {"maximumCalls", "8", "concurrent API calls"},
            {"callTimeoutSeconds", "0", "request timeout"},
        }) {
            try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
                HtmlPage page = client.goTo("configure");
                HtmlForm form = page.getFormByName("config");
                form.<HtmlInput>getFirstByXPath("//div[@name='connections']//input[@name='_." + bad[0] + "']")
                        .setValue(bad[1]);
                client.setThrowExceptionOnFailingStatusCode(false);
                assertRefused(submitted(form).getWebResponse(), bad[2]);
            }
            assertEquals(connections, GitpodGlobalConfiguration.get().getConnections());
        }
    }

    private static Page submitted(HtmlForm form) throws Exception {
        try {
            return jenkins.submit(form);
        } catch (FailingHttpStatusCodeException e) {
            return form.getPage();
        }
    }

    @Test
    void namesTakenTwiceAndCrookedNumbersAreRefused() throws Exception {
        JSONObject good = new JSONObject().element("name", "a").element("apiUrl", "https://gitpod.example.com/api");
        JSONObject number = JSONObject.fromObject(good).element("maximumConcurrent", "many");
        assertThat(refusal(new JSONObject().element("connections", List.of(good, good))), containsString("are named"));
        assertThat(
                refusal(new JSONObject().element("connections", number)), containsString("whole number, 1 or greater"));
        for (String[] bad : new String[][] {
            {"shortestPollSeconds", "4", "from 5 to 120"},
            {"shortestPollSeconds", "121", "from 5 to 120"},
            {"shortestPollSeconds", SCRIPT, "from 5 to 120"},
            {"longestPollSeconds", "-5", "from 5 to 120"},
            {"longestPollSeconds", "99999999999", "from 5 to 120"},
            {"maximumCalls", "0", "from 1 to 7"},
            {"maximumCalls", "8", "from 1 to 7"},
            {"callTimeoutSeconds", "1.5", "from 5 to 120"},
            {"callTimeoutSeconds", "soon", "from 5 to 120"},
        }) {
            JSONObject one = JSONObject.fromObject(good).element(bad[0], bad[1]);
            assertThat(refusal(new JSONObject().element("connections", one)), containsString(bad[2]));
        }
        JSONObject crossed =
                JSONObject.fromObject(good).element("shortestPollSeconds", "30").element("longestPollSeconds", "20");
        assertThat(refusal(new JSONObject().element("connections", crossed)), containsString("less than the shortest"));
        assertEquals(
                "sim", GitpodGlobalConfiguration.get().getConnections().get(0).getName());
    }

    private static String refusal(JSONObject json) throws Exception {
        return jenkins.executeOnServer(() -> {
            StaplerRequest2 request = Stapler.getCurrentRequest2();
            return assertThrows(
                            Descriptor.FormException.class,
                            () -> GitpodGlobalConfiguration.get().configure(request, json))
                    .getMessage();
        });
    }
}
