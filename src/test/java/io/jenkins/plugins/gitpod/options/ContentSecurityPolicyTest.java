package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.testing.EnforcedPolicy;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Each page that shows something of the plugin is free of what the enforced policy forbids. That a real browser has no
 * complaint either is shown by the run in Chromium.
 */
@ExtendWith({FastLimits.class, EnforcedPolicy.class})
class ContentSecurityPolicyTest extends GitpodTestBase {

    /** Scripts in the page itself, unless they are data; and handlers in attributes. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "<script(?![^>]*\\bsrc=)(?![^>]*type=[\"']application/json)[^>]*>\\s*\\S.{0,80}"
                    + "|<[a-z][^<>]*\\son(click|load|error|change|submit|key[a-z]+|mouse[a-z]+|focus|blur)\\s*=\\s*[\"'][^\"']+"
                    + "|href=[\"']javascript:[^\"']*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static List<String> forbidden(String html) {
        List<String> found = new ArrayList<>();
        Matcher matcher = FORBIDDEN.matcher(html);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    @Test
    void ourPages() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("job");
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(gitpod.project().id());
        job.getBuildersList().add(step);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        RefusedTokensMonitor.get().note("sim", null, null, false);
        Account service =
                gitpod.simulator().account("soon").useJwt(Instant.now().plus(Duration.ofDays(1)));
        ExpiringTokensMonitor.get().note("sim", null, null, BearerToken.of(service.token()));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.getOptions().setJavaScriptEnabled(false);
            for (String[] page : new String[][] {
                {job.getUrl() + "configure", "Create a Gitpod prebuild"},
                {build.getUrl(), "Gitpod prebuilds"},
                {"manage/", "Gitpod does not accept the token"},
                {"manage/", "expires on"},
                {"manage/gitpod-prebuilds/", "Prebuilds that this Jenkins requested"},
                {"manage/configure", "Test connection"},
                {"pipeline-syntax/", "gitpodPrebuild"},
            }) {
                HtmlPage shown = client.goTo(page[0]);
                WebResponse response = shown.getWebResponse();
                String policy = response.getResponseHeaderValue("Content-Security-Policy");
                assertThat(page[0], policy, containsString("script-src"));
                assertThat(page[0], policy, not(containsString("script-src 'unsafe-inline'")));
                String html = response.getContentAsString();
                assertTrue(html.contains(page[1]), page[0]);
                assertThat(page[0], forbidden(html), is(empty()));
            }
        }
    }

    @Test
    void ourViews() throws Exception {
        Path classes = Path.of(PrebuildOptions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path view : files.filter(file -> file.toString().endsWith(".jelly")
                            || file.toString().endsWith(".html"))
                    .toList()) {
                String text = Files.readString(view, StandardCharsets.UTF_8);
                assertThat(view.toString(), forbidden(text), is(empty()));
                assertThat(view.toString(), text, not(containsString(" style=")));
                if (view.toString().endsWith(".jelly")) {
                    assertThat(view.toString(), text, containsString("<?jelly escape-by-default='true'?>"));
                    assertThat(view.toString(), text, not(containsString("<j:out")));
                }
            }
        }
    }
}
