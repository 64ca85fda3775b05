package io.jenkins.plugins.gitpod.browser;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ListView;
import hudson.model.Result;
import hudson.model.User;
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
import java.nio.file.Path;
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

    /** What an accessibility checker reports first: controls without a name, hidden focus, ids that are not unique. */
    private static final String PROBLEMS = """
            const problems = [];
            const roots = document.querySelectorAll('.gitpod-prebuilds, .gitpod-job, .gitpod-open-prebuilds');
            roots.forEach(root => {
              root.querySelectorAll('a, button, input').forEach(e => {
                const name = (e.getAttribute('aria-label') || e.textContent || e.getAttribute('tooltip') || '').trim();
                if (!name && !(e.labels && e.labels.length)) problems.push('no name: ' + e.outerHTML);
                if (e.closest('[aria-hidden=true]')) problems.push('hidden from readers: ' + e.outerHTML);
                if (e.tabIndex > 0) problems.push('tab order: ' + e.outerHTML);
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
                    .environmentClasses(large)
                    .prebuildClasses(large);
            FreeStyleProject job = job("web-shop");
            earlierBuilds(job);
            logIn();
            FreeStyleBuild build = followLive(job);
            newBuildPage(build);
            cancel(job);
            jobPage(job);
            dark(build);
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
        assertClean("timeline");
        browser.size(400, 900);
        assertFits("timeline, narrow");
        open(build.getUrl());
        browser.find(CARD);
        assertFits("build, narrow");
        browser.size(1280, 1200);
        assertAccessible("build");
        return build;
    }

    private void newBuildPage(FreeStyleBuild build) throws Exception {
        User alice = User.getById("alice", true);
        alice.addProperty(new UserExperimentalFlagsProperty(Map.of("new-build-page.flag", "true")));
        open(build.getUrl());
        browser.complaints();
        browser.find("//*[contains(@class,'jenkins-card')]" + CARD);
        picture("new-build-page");
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
        picture("open-prebuilds");
        browser.typeOnly("//input[@id='gitpod-filter']", "nothing has this name");
        await().atMost(SOON).until(() -> !browser.isShown("//tr[@data-gitpod-row]"));
        assertAccessible("open prebuilds");
        assertClean("open prebuilds");
        open(build.getUrl());
        browser.complaints();
        awaitState("Running");
        picture("build-page", "//*[@id='main-panel']");
        // By keyboard alone.
        browser.focus("//button[@data-gitpod='cancel']");
        browser.press(ENTER);
        browser.find("//dialog[@open]//button[@data-id='ok'][contains(.,'Cancel prebuild')]");
        picture("cancel-prebuild");
        browser.focus("//dialog[@open]//button[@data-id='ok']");
        browser.press(ENTER);
        browser.find("//*[@id='notification-bar'][contains(.,'is being cancelled')]");
        await().atMost(SOON).until(prebuild::isCancelRequested);
        awaitState("Cancelled");
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        assertClean("cancel");
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
        browser.size(1280, 1200);
        ListView view = new ListView("prebuilds", jenkins.jenkins);
        view.getColumns().add(new LastPrebuildColumn());
        view.add(job);
        jenkins.jenkins.addView(view);
        open(view.getUrl());
        picture("list-view", "//table[@id='projectstatus']");
        assertEquals(7, job.getLastBuild().getNumber());
    }

    /** Themes replace the variables of the core's colors. The plugin's own styles use nothing else. */
    private void dark(FreeStyleBuild build) throws Exception {
        open(build.getUrl() + "gitpod-prebuilds/");
        browser.find(CARD);
        browser.run("document.documentElement.style.setProperty('--success-color', 'rgb(1, 2, 3)');"
                + "document.documentElement.style.setProperty('--text-color-secondary', 'rgb(4, 5, 6)')");
        assertThat(
                browser.run("return getComputedStyle(document.querySelector('[data-state=done] rect')).fill")
                        .asText(),
                containsString("1, 2, 3"));
        assertThat(
                browser.run("return getComputedStyle(document.querySelector('.gitpod-prebuild__secondary')).color")
                        .asText(),
                containsString("4, 5, 6"));
    }
}
