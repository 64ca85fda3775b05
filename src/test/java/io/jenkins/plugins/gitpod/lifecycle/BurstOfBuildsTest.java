package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Burst;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * Many builds of several jobs that start at once in a real Jenkins. {@code mvn test -Dtest=BurstOfBuildsTest -Dburst.builds=500}
 * runs it with 20 jobs of 25 builds; the ordinary build with few.
 */
class BurstOfBuildsTest {

    private static final int BUILDS = Integer.getInteger("burst.builds", 24);
    private static final int JOBS = BUILDS < 100 ? 6 : 20;
    private static final int EACH = BUILDS / JOBS;
    private static final int LIMIT = Integer.getInteger("burst.limit", BUILDS < 100 ? 5 : 20);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @RegisterExtension
    private final RealJenkinsExtension real =
            new RealJenkinsExtension().withTimeout(3600).javaOptions("-Xmx1500m");

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    private static void report(String what, Object value) {
        System.out.println("Burst, " + JOBS + " jobs of " + EACH + " builds: " + what + ": " + value);
    }

    private static void awaitWithPatience(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(condition);
    }

    private static double seconds(long since) {
        return Math.round((System.nanoTime() - since) / 1e8) / 10.0;
    }

    /** A job for each of as many new projects. */
    private List<String> prepare(String prefix, String... options) throws Throwable {
        ArrayList<String> scripts = new ArrayList<>();
        List<String> projects = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            SimProject project = gitpod.simulator().addProject(prefix + i).plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            projects.add(project.id());
            scripts.add(gitpod.stepOf(project, options));
        }
        real.run(rule -> Burst.prepare(rule, prefix, scripts));
        return projects;
    }

    private void schedule(String prefix) throws Throwable {
        int each = EACH;
        real.run(rule -> Burst.schedule(rule, prefix, each));
    }

    private List<Burst.Build> builds(String prefix) throws Exception {
        try {
            return real.runRemotely(rule -> Burst.builds(rule, prefix));
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitSteps(String prefix) {
        awaitWithPatience("all builds reach their step", () -> {
            List<Burst.Build> builds = builds(prefix);
            return builds.size() == BUILDS && builds.stream().allMatch(build -> build.step() > 0);
        });
    }

    private List<SimPrebuild> made(List<String> projects) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> projects.contains(prebuild.projectId()))
                .toList();
    }

    /** @param number how many prebuilds of a project there are to be */
    private void awaitMade(List<String> projects, IntPredicate number) {
        awaitWithPatience(
                "all are made",
                () -> projects.stream()
                        .allMatch(project -> number.test(made(List.of(project)).size())));
    }

    private void assertNoneEnds(String prefix) throws Exception {
        assertThat(builds(prefix).stream().map(Burst.Build::over).toList(), everyItem(is(false)));
    }

    @Test
    void allGetTheirPrebuildOnceAndJobsTakeTurns() throws Throwable {
        real.startJenkins();
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.run(rule -> GitpodFixture.connect(url, text));

        jobsTakeTurns();
        allAreMade("free", 0);
        allAreMade("limited", LIMIT);
        withConditionsAProjectGetsOne("JOIN");
        withConditionsAProjectGetsOne("QUEUE");
        withSkipTheOthersEnd();
        assertThat(gitpod.simulator().records().violations(), is(empty()));
    }

    /** Gitpod refuses all creates until all builds wait. After that, no job waits for all builds of another one. */
    private void jobsTakeTurns() throws Throwable {
        List<String> projects = prepare("turns");
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("CreatePrebuild", Fault.rateLimit(Duration.ofSeconds(2)))
                        .forever());
        schedule("turns");
        awaitSteps("turns");
        gitpod.simulator().faults().clear();
        awaitMade(projects, number -> number == EACH);
        Set<String> first = new HashSet<>();
        made(projects).subList(0, 2 * JOBS).forEach(prebuild -> first.add(prebuild.projectId()));
        assertThat(first, hasSize(JOBS));
        assertNoneEnds("turns");
    }

    /** @param limit the calls per second that Gitpod allows, or 0 */
    private void allAreMade(String prefix, int limit) throws Throwable {
        List<String> projects = prepare(prefix);
        int before = gitpod.simulator().records().refused();
        gitpod.simulator().maxCallsPerSecond(limit);
        long begun = System.nanoTime();
        schedule(prefix);
        awaitMade(projects, number -> number >= EACH);
        report("seconds until all were made, limit " + limit, seconds(begun));
        int refused = gitpod.simulator().records().refused() - before;
        report("refused", refused);
        if (limit == 0) {
            assertThat(refused, is(0));
        }
        gitpod.simulator().maxCallsPerSecond(0);
        awaitSteps(prefix);
        assertThat(made(projects), hasSize(BUILDS));
        assertNoneEnds(prefix);
    }

    private void withConditionsAProjectGetsOne(String whenActive) throws Throwable {
        List<String> projects = prepare(whenActive, "whenActive: '" + whenActive + "'");
        long begun = System.nanoTime();
        schedule(whenActive);
        awaitMade(projects, number -> number >= 1);
        awaitSteps(whenActive);
        report("seconds until all waited, whenActive " + whenActive, seconds(begun));
        assertNoneEnds(whenActive);
        assertThat(made(projects), hasSize(JOBS));
        awaitWithPatience("all end", () -> {
            List<SimPrebuild> active =
                    made(projects).stream().filter(SimPrebuild::isActive).toList();
            assertThat(active.stream().map(SimPrebuild::projectId).distinct().toList(), hasSize(active.size()));
            active.forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
            return builds(whenActive).stream().allMatch(Burst.Build::over);
        });
        assertThat(builds(whenActive).stream().map(Burst.Build::failed).toList(), everyItem(is(false)));
    }

    private void withSkipTheOthersEnd() throws Throwable {
        int before = gitpod.simulator().records().count("CreatePrebuild");
        List<String> projects = prepare("SKIP", "whenActive: 'SKIP'");
        long begun = System.nanoTime();
        schedule("SKIP");
        awaitWithPatience(
                "all but one of each end",
                () -> builds("SKIP").stream().filter(Burst.Build::over).count() == BUILDS - JOBS);
        report("seconds until all others were skipped", seconds(begun));
        assertThat(builds("SKIP").stream().map(Burst.Build::failed).toList(), everyItem(is(false)));
        assertThat(made(projects), hasSize(JOBS));
        assertThat(gitpod.simulator().records().count("CreatePrebuild") - before, is(JOBS));
    }
}
