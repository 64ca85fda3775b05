package io.jenkins.plugins.gitpod.page;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ListView;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The page of a job, the column of a list view, the badges of builds, and the remote API. */
@ExtendWith(FastLimits.class)
@WithJenkins
class JobPrebuildsTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String SCRIPT = "<img src=x onerror=alert(1)>";

    private static FreeStyleProject job;
    private static FreeStyleBuild completed;
    private static FreeStyleBuild failed;
    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        SimProject project = GITPOD.simulator()
                .addProject("shop" + SCRIPT)
                .plan(PhasePlan.stuckIn(SimPhase.RUNNING).withSnapshotSize(6L * 1024 * 1024 * 1024));
        job = jenkins.createFreeStyleProject("shop");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(project.id());
        job.getBuildersList().add(step);
        completed = job.scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", completed);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> GitpodLookup.get().knownName(project.id()), is(notNullValue()));
        GITPOD.simulator().records().prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(completed));
        project.plan(PhasePlan.failing(SCRIPT).scaled(0.001));
        failed = jenkins.buildAndAssertStatus(Result.FAILURE, job);
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    private static JSONObject json(String path) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            return JSONObject.fromObject(
                    client.goTo(path, "application/json").getWebResponse().getContentAsString());
        }
    }

    @Test
    void theJobsPageShowsTheLastPrebuilds() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            // The script that draws the chart needs a browser.
            client.getOptions().setJavaScriptEnabled(false);
            HtmlPage page = client.getPage(job);
            DomElement section = page.getFirstByXPath("//section[contains(@class,'gitpod-job')]");
            String text = section.asNormalizedText();
            assertThat(text, containsString("Last completed #1:"));
            assertThat(text, containsString("6 days left"));
            assertThat(text, containsString("6.00 GiB"));
            assertThat(text, containsString("shop" + SCRIPT));
            assertThat(section.getByXPath(".//tbody/tr"), hasSize(2));
            assertThat(section.getByXPath(".//*[local-name()='rect']"), hasSize(4));
            DomElement chart = section.getFirstByXPath(".//*[@data-gitpod-chart]");
            JSONArray points = JSONArray.fromObject(chart.getAttribute("data-gitpod-chart"));
            assertThat(points.getJSONObject(0).getString("build"), is("#1"));
            assertThat(points.getJSONObject(0).getDouble("gibibytes"), is(6.0));
            assertThat(points.getJSONObject(1).getString("icon"), is("red"));
            assertThat(section.getByXPath(".//script[contains(@src,'JobPrebuildsAction/chart.js')]"), hasSize(1));
            assertThat(page.getWebResponse().getContentAsString(), not(containsString(SCRIPT)));
        }
    }

    @Test
    void aListViewHasTheLastPrebuild() throws Exception {
        ListView view = new ListView("prebuilds", jenkins.jenkins);
        view.getColumns().add(new LastPrebuildColumn());
        view.add(job);
        view.add(jenkins.createFreeStyleProject("other"));
        jenkins.jenkins.addView(view);
        jenkins.configRoundtrip(view);
        assertThat(view.getColumns().getAll(LastPrebuildColumn.class), hasSize(1));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.getPage(view);
            assertThat(page.asNormalizedText(), containsString("Last Gitpod prebuild"));
            DomElement link = page.getFirstByXPath("//a[contains(@href,'gitpod-prebuilds')]");
            assertThat(link.getTextContent(), is("#2"));
            HtmlPage build = client.getPage(page.getFullyQualifiedUrl(link.getAttribute("href")));
            assertThat(build.asNormalizedText(), containsString("Failed"));
        }
    }

    @Test
    void aFailedPrebuildMarksItsBuild() {
        assertThat(
                completed.getBadgeActions().stream()
                        .filter(PrebuildBadge.class::isInstance)
                        .toList(),
                hasSize(0));
        assertEquals(
                "A Gitpod prebuild failed",
                failed.getBadgeActions().stream()
                        .filter(PrebuildBadge.class::isInstance)
                        .map(badge -> badge.getDisplayName())
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void theRemoteApiOfABuildHasEachFieldOfItsPrebuilds() throws Exception {
        JSONArray actions = json(completed.getUrl() + "api/json?tree=actions[records[*,result[*],phases[*]]]")
                .getJSONArray("actions");
        JSONObject record = null;
        for (Object each : actions) {
            if (each instanceof JSONObject action && action.containsKey("records")) {
                record = action.getJSONArray("records").getJSONObject(0);
            }
        }
        assertEquals("COMPLETED", record.getString("conclusion"));
        assertEquals("shop" + SCRIPT, record.getString("projectName"));
        assertFalse(record.getBoolean("detached"));
        JSONObject result = record.getJSONObject("result");
        for (Method getter : PrebuildResult.class.getMethods()) {
            if (getter.isAnnotationPresent(Whitelisted.class)) {
                String name = Introspector.decapitalize(getter.getName().replaceFirst("^(get|is)", ""));
                // Each part has a record of its own there, and the only part of a result is the result itself.
                assertEquals(
                        !name.equals("parts"),
                        result.containsKey(name),
                        "what pipelines read is in the remote API: " + name);
            }
        }
        assertEquals("COMPLETED", result.getString("phase"));
        assertEquals(6L * 1024 * 1024 * 1024, result.getLong("snapshotSizeBytes"));
        JSONArray phases = record.getJSONArray("phases");
        assertEquals("COMPLETED", phases.getJSONObject(phases.size() - 1).getString("phase"));
        // The same without a filter: the fields are shown with a build.
        assertThat(json(completed.getUrl() + "api/json").toString(), containsString("\"conclusion\":\"COMPLETED\""));
    }

    @Test
    void eachRequestInTheDocumentationIsAnswered() throws Exception {
        List<String> requests = Pattern.compile("https://jenkins\\.example/(job/shop/[^\"]*api/json[^\"]*)\"")
                .matcher(MarkdownFile.of("docs", "remote-api.md").text())
                .results()
                .map(request -> request.group(1).replace("/12/", "/1/"))
                .toList();
        assertThat(requests, hasSize(3));
        for (String request : requests) {
            assertThat(request, json(request).toString(), containsString("\"conclusion\":\"COMPLETED\""));
        }
    }

    @Test
    void theRemoteApiOfAJobHasItsLastPrebuilds() throws Exception {
        JSONArray prebuilds = json(job.getUrl() + "gitpod-prebuilds/api/json").getJSONArray("prebuilds");
        assertThat(prebuilds.size(), is(2));
        assertEquals(2, prebuilds.getJSONObject(0).getInt("build"));
        assertEquals(
                "FAILED", prebuilds.getJSONObject(0).getJSONObject("record").getString("conclusion"));
        assertEquals(failed.getAbsoluteUrl(), prebuilds.getJSONObject(0).getString("buildUrl"));
        assertEquals(
                "COMPLETED",
                prebuilds
                        .getJSONObject(1)
                        .getJSONObject("record")
                        .getJSONObject("result")
                        .getString("phase"));
        assertThat(json(job.getUrl() + "api/json").toString(), not(containsString("buildUrl")));
    }
}
