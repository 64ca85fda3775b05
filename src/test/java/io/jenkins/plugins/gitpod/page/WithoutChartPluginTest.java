package io.jenkins.plugins.gitpod.page;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertNull;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.time.Duration;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** A Jenkins without the plugin that draws charts: the job's page has simple bars. */
class WithoutChartPluginTest {

    @RegisterExtension
    private final RealJenkinsExtension real = Remote.extension().omitPlugins("echarts-api");

    @Test
    void theJobsPageHasBars() throws Throwable {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.project().plan(PhasePlan.quick(Duration.ofMillis(100)));
            String url = gitpod.simulator().apiUrl().toString();
            String text = gitpod.account().token();
            String projectId = gitpod.project().id();
            real.then(rule -> {
                Remote.connect(rule, url, text);
                assertBars(rule, projectId);
            });
        }
    }

    private static void assertBars(JenkinsRule rule, String projectId) throws Exception {
        assertNull(rule.jenkins.getPlugin("echarts-api"));
        FreeStyleProject job = rule.createFreeStyleProject("bars");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(projectId);
        job.getBuildersList().add(step);
        rule.buildAndAssertSuccess(job);
        rule.buildAndAssertSuccess(job);
        try (JenkinsRule.WebClient client = rule.createWebClient()) {
            HtmlPage page = client.getPage(job);
            assertThat(page.getByXPath("//section[contains(@class,'gitpod-job')]//*[local-name()='rect']"), hasSize(4));
            assertThat(page.asNormalizedText(), containsString("Last completed #2"));
            assertThat(page.getWebResponse().getContentAsString(), not(containsString("echarts")));
        }
    }
}
