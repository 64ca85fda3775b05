package io.jenkins.plugins.gitpod.browser;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ListView;
import hudson.model.Result;
import hudson.model.User;
import io.jenkins.plugins.darktheme.DarkThemeManagerFactory;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.page.LastPrebuildColumn;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.EnforcedPolicy;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.thememanager.ThemeManagerPageDecorator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jenkins.model.Jenkins;
import jenkins.model.experimentalflags.UserExperimentalFlagsProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * A person watches prebuilds in a real Chromium, with the Content-Security-Policy enforced: follows one live from its start
 * to its end, cancels another one, and looks at the pages of build, job and administrator. Leaves screenshots in
 * {@code docs/images}. Not part of the ordinary build: {@code mvn -Pbrowser test}.
 */
@ExtendWith({FastLimits.class, EnforcedPolicy.class})
@WithJenkins
class PagesRun extends BrowserTestBase {

    private static final String CARD = "//*[@data-gitpod-request]";
    private static final String ENTER = "\uE007";

    /**
     * What an accessibility checker reports first: controls without a name, hidden focus, ids that are not unique, texts with
     * too little contrast.
     */
    private static final String PROBLEMS = """
            const problems = [];
            const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            const rgba = color => {
              context.clearRect(0, 0, 1, 1);
              context.fillStyle = color;
              context.fillRect(0, 0, 1, 1);
              return [...context.getImageData(0, 0, 1, 1).data];
            };
            const over = (top, below, opacity) =>
              [0, 1, 2].map(i => below[i] + (top[i] - below[i]) * top[3] / 255 * opacity);
            const luminance = color => {
              const [r, g, b] = color.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const contrast = element => {
              const parents = [];
              for (let e = element; e; e = e.parentElement) parents.unshift(e);
              const below = parents.reduce((c, e) => over(rgba(getComputedStyle(e).backgroundColor), c, 1), [255, 255, 255]);
              const opacity = parents.reduce((o, e) => o * getComputedStyle(e).opacity, 1);
              const values = [luminance(over(rgba(getComputedStyle(element).color), below, opacity)), luminance(below)];
              return (Math.max(...values) + 0.05) / (Math.min(...values) + 0.05);
            };
            const roots = document.querySelectorAll('.gitpod-prebuilds, .gitpod-job, .gitpod-open-prebuilds');
            roots.forEach(root => {
              root.querySelectorAll('a, button, input').forEach(e => {
                const names = [e.getAttribute('aria-label'), e.textContent, e.title, ...[...(e.labels || [])].map(l => l.textContent)];
                if (!names.some(name => name && name.trim())) problems.push('no name: ' + e.outerHTML);
                if (e.closest('[aria-hidden=true]')) problems.push('hidden from readers: ' + e.outerHTML);
                if (e.tabIndex > 0) problems.push('tab order: ' + e.outerHTML);
              });
              root.querySelectorAll('*').forEach(e => {
                const own = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.textContent.trim());
                // What core draws has core's colors; a disabled control needs no contrast.
                const others = '.jenkins-visually-hidden, .jenkins-notice, .jenkins-button, svg, template, :disabled';
                if (own && e.checkVisibility() && !e.closest(others) && contrast(e) < 4.5) {
                  problems.push('contrast ' + contrast(e).toFixed(2) + ': ' + e.outerHTML.slice(0, 80));
                }
              });
              root.querySelectorAll('table').forEach(t => {
                if (!t.querySelector('th[scope]')) problems.push('no headers: ' + t.outerHTML.slice(0, 80));
              });
              root.querySelectorAll('[role=img]').forEach(e => {
                if (!e.getAttribute('aria-label')) problems.push('no name: ' + e.outerHTML.slice(0, 80));
              });
            });
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id).filter(id => id.startsWith('gitpod'));
            if (new Set(ids).size !== ids.length) problems.push('ids: ' + ids);
            if (!roots.length) problems.push('nothing of ours');
            return problems.join('\\n');
            """;

    private GitpodFixture gitpod;
    private SimProject shop;

    private void assertAccessible(String where) {
        assertThat(where, browser.run(PROBLEMS).asText(), is(""));
    }

    /** The page is not wider than the window. Wide tables scroll by themselves. */
    private void assertFits(String where) {
        assertThat(
                where,
                browser.run("return Math.max(0, ...[...document.querySelectorAll('.gitpod-prebuild, .gitpod-job')]"
                                + ".map(e => e.getBoundingClientRect().right)) <= window.innerWidth + 1")
                        .asBoolean(),
                is(true));
    }

