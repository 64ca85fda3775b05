package io.jenkins.plugins.gitpod.admin;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.model.TopLevelItem;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.request.BuildLookup;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlTable;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;
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
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ)
                .everywhere()
                .to("auditor")
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.READ, Item.CANCEL)
                .everywhere()
                .to("operator")
                .grant(Jenkins.READ, Jenkins.MANAGE, Item.READ, Item.CONFIGURE)
                .everywhere()
                .to("manager"));
    }

    /** No test sees what another one has left open. */
    @AfterEach
    void endPrebuilds() {
        GITPOD.simulator().records().active().forEach(each -> each.forcePhase(SimPhase.COMPLETED));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PrebuildService.get().queries().orElseThrow().open().isEmpty());
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
        await().atMost(Duration.ofSeconds(30))
                .until(() -> GitpodLookup.get().knownName(GITPOD.project().id()) != null);
        String id = GITPOD.simulator().records().active().get(0).id();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            assertThat(client.goTo("manage").asNormalizedText(), containsString("Gitpod prebuilds"));
            HtmlPage page = client.goTo("manage/gitpod-prebuilds");
            HtmlTable table = page.getHtmlElementById("gitpod-open-prebuilds");
            assertThat(table.getRows(), hasSize(2));
            String row = table.getRow(1).asNormalizedText();
            for (String expected : List.of("#1", "shop", "sim", "Running", "Waiting build", "sec")) {
                assertThat(row, containsString(expected));
            }
            assertThat(page.getWebResponse().getContentAsString(), not(containsString(SCRIPT)));
            DomElement cancel = table.getRow(1).getFirstByXPath(".//button[@data-gitpod-cancel]");
            assertThat(cancel.getAttribute("aria-label"), containsString("Cancel the prebuild of shop"));
            assertThat(
                    table.getRow(1).<DomElement>getFirstByXPath(".//button[@text='" + id + "']"), is(notNullValue()));
            assertThat(cancel(client, cancel.getAttribute("data-request-id")), is("ok"));
        }
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PrebuildService.get().queries().orElseThrow().open().isEmpty());
        assertEquals(SimPhase.CANCELLED, GITPOD.simulator().prebuild(id).phase());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            assertThat(
                    client.goTo("manage/gitpod-prebuilds").asNormalizedText(),
                    containsString("No prebuilds are running"));
        }
    }

    private static WebResponse post(JenkinsRule.WebClient client, String requestId) throws Exception {
        WebRequest request = new WebRequest(client.createCrumbedUrl("manage/gitpod-prebuilds/cancel"), HttpMethod.POST);
        request.setRequestParameters(List.of(new NameValuePair("requestId", requestId)));
        return client.loadWebResponse(request);
    }

    private static String cancel(JenkinsRule.WebClient client, String requestId) throws Exception {
        WebResponse response = post(client, requestId);
        return response.getStatusCode() == 200
                ? JSONObject.fromObject(response.getContentAsString()).getString("status")
                : String.valueOf(response.getStatusCode());
    }

    @Test
    void withoutSystemReadTheListIsNotShown() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("manager");
            assertThat(client.goTo("manage").asNormalizedText(), not(containsString("Gitpod prebuilds")));
            client.setThrowExceptionOnFailingStatusCode(false);
            assertThat(client.goTo("manage/gitpod-prebuilds").getWebResponse().getStatusCode(), is(403));
            assertThat(
                    client.goTo("manage/gitpod-prebuilds/ajaxTable")
                            .getWebResponse()
                            .getStatusCode(),
                    is(403));
            assertThat(
                    client.goTo("manage/gitpod-prebuilds/live").getWebResponse().getStatusCode(), is(403));
            assertThat(cancel(client, "x"), is("403"));
        }
    }

    @Test
    void whoMaySeeTheListMayNotSeeOrCancelOtherPeoplesJobs() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleProject job = jenkins.createFreeStyleProject("secret-job");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        job.getBuildersList().add(step);
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", build);
        boolean before = Jenkins.SYSTEM_READ.getEnabled();
        Jenkins.SYSTEM_READ.setEnabled(true);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("auditor");
            HtmlPage page = client.goTo("manage/gitpod-prebuilds");
            String text = page.asNormalizedText();
            assertThat(text, containsString("Running"));
            assertThat(text, containsString("(not visible to you)"));
            assertThat(page.getWebResponse().getContentAsString(), not(containsString("secret-job")));
            assertThat(page.getByXPath("//button[@data-gitpod-cancel]"), hasSize(0));
            assertThat(client.goTo("manage/gitpod-prebuilds/ajaxTable").asNormalizedText(), containsString("Running"));
            String requestId =
                    PrebuildService.get().queries().orElseThrow().open().get(0).getRequestId();
            assertThat(cancel(client, requestId), is("error"));
            assertThat(build.isBuilding(), is(true));
            client.login("admin");
            assertThat(client.goTo("manage/gitpod-prebuilds").asNormalizedText(), containsString("secret-job"));
            assertThat(cancel(client, requestId), is("ok"));
        } finally {
            Jenkins.SYSTEM_READ.setEnabled(before);
        }
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PrebuildService.get().queries().orElseThrow().open().isEmpty());
    }

    @Test
    void aRequestThatWaitsIsShownAndRemovedByThoseWhoMayCancelItsBuild() throws Exception {
        GITPOD.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
        FreeStyleProject job = jenkins.createFreeStyleProject("running-job");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        job.getBuildersList().add(step);
        FreeStyleBuild running = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", running);
        String id = PrebuildService.get().queries().orElseThrow().open().get(0).getPrebuildId();
        FreeStyleProject waitingJob = jenkins.createFreeStyleProject("waiting-job");
        GitpodPrebuildBuilder queued = new GitpodPrebuildBuilder();
        queued.setProjectId(GITPOD.project().id());
        queued.setWhenActive(WhenActive.QUEUE);
        waitingJob.getBuildersList().add(queued);
        FreeStyleBuild waiting = waitingJob.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("to end. The next one is created then.", waiting);
        long made = GITPOD.simulator().records().count("CreatePrebuild");
        boolean before = Jenkins.SYSTEM_READ.getEnabled();
        Jenkins.SYSTEM_READ.setEnabled(true);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("auditor");
            HtmlPage page = client.goTo("manage/gitpod-prebuilds");
            HtmlTable table = page.getHtmlElementById("gitpod-open-prebuilds");
            assertThat(table.getRows(), hasSize(3));
            for (String expected : List.of("Queued", "behind prebuild " + id, "(not visible to you)", "shop", "sim")) {
                assertThat(table.getRow(2).asNormalizedText(), containsString(expected));
            }
            String html = page.getWebResponse().getContentAsString();
            assertThat(html, not(containsString("waiting-job")));
            assertThat(html, not(containsString("running-job")));
            assertThat(page.getByXPath("//button[@data-gitpod-cancel]"), hasSize(0));
            String requestId =
                    PrebuildService.get().queries().orElseThrow().open().get(1).getRequestId();
            assertThat(cancel(client, requestId), is("error"));
            assertThat(waiting.isBuilding(), is(true));
            client.login("operator");
            table = client.goTo("manage/gitpod-prebuilds").getHtmlElementById("gitpod-open-prebuilds");
            DomElement remove = table.getRow(2).getFirstByXPath(".//button[@data-gitpod-cancel]");
            assertThat(remove.getAttribute("aria-label"), is("Remove the waiting request of waiting-job #1 for shop"));
            assertThat(remove.getAttribute("data-title"), is("Remove this request?"));
            assertThat(cancel(client, remove.getAttribute("data-request-id")), is("ok"));
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(waiting));
            jenkins.assertLogContains("No Gitpod prebuild was created.", waiting);
            assertThat(running.isBuilding(), is(true));
            assertEquals(made, GITPOD.simulator().records().count("CreatePrebuild"));
            assertThat(
                    client.goTo("manage/gitpod-prebuilds/ajaxTable").asNormalizedText(), not(containsString("Queued")));
        } finally {
            Jenkins.SYSTEM_READ.setEnabled(before);
            running.doStop();
        }
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(running));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PrebuildService.get().queries().orElseThrow().open().isEmpty());
    }

    @Test
    void anUnknownRequestIsReported() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            assertThat(cancel(client, "<script>"), is("error"));
            String response = post(client, "<script>").getContentAsString();
            assertThat(response, not(containsString("\tat ")));
            assertThat(response, not(containsString("<script>")));
        }
    }

    private static Map<String, JSONObject> live(JenkinsRule.WebClient client) throws Exception {
        String text = client.goTo("manage/gitpod-prebuilds/live", "application/json")
                .getWebResponse()
                .getContentAsString();
        Map<String, JSONObject> rows = new LinkedHashMap<>();
        for (Object row : JSONObject.fromObject(text).getJSONObject("data").getJSONArray("rows")) {
            rows.put(((JSONObject) row).getString("id"), (JSONObject) row);
        }
        return rows;
    }

    private static List<String> rows(HtmlPage page) {
        return page.<DomElement>getByXPath("//tr[@data-gitpod-row]").stream()
                .map(row -> row.getAttribute("data-gitpod-row") + " " + row.getAttribute("data-gitpod-version"))
                .toList();
    }

    @Test
    void anUpdateMakesOnlyTheRowsThatHaveChanged() throws Exception {
        SimProject project = GITPOD.simulator().addProject("updated").plan(PhasePlan.stuckIn(SimPhase.PENDING));
        WorkflowJob job = Builds.pipeline(jenkins, GITPOD.stepOf(project, "wait: false"));
        int builds = 3;
        for (int i = 0; i < builds; i++) {
            jenkins.buildAndAssertSuccess(job);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> GitpodLookup.get().knownName(project.id()) != null);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("admin");
            List<String> before = rows(client.goTo("manage/gitpod-prebuilds"));
            Map<String, JSONObject> open = live(client);
            assertThat(
                    open.values().stream()
                            .map(each -> each.getString("id") + " " + each.getString("version"))
                            .toList(),
                    is(before));
            assertThat(before, hasSize(builds));
            List<SimPrebuild> prebuilds = GITPOD.simulator().records().prebuilds();
            prebuilds.get(prebuilds.size() - 1).forcePhase(SimPhase.RUNNING);
            Map<String, JSONObject> now = new LinkedHashMap<>();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                now.putAll(live(client));
                return open.keySet().stream()
                        .anyMatch(id -> !version(open.get(id)).equals(version(now.get(id))));
            });
            List<String> changed = open.keySet().stream()
                    .filter(id -> !version(open.get(id)).equals(version(now.get(id))))
                    .toList();
            assertThat(changed, hasSize(1));
            HtmlPage rows =
                    client.goTo("manage/gitpod-prebuilds/ajaxTable?requestId=" + changed.get(0) + "&requestId=x");
            assertThat(rows(rows), is(List.of(changed.get(0) + " " + version(now.get(changed.get(0))))));
            assertThat(rows.asNormalizedText(), containsString("Running"));
        }
    }

    private static String version(JSONObject row) {
        return row.getString("version");
    }

    @Test
    void theBuildOfARowIsLookedUpOnce() throws Exception {
        GITPOD.project().plan(PhasePlan.stuckIn(SimPhase.PENDING));
        CountingFolder folder = new CountingFolder(jenkins.jenkins, "counting");
        jenkins.jenkins.putItem(folder);
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "job");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(GITPOD.project().id());
        step.setWait(false);
        job.getBuildersList().add(step);
        jenkins.buildAndAssertSuccess(job);
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PrebuildService.get().queries().orElseThrow().open().size() == 1);
        OpenPrebuild row = PrebuildService.get().queries().orElseThrow().open().get(0);
        folder.lookUps.set(0);
        for (int i = 0; i < 3; i++) {
            assertThat(row.getBuildName(), containsString("counting"));
            assertThat(row.getBuildUrl(), containsString("counting"));
            row.getVersion();
        }
        int once = folder.lookUps.get();
        BuildLookup.find(job.getFullName() + "#1");
        assertEquals(2 * once, folder.lookUps.get());
    }

    /** Counts how often its jobs are looked for. */
    private static final class CountingFolder extends MockFolder {
        private final transient AtomicInteger lookUps = new AtomicInteger();

        CountingFolder(ItemGroup<?> parent, String name) {
            super(parent, name);
        }

        @Override
        public TopLevelItem getItem(String name) {
            lookUps.incrementAndGet();
            return super.getItem(name);
        }
    }
}
