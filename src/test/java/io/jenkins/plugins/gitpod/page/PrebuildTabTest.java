package io.jenkins.plugins.gitpod.page;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.BallColor;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.User;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.EnforcedPolicy;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import jenkins.model.experimentalflags.UserExperimentalFlagsProperty;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The pages of a build: what they show, to whom, and who may cancel. */
@ExtendWith({FastLimits.class, EnforcedPolicy.class})
@WithJenkins
class PrebuildTabTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String SCRIPT = "<script>alert('x')</script>";

    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        jenkins.jenkins.setNumExecutors(10);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        grantCancel();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    /** Grants what the tests need, and Item/Cancel for some jobs only. */
    private static void grantCancel(FreeStyleProject... jobs) {
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader", "builder", "stranger")
                .grant(Item.READ)
                .everywhere()
                .to("reader", "builder")
                .grant(Item.CANCEL)
                .onItems(jobs)
                .to("builder"));
    }

    private static FreeStyleProject job(SimProject project, WhenActive whenActive) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(project.id());
        step.setWhenActive(whenActive);
        job.getBuildersList().add(step);
        return job;
    }

    private static FreeStyleBuild startRunning(FreeStyleProject job) throws Exception {
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", build);
        return build;
    }

    private static SimPrebuild prebuildOf(FreeStyleBuild build) {
        PrebuildRecord record =
                build.getAction(PrebuildAction.class).getRecords().get(0);
        return GITPOD.simulator().prebuild(record.getResult().getId());
    }

    private static JSONArray live(JenkinsRule.WebClient client, FreeStyleBuild build) throws Exception {
        WebResponse response = client.loadWebResponse(
                new WebRequest(new URL(jenkins.getURL() + build.getUrl() + "gitpod-prebuilds/live")));
        assertThat(response.getStatusCode(), is(200));
        assertThat(response.getContentType(), containsString("application/json"));
        return JSONObject.fromObject(response.getContentAsString())
                .getJSONObject("data")
                .getJSONArray("prebuilds");
    }

    private static WebResponse cancel(JenkinsRule.WebClient client, FreeStyleBuild build) throws Exception {
        WebRequest request =
                new WebRequest(client.createCrumbedUrl(build.getUrl() + "gitpod-prebuilds/cancel"), HttpMethod.POST);
        String id = build.getAction(PrebuildAction.class).getRecords().get(0).getRequestId();
        request.setRequestParameters(List.of(new NameValuePair("requestId", id)));
        return client.loadWebResponse(request);
    }

    private static String text(HtmlPage page, String name) {
        return ((DomElement) page.getFirstByXPath("//*[@data-gitpod='" + name + "']")).getTextContent();
    }

    @Test
    void thePagesFollowAPrebuildUntilItsEnd() throws Exception {
        SimEnvironmentClass large = GITPOD.simulator().addEnvironmentClass("Large");
        SimProject shop = GITPOD.simulator()
                .addProject("web-shop")
                .environmentClasses(large)
                .prebuildClasses(large)
                .plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleBuild build = startRunning(job(shop, WhenActive.START));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("reader");
            await().atMost(SOON)
                    .until(() -> live(client, build).getJSONObject(0).getString("title"), is("web-shop, Large"));
            HtmlPage page = client.getPage(build);
            assertThat(page.getByXPath("//*[@data-gitpod-url]"), hasSize(1));
            assertThat(text(page, "title"), is("web-shop, Large"));
            assertThat(text(page, "state"), is("Running"));
            assertThat(text(page, "text"), containsString("Running for "));
            HtmlPage own = client.getPage(build, "gitpod-prebuilds/");
            assertThat(own.asNormalizedText(), containsString("Saving the snapshot"));
            DomElement row = own.getFirstByXPath("//tr[@data-gitpod-phase='RUNNING']");
            assertThat(row.getAttribute("data-state"), is("current"));
            assertThat(own.getByXPath("//*[@style]//ancestor::*[@data-gitpod-url]"), hasSize(0));
            assertThat(
                    own.getByXPath("//a[contains(@class,'task-link')][contains(@href,'gitpod-prebuilds')]"),
                    hasSize(1));
            PrebuildSummary last = LastPrebuilds.of(build.getParent(), 1, 1).get(0);
            assertThat(last.getState(), is("Running"));
            assertThat(last.getIcon(), is(BallColor.NOTBUILT_ANIME.getIconName()));
            int calls = GITPOD.simulator().records().count("GetProject");
            JSONObject card = live(client, build).getJSONObject(0);
            assertThat(card.getString("state"), is("Running"));
            assertFalse(card.getBoolean("ended"));
            assertFalse(card.getBoolean("cancellable"));
            assertThat(GITPOD.simulator().records().count("GetProject"), is(calls));
            String fragment = build.getUrl() + "gitpod-prebuilds/prebuild/" + card.getString("requestId");
            assertThat(client.goTo(fragment + "/ajaxCard").asNormalizedText(), containsString("web-shop"));
            assertThat(client.goTo(fragment + "/ajaxSection").asNormalizedText(), containsString("Pending"));
            prebuildOf(build).warn(SCRIPT).forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            await().atMost(SOON)
                    .until(() -> live(client, build).getJSONObject(0).getBoolean("ended"));
            card = live(client, build).getJSONObject(0);
            assertThat(card.getString("state"), is("Completed with a warning"));
            assertThat(card.getString("icon"), is("yellow"));
            assertThat(card.getString("message"), is(SCRIPT));
            page = client.getPage(build);
            assertThat(text(page, "message"), is(SCRIPT));
            assertThat(page.getWebResponse().getContentAsString(), not(containsString(SCRIPT)));
        }
        // Read again from disk, as after a restart.
        build.getParent().doReload();
        PrebuildRecord saved = jenkins.jenkins
                .getItemByFullName(build.getParent().getFullName(), FreeStyleProject.class)
                .getLastBuild()
                .getAction(PrebuildAction.class)
                .getRecords()
                .get(0);
        assertThat(saved.getProjectName(), is("web-shop"));
        List<String> phases =
                saved.getPhases().stream().map(each -> each.getPhase()).toList();
        assertEquals("COMPLETED", phases.get(phases.size() - 1));
        assertTrue(phases.contains("RUNNING"), phases.toString());
    }

    @Test
    void theNewBuildPageHasACardOfItsOwn() throws Exception {
        SimProject project = GITPOD.simulator().addProject("new-page").plan(PhasePlan.quick(Duration.ofMillis(100)));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job(project, WhenActive.START));
        User reader = User.getById("reader", true);
        UserExperimentalFlagsProperty flags = reader.getProperty(UserExperimentalFlagsProperty.class);
        reader.addProperty(new UserExperimentalFlagsProperty(Map.of("new-build-page.flag", "true")));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("reader");
            HtmlPage page = client.getPage(build);
            DomElement card = page.getFirstByXPath("//*[contains(@class,'jenkins-card')][.//*[@data-gitpod='title']]");
            assertThat(card.getTextContent(), containsString("Gitpod prebuilds"));
            assertThat(page.getByXPath("//*[@data-gitpod-request]"), hasSize(1));
            DomElement detail = page.getFirstByXPath("//a[contains(@class,'jenkins-details__item')]");
            assertThat(detail.getTextContent().strip(), is("new-page: Completed"));
            assertThat(client.getPage(build, "gitpod-prebuilds/").asNormalizedText(), containsString("new-page"));
        } finally {
            reader.addProperty(flags);
        }
    }

    @Test
    void onlyWhoMayCancelTheBuildsMayCancelThePrebuild() throws Exception {
        SimProject project = GITPOD.simulator().addProject("shared").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleProject first = job(project, WhenActive.START);
        FreeStyleProject second = job(project, WhenActive.JOIN);
        FreeStyleBuild build = startRunning(first);
        FreeStyleBuild joined = second.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Waiting for Gitpod prebuild", joined);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.setThrowExceptionOnFailingStatusCode(false);
            client.login("stranger");
            assertThat(cancel(client, build).getStatusCode(), is(404));
            client.login("reader");
            assertThat(cancel(client, build).getStatusCode(), is(403));
            grantCancel(first);
            client.login("builder");
            assertFalse(live(client, build).getJSONObject(0).getBoolean("cancellable"));
            assertThat(
                    JSONObject.fromObject(cancel(client, build).getContentAsString())
                            .getString("message"),
                    containsString("You cannot cancel this prebuild"));
            assertFalse(prebuildOf(build).isCancelRequested());
            grantCancel(first, second);
            assertTrue(live(client, build).getJSONObject(0).getBoolean("cancellable"));
            HtmlPage page = client.getPage(build);
            DomElement button = page.getFirstByXPath("//button[@data-gitpod='cancel']");
            assertThat(button.hasAttribute("hidden"), is(false));
            assertThat(button.getAttribute("aria-label"), containsString("Cancel the Gitpod prebuild of shared"));
            WebResponse response = cancel(client, build);
            assertThat(JSONObject.fromObject(response.getContentAsString()).getString("status"), is("ok"));
            // The request is handed over to another thread.
            await().atMost(SOON)
                    .until(() -> live(client, build).getJSONObject(0).getString("state"), containsString("Cancel"));
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(joined));
            await().atMost(SOON)
                    .until(() -> live(client, build).getJSONObject(0).getBoolean("ended"));
            assertThat(
                    JSONObject.fromObject(cancel(client, build).getContentAsString())
                            .getString("message"),
                    containsString("There is no such request"));
            client.login("admin");
            client.setRedirectEnabled(false);
            WebRequest get =
                    new WebRequest(new URL(jenkins.getURL() + build.getUrl() + "gitpod-prebuilds/cancel?requestId=x"));
            assertThat(client.loadWebResponse(get).getStatusCode(), is(404));
        }
    }

    @Test
    void aBuildWithoutPrebuildsHasNone() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("reader");
            assertThat(client.getPage(build).asNormalizedText(), not(containsString("Gitpod")));
            assertThat(client.getPage(build.getParent()).asNormalizedText(), not(containsString("Gitpod")));
            client.assertFails(build.getUrl() + "gitpod-prebuilds/", 404);
        }
    }
}
