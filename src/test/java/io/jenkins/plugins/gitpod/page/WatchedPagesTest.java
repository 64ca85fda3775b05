package io.jenkins.plugins.gitpod.page;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.User;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What people watch costs Gitpod nothing: pages and their updates are answered from memory. */
@ExtendWith(WatchedPagesTest.NoPolling.class)
@WithJenkins
class WatchedPagesTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PEOPLE = 10;
    private static final int UPDATES = 5;

    /** The engine reads each prebuild once after its creation, and then not while the test lasts. */
    static final class NoPolling implements BeforeAllCallback, AfterAllCallback {

        private static final String NAME = "io.jenkins.plugins.gitpod.request.EngineProperties.pollInterval";

        @Override
        public void beforeAll(ExtensionContext context) {
            System.setProperty(NAME, "1h");
        }

        @Override
        public void afterAll(ExtensionContext context) {
            System.clearProperty(NAME);
        }
    }

    private static List<String> watch(JenkinsRule jenkins, FreeStyleBuild build, String user) throws Exception {
        List<String> answers = new ArrayList<>();
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.getOptions().setJavaScriptEnabled(false);
            client.login(user);
            answers.add(client.getPage(build).getWebResponse().getContentAsString());
            answers.add(
                    client.getPage(build, "gitpod-prebuilds/").getWebResponse().getContentAsString());
            answers.add(client.getPage(build.getParent()).getWebResponse().getContentAsString());
            answers.add(client.goTo("manage/gitpod-prebuilds/").getWebResponse().getContentAsString());
            String live = build.getUrl() + "gitpod-prebuilds/live";
            List<String> updates = new ArrayList<>(Collections.nCopies(UPDATES, live));
            updates.add(0, "manage/gitpod-prebuilds/ajaxTable");
            updates.add(0, "manage/gitpod-prebuilds/live");
            updates.add(0, build.getParent().getUrl() + "gitpod-prebuilds/api/json");
            for (String update : updates) {
                WebResponse response = client.loadWebResponse(new WebRequest(new URL(jenkins.getURL() + update)));
                assertThat(update, response.getStatusCode(), is(200));
                answers.add(response.getContentAsString());
            }
        }
        return answers;
    }

    @Test
    void tenPeopleWhoWatchTenBuildsCauseNoCall(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            gitpod.project().plan(PhasePlan.of(List.of(), SimPhase.RUNNING));
            jenkins.jenkins.setNumExecutors(PEOPLE);
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            List<FreeStyleBuild> builds = new ArrayList<>();
            for (int i = 0; i < PEOPLE; i++) {
                FreeStyleProject job = jenkins.createFreeStyleProject();
                GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
                step.setProjectId(gitpod.project().id());
                job.getBuildersList().add(step);
                builds.add(job.scheduleBuild2(0).waitForStart());
                User.getById("user" + i, true);
            }
            for (FreeStyleBuild build : builds) {
                await().atMost(SOON).until(() -> build.getAction(PrebuildAction.class), is(notNullValue()));
            }
            await().atMost(SOON)
                    .until(() -> GitpodLookup.get().knownName(gitpod.project().id()), is("shop"));
            List<String> before = awaitQuiet(gitpod);
            ExecutorService people = Executors.newFixedThreadPool(PEOPLE);
            try {
                List<Future<List<String>>> seen = new ArrayList<>();
                for (int i = 0; i < PEOPLE; i++) {
                    FreeStyleBuild build = builds.get(i);
                    String user = "user" + i;
                    seen.add(people.submit(() -> watch(jenkins, build, user)));
                }
                for (Future<List<String>> each : seen) {
                    List<String> answers = each.get();
                    assertThat(answers.get(0), containsString("shop"));
                    assertThat(answers.get(answers.size() - 1), containsString("\"title\":\"shop"));
                }
            } finally {
                people.shutdownNow();
            }
            assertEquals(before, methods(gitpod));
            for (FreeStyleBuild build : builds) {
                build.doStop();
            }
            for (FreeStyleBuild build : builds) {
                jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            }
        }
    }

    /** Waits until the creations cause no more calls, and returns those that were made. */
    private static List<String> awaitQuiet(GitpodFixture gitpod) {
        AtomicReference<List<String>> last = new AtomicReference<>(List.of());
        await().atMost(SOON).pollInterval(Duration.ofSeconds(2)).until(() -> {
            List<String> now = methods(gitpod);
            return last.getAndSet(now).equals(now);
        });
        return last.get();
    }

    private static List<String> methods(GitpodFixture gitpod) {
        return gitpod.simulator().records().calls().stream().map(Call::method).toList();
    }
}
