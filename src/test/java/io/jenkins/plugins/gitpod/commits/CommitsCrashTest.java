package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * A Jenkins that is killed without a warning while automatic prebuilds, SKIP, JOIN and CANCEL_PREVIOUS are decided, each
 * in the moments that matter. The records of the simulator tell whether anything is lost, doubled or left running.
 */
@WithGitSampleRepo
class CommitsCrashTest {

    private static final String SAFE = "MAX_SURVIVABILITY";

    @RegisterExtension
    private final RealJenkinsExtension real = Remote.extension()
            .javaOptions(
                    "-Dhudson.plugins.git.GitSCM.ALLOW_LOCAL_CHECKOUT=true",
                    // a look-up that hangs is tried again until the kill
                    "-Dio.jenkins.plugins.gitpod.request.EngineProperties.connectBudget=2m");

    private final GitpodFixture gitpod = new GitpodFixture();
    private final Map<String, SimProject> projects = new ConcurrentHashMap<>();
    private GitSampleRepoRule repo;

    @AfterEach
    void close() {
        gitpod.close();
    }

    private SimProject project(String name) {
        return projects.computeIfAbsent(
                name,
                n -> gitpod.simulator()
                        .addProject(n)
                        .remoteUri(repo.toString())
                        .branch("master")
                        .commit(() -> Repository.head(repo, "master"))
                        .plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
    }

    private List<SimPrebuild> prebuilds(String project) {
        return Commits.made(gitpod, project(project));
    }

    private long creates(String project) {
        return gitpod.simulator().records().calls("CreatePrebuild").stream()
                .filter(call -> call.body().contains(project(project).id()))
                .count();
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(90)).until(condition);
    }

    private void fault(String method, String project, Fault fault) {
        String id = project(project).id();
        gitpod.simulator()
                .faults()
                .add(FaultRule.on(method, fault)
                        .forever()
                        .when(call -> call.body().contains(id)));
    }