    private FreeStyleProject job(String name) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(shop.id());
        job.getBuildersList().add(step);
        return job;
    }

    private SimPrebuild prebuildOf(FreeStyleBuild build) {
        await().atMost(SOON).until(() -> build.getAction(PrebuildAction.class) != null);
        return gitpod.simulator()
                .prebuild(build.getAction(PrebuildAction.class)
                        .getRecords()
                        .get(0)
                        .getResult()
                        .getId());
    }

    private void awaitState(String state) {
        await("state " + state)
                .atMost(SOON)
                .ignoreExceptions()
                .until(() -> browser.run("return document.querySelector('[data-gitpod=state]').textContent")
                        .asText()
                        .equals(state));
    }

    @Test
    void watchAndCancel(JenkinsRule rule, @TempDir Path profile) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("alice"));
        try (GitpodFixture fixture = new GitpodFixture();
                Chromium chromium = new Chromium(profile)) {
            gitpod = fixture.connect();
            browser = chromium;
            SimEnvironmentClass large = gitpod.simulator().addEnvironmentClass("Large");
            shop = gitpod.simulator()
                    .addProject("web-shop")
                    .commit("3f2a91c04be7d8a6510c9e2f7b4d83a1e6c05f92")
                    .environmentClasses(large)
                    .prebuildClasses(large);
            FreeStyleProject job = job("web-shop");
            earlierBuilds(job);
            logIn();
            FreeStyleBuild build = followLive(job);
            newBuildPage(build);
            cancel(job);
            jobPage(job);
            dark(build, job);
        }
    }

    private void earlierBuilds(FreeStyleProject job) throws Exception {
        PhasePlan plan = PhasePlan.typical().withSnapshotSize(6L * 1024 * 1024 * 1024);
        for (int i = 0; i < 3; i++) {
            shop.plan(plan.scaled(0.004 + i * 0.001));
            jenkins.buildAndAssertSuccess(job);
        }
        shop.plan(
                PhasePlan.failing("The task \"build\" failed with exit code 1.").scaled(0.002));
        jenkins.buildAndAssertStatus(Result.FAILURE, job);
        shop.plan(PhasePlan.completedWithWarning("The task \"lint\" failed.").scaled(0.002));
        jenkins.buildAndAssertSuccess(job);
    }

    private FreeStyleBuild followLive(FreeStyleProject job) throws Exception {
        shop.plan(PhasePlan.stuckIn(SimPhase.PENDING));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        SimPrebuild prebuild = prebuildOf(build);
        open(build.getUrl() + "gitpod-prebuilds/");
        browser.complaints();
        awaitState("Pending");
        browser.run("window.sameWindow = true");
        assertHiddenPageDoesNotPoll();
        for (SimPhase phase : List.of(SimPhase.STARTING, SimPhase.RUNNING, SimPhase.STOPPING, SimPhase.SNAPSHOTTING)) {
            prebuild.forcePhase(phase);
            String shown = phase == SimPhase.SNAPSHOTTING
                    ? "Saving the snapshot"
                    : phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
            awaitState(shown);
            if (phase == SimPhase.RUNNING) {
                picture("timeline", "//*[contains(@class,'gitpod-prebuilds')]");
                assertAccessible("timeline");
            }
        }
        prebuild.forcePhase(SimPhase.COMPLETED);
        awaitState("Completed");
        assertTrue(browser.run("return window.sameWindow === true").asBoolean(), "the page was reloaded");
        await().atMost(SOON).until(() -> !browser.isShown("//button[@data-gitpod='cancel']"));
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        assertPollingStops();
        assertClean("timeline");
        browser.size(400, 900);
        assertFits("timeline, narrow");
        open(build.getUrl());
        browser.find(CARD);
        assertFits("build, narrow");
        browser.size(WIDTH, HEIGHT);
        assertAccessible("build");
        return build;
    }

    private int polls() {
        return browser.run(
                        "return performance.getEntriesByType('resource').filter(e => e.name.endsWith('/live')).length")
                .asInt();
    }

    /** Longer than the interval of the script. */
    private void assertNoMorePolls() {
        int before = polls();
        await().during(Duration.ofSeconds(7)).atMost(Duration.ofSeconds(15)).until(() -> polls() == before);
    }

    private void assertHiddenPageDoesNotPoll() {
        int before = polls();
        await().atMost(SOON).until(() -> polls() > before);
        browser.run("Object.defineProperty(document, 'hidden', {value: true, configurable: true})");
        assertNoMorePolls();
        browser.run("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
        int hidden = polls();
        await().atMost(SOON).until(() -> polls() > hidden);
    }

    private void assertPollingStops() {
        assertNoMorePolls();
        browser.run("document.dispatchEvent(new Event('visibilitychange'))");
        assertNoMorePolls();
    }

    private void newBuildPage(FreeStyleBuild build) throws Exception {
        User alice = User.getById("alice", true);
        alice.addProperty(new UserExperimentalFlagsProperty(Map.of("new-build-page.flag", "true")));
        open(build.getUrl());
        browser.complaints();
        browser.find("//*[contains(@class,'jenkins-card')]" + CARD);
        picture("new-build-page", "//*[contains(@class,'jenkins-card')][.//*[@data-gitpod-request]]");
        assertAccessible("new build page");
        assertClean("new build page");
        alice.addProperty(new UserExperimentalFlagsProperty(Map.of()));
    }

    private void cancel(FreeStyleProject job) throws Exception {
        shop.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        SimPrebuild prebuild = prebuildOf(build);
        jenkins.waitForMessage("Gitpod prebuild: RUNNING", build);
        open("manage/gitpod-prebuilds/");
        browser.complaints();
        browser.find("//table[@id='gitpod-open-prebuilds']//button[contains(.,'Cancel')]");
        picture("open-prebuilds", "//*[contains(@class,'gitpod-open-prebuilds')]");
        updateRows();
        browser.typeOnly("//input[@id='gitpod-filter']", "nothing has this name");
        await().atMost(SOON).until(() -> !browser.isShown("//tr[@data-gitpod-row]"));
        browser.find("//*[@id='gitpod-filtered'][contains(.,'No prebuild matches the filter')]");
        assertAccessible("open prebuilds");
        assertClean("open prebuilds");
        open(build.getUrl());
        browser.complaints();
        awaitState("Running");
        picture("build-page", "//*[contains(@class,'gitpod-prebuilds')]");
        // By keyboard alone.
        browser.focus("//button[@data-gitpod='cancel']");
        browser.press(ENTER);
        browser.find("//dialog[@open]//button[@data-id='ok'][contains(.,'Cancel prebuild')]");
        picture("cancel-prebuild", "//dialog[@open]");
        browser.focus("//dialog[@open]//button[@data-id='ok']");
        browser.press(ENTER);
        browser.find("//*[@id='notification-bar'][contains(.,'is being cancelled')]");
        await().atMost(SOON).until(prebuild::isCancelRequested);
        awaitState("Cancelled");
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertClean("cancel");
    }

    /** The list gets new rows and loses those of ended prebuilds, while the others stay. */
    private void updateRows() throws Exception {
        browser.run("document.querySelector('tr[data-gitpod-row]').title = 'not loaded again'");
        String same = "//tr[@title='not loaded again']";
        String age = browser.text(same + "/td[@data-gitpod-age]");
        FreeStyleProject job = job("web-shop-detached");
        job.getBuildersList().get(GitpodPrebuildBuilder.class).setWait(false);
        SimPrebuild prebuild = prebuildOf(jenkins.buildAndAssertSuccess(job));
        String added = "//tr[@data-gitpod-row][contains(.,'web-shop-detached')]";
        browser.find(added + "//button[contains(.,'Cancel')]");
        browser.find(same);
        await().atMost(SOON)
                .until(() -> !browser.text(same + "/td[@data-gitpod-age]").equals(age));
        prebuild.forcePhase(SimPhase.COMPLETED);
        await().atMost(SOON).until(() -> !browser.isShown(added));
        browser.find(same);
        job.delete();
    }

    private void jobPage(FreeStyleProject job) throws Exception {
        open(job.getUrl());
        browser.complaints();
        browser.find("//section[contains(@class,'gitpod-job')]//table");
        picture("job-page", "//section[contains(@class,'gitpod-job')]");
        assertAccessible("job");
        assertClean("job");
        browser.size(400, 900);
        assertFits("job, narrow");
        browser.size(WIDTH, HEIGHT);
        ListView view = new ListView("prebuilds", jenkins.jenkins);
        view.getColumns().add(new LastPrebuildColumn());
        view.add(job);
        jenkins.jenkins.addView(view);
        open(view.getUrl());
        picture("list-view", "//table[@id='projectstatus']");
        assertEquals(7, job.getLastBuild().getNumber());
    }

    /** With the theme plugin that most people use. */
    private void dark(FreeStyleBuild build, FreeStyleProject job) throws Exception {
        ThemeManagerPageDecorator.get().setTheme(new DarkThemeManagerFactory());
        open(build.getUrl() + "gitpod-prebuilds/");
        browser.complaints();
        browser.find(CARD);
        assertThat(browser.run("return document.documentElement.dataset.theme").asText(), is("dark"));
        picture("timeline-dark", "//*[contains(@class,'gitpod-prebuilds')]");
        assertAccessible("timeline, dark");
        assertClean("timeline, dark");
        open(job.getUrl());
        browser.find("//section[contains(@class,'gitpod-job')]//table");
        assertAccessible("job, dark");
        assertClean("job, dark");
    }
}
