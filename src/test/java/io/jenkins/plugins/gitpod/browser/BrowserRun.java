package io.jenkins.plugins.gitpod.browser;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.EnforcedPolicy;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * A person sets the plugin up in a real Chromium, with the Content-Security-Policy enforced: makes a connection, tests it,
 * configures a freestyle job, builds it, aborts it. Leaves screenshots in {@code docs/images}. Not part of the ordinary
 * build: {@code mvn -Pbrowser test} needs {@code chromium} and {@code chromedriver} on the path.
 */
@ExtendWith({FastLimits.class, EnforcedPolicy.class})
@WithJenkins
class BrowserRun extends BrowserTestBase {

    private static final String OK = "//dialog//button[@data-id='ok']";
    private static final String SCRIPT = "<img src=x onerror=window.hacked=1>";

    private static String field(String name) {
        return "//*[@name='_." + name + "']";
    }

    private static String beside(String name, String text) {
        return field(name) + "/ancestor::div[contains(@class,'jenkins-form-item')][1]"
                + "//div[contains(@class,'validation-error-area')]//*[contains(text(),\"" + text + "\")]";
    }

    /** Puts a text into a field for a picture, without checks of it. */
    private void show(String xpath, String text) {
        browser.find(xpath);
        browser.run("document.evaluate(\"" + xpath + "\", document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null)"
                + ".singleNodeValue.value = '" + text + "'");
    }

