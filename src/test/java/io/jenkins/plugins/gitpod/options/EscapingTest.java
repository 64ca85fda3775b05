package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** Whatever people type or Gitpod answers is text, on each page. */
@ExtendWith(FastLimits.class)
class EscapingTest extends GitpodTestBase {

    private static final String SCRIPT = "x\"'><script>window.hit = 1</script><img src=x onerror=alert(1)>";

    private static FreeStyleProject job(GitpodPrebuildBuilder step) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(step);
        return job;
    }

    private static void assertText(String path) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            HtmlPage page = client.goTo(path);
            client.waitForBackgroundJavaScript(5000);
            String html = page.getWebResponse().getContentAsString();
            assertThat(path, html, not(containsString("<script>window.hit")));
            assertThat(path, html, not(containsString("<img src=x")));
            assertThat(path, page.getByXPath("//img[@src='x']"), hasSize(0));
            assertThat(
                    path,
                    page.executeJavaScript("'' + window.hit")
                            .getJavaScriptResult()
                            .toString(),
                    is("undefined"));
        }
    }

    @Test
    void scriptInEveryTextFieldOfAConnection() throws Exception {
        List<GitpodConnection> before = GitpodGlobalConfiguration.get().getConnections();
        GitpodConnection hostile =
                new GitpodConnection(SCRIPT, gitpod.simulator().apiUrl().toString());
        hostile.setCredentialsId(SCRIPT);
        hostile.setFolders(SCRIPT);
        GitpodGlobalConfiguration.get().setConnections(List.of(hostile));
        try {
            jenkins.configRoundtrip();
            GitpodConnection after =
                    GitpodGlobalConfiguration.get().getConnections().get(0);
            jenkins.assertEqualDataBoundBeans(hostile, after);
            RefusedTokensMonitor.get().note(SCRIPT, null, null, false);
            Account soon =
                    gitpod.simulator().account("soon").useJwt(Instant.now().plus(Duration.ofDays(1)));
            ExpiringTokensMonitor.get().note(SCRIPT, null, null, BearerToken.of(soon.token()));
            assertThat(ExpiringTokensMonitor.get().isActivated(), is(true));
            GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
            step.setProjectId(gitpod.project().id());
            FreeStyleProject job = job(step);
            FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job);
            for (String path : List.of(
                    "manage/configure",
                    "manage/",
                    "manage/gitpod-prebuilds/",
                    job.getUrl() + "configure",
                    build.getUrl(),
                    build.getUrl() + "console")) {
                assertText(path);
            }
            RefusedTokensMonitor.get().note(SCRIPT, null, null, true);
        } finally {
            GitpodGlobalConfiguration.get().setConnections(before);
        }
    }

    @Test
    void scriptInEveryTextFieldOfTheBuildStep() throws Exception {
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(SCRIPT);
        step.setEnvironmentClassId(SCRIPT);
        step.setConnection(SCRIPT);
        step.setCredentialsId(SCRIPT);
        FreeStyleProject job = job(step);
        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job);
        for (String path : List.of(job.getUrl() + "configure", build.getUrl(), build.getUrl() + "console")) {
            assertText(path);
        }
        jenkins.assertLogNotContains("\tat ", build);
    }

    @Test
    void scriptInWhatGitpodAnswersIsTextAndOneLine() throws Exception {
        gitpod.project()
                .plan(PhasePlan.failing(SCRIPT + "\n\u001b[2J[Gitpod] all is well\r\nFinished: SUCCESS")
                        .scaled(0.01));
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(gitpod.project().id());
        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job(step));
        assertText(build.getUrl());
        assertText(build.getUrl() + "console");
        String log = JenkinsRule.getLog(build);
        assertThat(log, containsString("[Gitpod] all is well Finished: SUCCESS"));
        assertThat(
                log.lines().filter(line -> line.startsWith("Finished: SUCCESS")).toList(), hasSize(0));
        assertThat(log, not(containsString("\u001b[2J")));
    }
}
