package io.jenkins.plugins.gitpod.admin;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.PrebuildOptionsForm;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlTable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class OpenPrebuildsLinkTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String SCRIPT = "<script>alert('x')</script>";

    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Jenkins.MANAGE, Jenkins.SYSTEM_READ, Item.READ, Item.CONFIGURE)
                .everywhere()
                .to("manager"));
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @Test
    void showsWhatIsOpenAndCancelsIt() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleProject job = jenkins.createFreeStyleProject("nightly");
        job.setDisplayName(SCRIPT);
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        job.getBuildersList().add(step);
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", build);
        // A form asked for the project lately, so its name is known.
        PrebuildOptionsForm.get().doCheckProjectId(job, GITPOD.project().id(), "", "");
        String id = GITPOD.simulator().records().prebuilds().get(0).id();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            assertThat(client.goTo("manage").asNormalizedText(), containsString("Gitpod prebuilds"));
            HtmlPage page = client.goTo("manage/gitpod-prebuilds");
            HtmlTable table = page.getHtmlElementById("gitpod-open-prebuilds");
            assertThat(table.getRows(), hasSize(2));
            String row = table.getRow(1).asNormalizedText();
            for (String expected : List.of("#1", "shop", "sim", id, "RUNNING", "Waiting build", "sec")) {
                assertThat(row, containsString(expected));
            }
            assertThat(page.getWebResponse().getContentAsString(), not(containsString(SCRIPT)));
            HtmlForm cancel =
                    (HtmlForm) table.getRow(1).getElementsByTagName("form").get(0);
            cancel.getButtonByName("").click();
        }
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> PrebuildService.get().openPrebuilds().isEmpty());
        assertEquals(SimPhase.CANCELLED, GITPOD.simulator().prebuild(id).phase());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            assertThat(client.goTo("manage/gitpod-prebuilds").asNormalizedText(), containsString("No open prebuilds"));
        }
    }

    @Test
    void isForAdministratorsOnly() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("manager");
            assertThat(client.goTo("manage").asNormalizedText(), not(containsString("Gitpod prebuilds")));
            client.setThrowExceptionOnFailingStatusCode(false);
            assertThat(client.goTo("manage/gitpod-prebuilds").getWebResponse().getStatusCode(), is(403));
        }
    }

    @Test
    void whatIsNoRequestIsSaidSo() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            client.setThrowExceptionOnFailingStatusCode(false);
            var request = new WebRequest(
                    new URL(jenkins.getURL() + "manage/gitpod-prebuilds/cancel?requestId=%3Cscript%3E"),
                    HttpMethod.POST);
            client.addCrumb(request);
            var response = client.loadWebResponse(request);
            assertThat(response.getStatusCode(), is(400));
            assertThat(response.getContentAsString(), not(containsString("\tat ")));
        }
    }
}