    @Test
    void twoMinutes(JenkinsRule rule, @TempDir Path profile) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice"));
        HttpURLConnection probe = (HttpURLConnection) new URL(jenkins.getURL() + "login").openConnection();
        assertThat(probe.getHeaderField("Content-Security-Policy"), containsString("script-src"));
        try (GitpodFixture gitpod = new GitpodFixture();
                Chromium chromium = new Chromium(profile)) {
            browser = chromium;
            SimEnvironmentClass large =
                    gitpod.simulator().addEnvironmentClass("Large").description("8 cores, 32 GB");
            SimEnvironmentClass gpu = gitpod.simulator().addEnvironmentClass("GPU");
            SimProject shop = gitpod.simulator()
                    .addProject("web-shop")
                    .branch("main")
                    .environmentClasses(large, gpu)
                    .prebuildClasses(large)
                    .plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
            gitpod.simulator().addProject("web-shop-admin");
            gitpod.simulator().addProject("evil" + SCRIPT);
            GitpodFixture.addCredential("gitpod-token", gitpod.account().token());

            logIn();
            connect(gitpod);
            FreeStyleProject job = configureJob(shop, large, gpu);
            buildAndAbort(job, gitpod);
            showSnippet(shop);
            showRefusedToken(gitpod, job);
        }
    }

    private void connect(GitpodFixture gitpod) throws IOException {
        open("manage/configure");
        browser.complaints();
        browser.click("//button[contains(.,'Add connection')]");
        String connection = "//div[@name='connections'][last()]";
        browser.type(connection + field("name"), "");
        browser.find(connection + beside("name", "Enter a name for the connection"));
        browser.type(connection + field("name"), "gitpod");
        browser.type(connection + field("apiUrl"), "http://gitpod.example.com/api");
        browser.find(connection + beside("apiUrl", "must start with https://"));
        browser.type(connection + field("apiUrl"), gitpod.simulator().apiUrl().toString());
        browser.click(connection + field("credentialsId") + "/option[@value='gitpod-token']");
        browser.click(connection + "//button[contains(.,'Test connection')]");
        browser.find(connection + "//*[contains(text(),'Gitpod accepts the token')]");
        String apiUrl = gitpod.simulator().apiUrl().toString();
        show(connection + field("apiUrl"), "https://app.gitpod.io/api");
        picture("connection-tested", connection);
        show(connection + field("apiUrl"), apiUrl);
        browser.click(connection + "//button[contains(.,'Advanced')]");
        browser.find(connection + field("folders"));
        browser.type(connection + field("shortestPollSeconds"), "2");
        browser.find(connection + beside("shortestPollSeconds", "from 5 to 120"));
        browser.type(connection + field("shortestPollSeconds"), "5");
        browser.type(connection + field("longestPollSeconds"), "60");
        browser.type(connection + field("maximumCalls"), "8");
        browser.find(connection + beside("maximumCalls", "from 1 to 7"));
        browser.type(connection + field("maximumCalls"), "5");
        browser.type(connection + field("callTimeoutSeconds"), "30");
        assertClean("connections");
        browser.click("//button[@name='Submit']");
        await().atMost(SOON)
                .until(() -> GitpodGlobalConfiguration.get().getConnections().size() == 1);
        GitpodConnection saved =
                GitpodGlobalConfiguration.get().getConnections().get(0);
        assertEquals("gitpod", saved.getName());
        assertEquals("gitpod-token", saved.getCredentialsId());
        assertEquals(5, saved.getShortestPollSeconds());
        assertEquals(60, saved.getLongestPollSeconds());
        assertEquals(5, saved.getMaximumCalls());
        assertEquals(30, saved.getCallTimeoutSeconds());
    }

    private FreeStyleProject configureJob(SimProject shop, SimEnvironmentClass large, SimEnvironmentClass gpu)
            throws IOException {
        FreeStyleProject job = jenkins.createFreeStyleProject("web-shop");
        open(job.getUrl() + "configure");
        browser.complaints();
        browser.click("//button[contains(.,'Add build step')]");
        browser.click("//*[contains(@class,'jenkins-dropdown__item')][contains(.,'Create a Gitpod prebuild')]");
        browser.typeOnly(field("projectId"), "evil");
        browser.find("//*[contains(@class,'jenkins-dropdown__item')][contains(.,'evil<img src=x')]");
        browser.type(field("projectId"), "");
        browser.typeOnly(field("projectId"), "web");
        browser.find("//*[contains(@class,'jenkins-dropdown__item')][contains(.,'web-shop-admin')]");
        browser.click("//*[contains(@class,'jenkins-dropdown__item')][contains(.,'web-shop (')]");
        assertThat(browser.value(field("projectId")), startsWith("web-shop ("));
        browser.find(beside("projectId", "Project web-shop, "));
        browser.typeOnly(field("environmentClassId"), gpu.id());
        browser.find("//*[contains(@class,'jenkins-dropdown__item')][contains(.,'GPU (" + gpu.id() + ")')]");
        browser.type(field("environmentClassId"), gpu.id());
        browser.find(beside("environmentClassId", "not one of the classes"));
        browser.type(field("environmentClassId"), large.id());
        browser.find(beside("environmentClassId", "Environment class Large (8 cores, 32 GB)"));
        browser.type(field("timeout"), "3");
        browser.find(beside("timeout", "Use whole minutes from 5 to 120"));
        browser.type(field("timeout"), "45");
        browser.click(
                "//div[@descriptorid='" + GitpodPrebuildBuilder.class.getName() + "']//button[contains(.,'Advanced')]");
        browser.find(field("connection"));
        picture("freestyle-step", "//div[@descriptorid='" + GitpodPrebuildBuilder.class.getName() + "']");
        assertClean("job");
        browser.click("//button[@name='Submit']");
        await().atMost(SOON).until(() -> job.getBuildersList().get(GitpodPrebuildBuilder.class) != null);
        GitpodPrebuildBuilder step = job.getBuildersList().get(GitpodPrebuildBuilder.class);
        assertEquals(shop.id(), step.getProjectId());
        assertEquals(large.id(), step.getEnvironmentClassId());
        assertEquals(45, step.getTimeout());
        open(job.getUrl() + "configure");
        String property = "//label[contains(.,'Create a Gitpod prebuild for new commits')]";
        browser.click(property);
        String block = property + "/ancestor::div[contains(@class,'optionalBlock-container')][1]";
        browser.find(block + field("onlyIfChanged"));
        picture("new-commits", block);
        assertClean("property");
        return job;
    }

    private void buildAndAbort(FreeStyleProject job, GitpodFixture gitpod) throws Exception {
        open(job.getUrl());
        browser.click("//a[contains(.,'Build Now')]");
        await().atMost(SOON)
                .until(() -> job.getLastBuild() != null
                        && JenkinsRule.getLog(job.getLastBuild()).contains("Gitpod prebuild: RUNNING"));
        FreeStyleBuild build = job.getLastBuild();
        open("manage/gitpod-prebuilds/");
        browser.complaints();
        browser.find("//table[@id='gitpod-open-prebuilds']//button[contains(.,'Cancel')]");
        assertClean("open prebuilds");
        open(build.getUrl() + "console");
        browser.complaints();
        browser.find("//pre[contains(.,'Gitpod prebuild: RUNNING')]");
        open(build.getUrl());
        abort(build);
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        SimPrebuild prebuild = gitpod.simulator().records().prebuilds().get(0);
        assertTrue(prebuild.isCancelRequested());
        await().atMost(SOON)
                .until(() -> build.getAction(PrebuildAction.class)
                        .getRecords()
                        .get(0)
                        .getResult()
                        .getPhase()
                        .equals("CANCELLED"));
        open(build.getUrl());
        browser.complaints();
        browser.find("//*[@data-gitpod='text'][contains(.,'Cancelled')]");
        assertClean("build");
    }

    /** By the button beside the progress bar, and by its question if it asks one. */
    private void abort(FreeStyleBuild build) {
        browser.click("//*[contains(@class,'stop-button-link')]");
        await().atMost(SOON).until(() -> browser.isShown(OK) || !build.isBuilding());
        if (build.isBuilding()) {
            browser.click(OK);
        }
    }

    private void showSnippet(SimProject shop) throws IOException {
        open("pipeline-syntax/");
        browser.complaints();
        browser.click("//select[contains(@class,'dropdownList')]/option[contains(.,'gitpodPrebuild')]");
        browser.type(field("projectId"), "web-shop (" + shop.id() + ")");
        browser.find(beside("projectId", "Project web-shop, "));
        browser.click("//button[contains(.,'Generate Pipeline Script')]");
        await().atMost(SOON)
                .until(() -> browser.value("//textarea[@id='prototypeText']").contains("gitpodPrebuild"));
        String shown = "//form[@name='config']//*[contains(@class,'jenkins-section__title')][contains(.,'Steps')]"
                + " | //select[contains(@class,'dropdownList')]/ancestor::div[contains(@class,'jenkins-form-item')][1]"
                + " | //form[@name='config']//div[contains(@class,'dropdownList-container')]"
                + " | //textarea[@id='prototypeText']/..";
        picture("snippet-generator", shown);
        assertThat(browser.value("//textarea[@id='prototypeText']"), containsString("projectId: '" + shop.id() + "'"));
        assertClean("snippet generator");
    }

    private void showRefusedToken(GitpodFixture gitpod, FreeStyleProject job) throws Exception {
        gitpod.account().revoke();
        jenkins.buildAndAssertStatus(Result.FAILURE, job);
        assertTrue(RefusedTokensMonitor.get().isActivated());
        open("manage/");
        browser.complaints();
        browser.find("//*[contains(text(),'Gitpod does not accept the token')]");
        assertClean("manage");
    }
}