    /** Holds the call that lists the running prebuilds of a project, which decisions on SKIP and JOIN need. */
    private Fault.Hang undecided(String project) {
        Fault.Hang hang = Fault.hangBeforeActing();
        String id = project(project).id();
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("ListPrebuilds", hang)
                        .forever()
                        .when(call -> call.body().contains(id) && call.body().contains("PREBUILD_PHASE_PENDING")));
        return hang;
    }

    private Remote.Build build(String job) throws Exception {
        try {
            return real.runRemotely(Remote::build, job);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void startAutomatic(
            JenkinsRule rule, String name, String repository, String projectId, String whenActive) throws Exception {
        FreeStyleProject job = rule.jenkins.createProject(FreeStyleProject.class, name);
        job.setScm(Repository.scm(repository));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setProjectId(projectId);
        property.setWhenActive(WhenActive.valueOf(whenActive));
        job.addProperty(property);
        rule.buildAndAssertSuccess(job);
    }

    private void automatic(String job, String project, String whenActive) throws Throwable {
        String repository = repo.toString();
        String id = project(project).id();
        real.run(rule -> startAutomatic(rule, job, repository, id, whenActive));
    }

    private void step(String job, String project, String options) throws Throwable {
        String script = "def p = " + gitpod.stepOf(project(project), options)
                + "\necho \"ended ${p.id} ${p.phase} ${p.skipped}\"";
        real.run(rule -> Remote.startPipeline(rule, job, script, SAFE));
    }

    private static int undecidedCommits(JenkinsRule rule) {
        return Commits.undecided();
    }

    private static String openEntries(JenkinsRule rule) {
        return LedgerFiles.text();
    }

    /** Whether nothing is open but what may turn up yet, for its create was never answered. */
    private boolean nothingElseIsOpen(String unanswered) throws Exception {
        try {
            return Pattern.compile("<projectId>(.*)</projectId>")
                    .matcher(real.runRemotely(CommitsCrashTest::openEntries))
                    .results()
                    .allMatch(entry -> entry.group(1).equals(project(unanswered).id()));
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void killedJenkinsLosesNoCommitDoublesNoneAndLeavesNoneRunning(GitSampleRepoRule sample) throws Throwable {
        repo = sample;
        Repository.init(repo, "");
        Fault.Hang look = Fault.hangBeforeActing();
        Fault.Hang notAnswered = Fault.hangAfterActing();
        Fault.Hang neverActs = Fault.hangBeforeActing();
        Fault.Hang newerNotAnswered = Fault.hangAfterActing();
        fault("GetProject", "undecided", look);
        fault("CreatePrebuild", "notAnswered", notAnswered);
        fault("CreatePrebuild", "neverActs", neverActs);

        real.startJenkins();
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.run(rule -> Remote.connect(rule, url, text));

        // automatic ones, in each of their stages
        automatic("notAnswered", "notAnswered", "START");
        automatic("neverActs", "neverActs", "START");
        eventually(() -> notAnswered.held() == 1 && neverActs.held() == 1);
        automatic("running", "running", "START");
        eventually(() -> "null".equals(build("running").conclusion));
        // an older one that cannot be cancelled yet, and a newer one that is not answered
        step("older", "replaced", "whenActive: 'CANCEL_PREVIOUS'");
        eventually(() -> build("older").log.contains("Gitpod prebuild: RUNNING"));
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("CancelPrebuild", Fault.status(503, "unavailable", "down"))
                        .forever());
        fault("CreatePrebuild", "replaced", newerNotAnswered);
        step("newer", "replaced", "whenActive: 'CANCEL_PREVIOUS'");
        eventually(() -> newerNotAnswered.held() == 1);
        // some that wait for the same, one of them by itself
        step("first", "shared", "whenActive: 'JOIN'");
        eventually(() -> build("first").log.contains("Gitpod prebuild: RUNNING"));
        step("second", "shared", "whenActive: 'JOIN'");
        eventually(() -> build("second").log.contains("Waiting for Gitpod prebuild"));
        automatic("third", "sharedToo", "START");
        eventually(() -> prebuilds("sharedToo").size() == 1);
        Repository.push(repo, "file", "two");
        automatic("fourth", "sharedToo", "JOIN");
        eventually(() -> build("fourth").prebuildId != null);
        step("fifth", "sharedToo", "whenActive: 'JOIN'");
        eventually(() -> build("fifth").log.contains("Waiting for Gitpod prebuild"));
        // those about which nothing is decided
        step("active", "skipped", "whenActive: 'SKIP'");
        eventually(() -> build("active").log.contains("Gitpod prebuild: RUNNING"));
        Fault.Hang skip = undecided("skipped");
        Fault.Hang join = undecided("joined");
        step("skips", "skipped", "whenActive: 'SKIP'");
        step("joins", "joined", "whenActive: 'JOIN'");
        automatic("undecided", "undecided", "START");
        eventually(() -> skip.held() >= 1 && join.held() >= 1 && look.held() >= 1);
        assertTrue(real.runRemotely(CommitsCrashTest::undecidedCommits) >= 1);
        real.run(rule -> Remote.rename(rule, "undecided", "moved"));

        Remote.kill(real);
        gitpod.simulator().faults().clear();
        for (Fault.Hang hang : List.of(look, notAnswered, newerNotAnswered, skip, join)) {
            hang.release();
        }
        real.startJenkins();

        // nothing lost
        eventually(() -> prebuilds("undecided").size() == 1);
        eventually(() -> prebuilds("undecided").get(0).id().equals(build("moved").prebuildId));
        eventually(() -> !build("skips").building);
        assertTrue(
                build("skips")
                        .log
                        .contains("ended " + prebuilds("skipped").get(0).id() + " RUNNING true"),
                build("skips").toString());
        eventually(() -> build("joins").log.contains("Created Gitpod prebuild"));
        eventually(() -> !build("older").building);
        assertEquals("ABORTED", build("older").result);
        eventually(() ->
                prebuilds("replaced").stream().filter(SimPrebuild::isActive).count() == 1);
        SimPrebuild newer = prebuilds("replaced").stream()
                .filter(SimPrebuild::isActive)
                .findFirst()
                .orElseThrow();
        eventually(() -> build("newer").log.contains(newer.id()));
        assertTrue(build("newer").building);

        // nothing doubled
        for (String each : List.of("undecided", "notAnswered", "running", "shared", "sharedToo", "skipped", "joined")) {
            assertEquals(1, creates(each), "creates of " + each);
            assertEquals(1, prebuilds(each).size(), "prebuilds of " + each);
        }
        assertEquals(2, creates("replaced"));
        // not carried out before the kill: sent again, unless all attempts were used up by then
        eventually(() -> prebuilds("neverActs").size() == 1 || "ERROR".equals(build("neverActs").conclusion));
        boolean isGivenUp = "ERROR".equals(build("neverActs").conclusion);
        assertEquals(isGivenUp ? 0 : 1, prebuilds("neverActs").size());
        assertTrue(isGivenUp ? creates("neverActs") == 4 : creates("neverActs") <= 4, "at most three more");

        // owners are owners still: the last one out cancels, unless an automatic one wants it
        for (String job : List.of("first", "fifth")) {
            real.run(rule -> Remote.end(rule, job, "ABORT"));
            eventually(() -> !build(job).building);
        }
        assertTrue(prebuilds("shared").get(0).isActive());
        assertTrue(prebuilds("sharedToo").get(0).isActive());
        real.run(rule -> Remote.end(rule, "second", "ABORT"));
        eventually(() -> prebuilds("shared").get(0).phase() == SimPhase.CANCELLED);
        prebuilds("sharedToo").get(0).forcePhase(SimPhase.COMPLETED);
        for (String job : List.of("third", "fourth")) {
            eventually(() -> "COMPLETED".equals(build(job).conclusion));
        }

        // the rest ends as it should, and is recorded
        for (String each :
                List.of("undecided", "notAnswered", "neverActs", "running", "skipped", "joined", "replaced")) {
            prebuilds(each).stream().filter(SimPrebuild::isActive).forEach(one -> one.forcePhase(SimPhase.COMPLETED));
        }
        for (String job : List.of("moved", "notAnswered", "running", "active", "joins", "newer")) {
            eventually(() -> "COMPLETED".equals(build(job).conclusion));
            eventually(() -> !build(job).building);
            assertEquals("SUCCESS", build(job).result, build(job).toString());
        }
        eventually(() -> nothingElseIsOpen("neverActs"));
        assertEquals(0, gitpod.simulator().records().active().size());
        assertEquals(0, real.runRemotely(CommitsCrashTest::undecidedCommits));
        assertFalse(Path.of(real.getHome().getPath(), "gitpod-prebuilds", "damaged")
                .toFile()
                .exists());
    }
}
