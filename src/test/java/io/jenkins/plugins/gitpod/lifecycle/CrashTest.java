package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** A Jenkins that is killed without a warning, once for more than twenty builds, in all the states that matter. */
class CrashTest {

    private static final String SAFE = "MAX_SURVIVABILITY";
    private static final String HANGING = "credentialsId: 'hanging'";

    @RegisterExtension
    private final RealJenkinsExtension real = Remote.extension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private final Map<String, SimProject> projects = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        gitpod.close();
    }

    /** Each job has a project of its own, so that the records tell the jobs apart. */
    private SimProject project(String job) {
        return projects.computeIfAbsent(
                job, name -> gitpod.simulator().addProject(name).plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
    }

    private List<SimPrebuild> prebuilds(String job) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project(job).id()))
                .toList();
    }

    private SimPrebuild only(String job) {
        assertEquals(1, prebuilds(job).size(), "prebuilds of " + job);
        return prebuilds(job).get(0);
    }

    private long creates(String job) {
        return gitpod.simulator().records().calls("CreatePrebuild").stream()
                .filter(call -> call.body().contains(project(job).id()))
                .count();
    }

    private void start(String job, String durability, String... options) throws Throwable {
        startFor(project(job), job, durability, options);
    }

    private void startFor(SimProject project, String job, String durability, String... options) throws Throwable {
        String script = "def p = " + gitpod.stepOf(project, options) + "\necho \"ended ${p.phase}\"";
        real.run(rule -> Remote.startPipeline(rule, job, script, durability));
    }

    private void faultOnCreate(String job, Fault fault) {
        String id = project(job).id();
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("CreatePrebuild", fault)
                        .when(call -> call.body().contains(id)));
    }

    /** Gitpod does not answer for the project, so that its requests stay undecided. */
    private Fault.Hang neverDecided(String job) {
        String id = project(job).id();
        Fault.Hang hang = Fault.hangBeforeActing();
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("GetProject", hang).when(call -> call.body().contains(id)));
        return hang;
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(Duration.ofSeconds(60)).until(condition);
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

    /** The result of a pipeline is set a moment after its program has ended. */
    private void awaitEnd(String job, String result) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Remote.Build build = build(job);
            assertFalse(build.building, build.toString());
            assertEquals(result, build.result, build.toString());
        });
    }

    @Test
    void killedJenkinsMakesNoPrebuildTwiceAndLeavesNoneRunningThatNobodyOwns() throws Throwable {
        Fault.Hang neverActs = Fault.hangBeforeActing();
        Fault.Hang actsLate = Fault.hangBeforeActing();
        Fault.Hang notAnswered = Fault.hangAfterActing();
        faultOnCreate("neverActs", neverActs);
        faultOnCreate("actsLate", actsLate);
        faultOnCreate("notAnswered", notAnswered);

        real.startJenkins();
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.run(rule -> Remote.connect(rule, url, text));
        String hanging = gitpod.simulator().account("hanging").token();
        real.run(rule -> GitpodFixture.addCredential("hanging", hanging));
        start("waiting", SAFE);
        start("renamed", SAFE);
        start("waitingNonAtomic", "SURVIVABLE_NONATOMIC");
        start("neverResumes", "PERFORMANCE_OPTIMIZED");
        start("cancelling", SAFE);
        start("detached", SAFE, "wait: false");
        start("leavesRunning", SAFE, "cancelOnAbort: false");
        start("neverResumesLeaves", "PERFORMANCE_OPTIMIZED", "cancelOnAbort: false");
        start("shared", SAFE);
        String freestyleProject = project("freestyle").id();
        real.run(rule -> Remote.startFreestyle(rule, "freestyle", freestyleProject, null));
        List<String> created = List.of(
                "waiting",
                "renamed",
                "waitingNonAtomic",
                "neverResumes",
                "cancelling",
                "freestyle",
                "leavesRunning",
                "neverResumesLeaves",
                "shared");
        for (String job : created) {
            eventually(() -> build(job).log.contains("Created Gitpod prebuild"));
        }
        real.run(rule -> Remote.rename(rule, "renamed", "renamedWhileWaiting"));
        for (String job : List.of("joined", "joinedToo")) {
            startFor(project("shared"), job, SAFE, "whenActive: 'JOIN'");
            eventually(() -> build(job).log.contains(only("shared").id()));
        }
        awaitEnd("detached", "SUCCESS");
        Fault down = Fault.status(503, "unavailable", "down");
        gitpod.simulator().faults().add(FaultRule.on("CancelPrebuild", down).forever());
        real.run(rule -> Remote.end(rule, "cancelling", "ABORT"));
        eventually(() -> gitpod.simulator().records().count("CancelPrebuild") > 0);

        faultOnCreate("limited", Fault.rateLimit(Duration.ofMinutes(5)));
        start("limited", SAFE);
        eventually(() -> creates("limited") == 1);
        start("queued", SAFE);
        start("queuedDetached", SAFE, "wait: false");
        String queuedFreestyle = project("queuedFreestyle").id();
        real.run(rule -> Remote.startFreestyle(rule, "queuedFreestyle", queuedFreestyle, null));
        eventually(() -> build("limited").log.contains("rate limit"));

        // At last, because calls that hang are given up after a while. Their own credential keeps the others going.
        start("neverActs", SAFE, HANGING);
        start("actsLate", SAFE, HANGING);
        start("notAnswered", SAFE, HANGING);
        Fault.Hang undecided = neverDecided("undecided");
        start("undecided", SAFE, "whenActive: 'JOIN'");
        Fault.Hang undecidedDropped = neverDecided("undecidedDropped");
        start("undecidedDropped", "PERFORMANCE_OPTIMIZED", "whenActive: 'JOIN'");
        eventually(() -> undecided.held() == 1 && undecidedDropped.held() == 1);
        eventually(() -> neverActs.held() == 1 && actsLate.held() == 1 && notAnswered.held() == 1);
        real.run(rule -> Remote.rename(rule, "undecided", "moved"));

        Remote.kill(real);
        assertEquals(0, creates("queued"));
        actsLate.release(); // the server continues with what it had read already
        notAnswered.release();
        assertEquals(
                14,
                LedgerFiles.in(LedgerFiles.directory(real.getHome().toPath())).size(),
                "open requests");
        gitpod.simulator().faults().clear();
        real.startJenkins();

        // What waits is found again, what has no owner any longer is cancelled, what is detached is let alone.
        eventually(() -> only("neverResumes").phase() == SimPhase.CANCELLED);
        eventually(() -> prebuilds("neverActs").size() == 1);
        // Jenkins resumes a pipeline whose job was renamed when something loads its build.
        eventually(() -> build("moved").building && prebuilds("undecided").size() == 1);
        only("renamed").forcePhase(SimPhase.COMPLETED);
        eventually(() -> build("moved").log.contains(only("undecided").id()));
        only("undecided").forcePhase(SimPhase.COMPLETED);
        List<String> resumed = List.of(
                "limited",
                "queued",
                "shared",
                "waiting",
                "waitingNonAtomic",
                "leavesRunning",
                "actsLate",
                "notAnswered",
                "neverActs");
        for (String job : resumed) {
            eventually(() -> build(job).log.contains(only(job).id()));
            only(job).forcePhase(SimPhase.COMPLETED);
        }
        assertAll(
                () -> awaitEnd("waiting", "SUCCESS"),
                () -> awaitEnd("limited", "SUCCESS"),
                () -> awaitEnd("queued", "SUCCESS"),
                () -> awaitEnd("queuedDetached", "SUCCESS"),
                () -> awaitEnd("moved", "SUCCESS"),
                () -> awaitEnd("renamedWhileWaiting", "SUCCESS"),
                () -> assertFalse(only("renamed").isCancelRequested()),
                () -> awaitEnd("shared", "SUCCESS"),
                () -> awaitEnd("joined", "SUCCESS"),
                () -> awaitEnd("joinedToo", "SUCCESS"),
                () -> awaitEnd("leavesRunning", "SUCCESS"),
                () -> eventually(() -> "LEFT_RUNNING".equals(build("neverResumesLeaves").conclusion)),
                () -> assertFalse(only("neverResumesLeaves").isCancelRequested()),
                () -> assertFalse(build("limited").log.contains("checking whether")),
                () -> assertFalse(build("queued").log.contains("checking whether")),
                () -> awaitEnd("waitingNonAtomic", "SUCCESS"),
                () -> awaitEnd("actsLate", "SUCCESS"),
                () -> awaitEnd("notAnswered", "SUCCESS"),
                () -> awaitEnd("neverActs", "SUCCESS"),
                () -> assertTrue(build("neverActs").log.contains("sending the create request again")),
                () -> awaitEnd("cancelling", "ABORTED"),
                () -> eventually(() -> only("cancelling").phase() == SimPhase.CANCELLED),
                () -> eventually(() -> only("neverResumes").phase() == SimPhase.CANCELLED),
                () -> eventually(() -> only("freestyle").phase() == SimPhase.CANCELLED),
                () -> assertTrue(only("detached").isActive()),
                () -> assertFalse(only("detached").isCancelRequested()));
        only("neverResumesLeaves").forcePhase(SimPhase.COMPLETED);
        only("queuedDetached").forcePhase(SimPhase.COMPLETED);
        only("detached").failWith("long after");
        eventually(() -> "FAILED".equals(build("detached").conclusion));
        for (String job : projects.keySet()) {
            assertEquals(expectedCreates(job), creates(job), "creates of " + job);
        }
        assertEquals(List.of(), gitpod.simulator().records().active());
        neverActs.release();
        undecided.release();
        undecidedDropped.release();
    }

    private static long expectedCreates(String job) {
        return switch (job) {
            case "neverActs", "limited" -> 2;
            case "undecidedDropped", "queuedFreestyle" -> 0;
            default -> 1;
        };
    }

    private List<String> phases(String job) throws Exception {
        return build(job).phases.stream().map(PhaseChange::getPhase).toList();
    }

    @Test
    void killedJenkinsLosesOnlyWhenTheLastPhasesBegan() throws Throwable {
        real.javaOptions("-Dio.jenkins.plugins.gitpod.request.EngineProperties.saveDelay=1h");
        real.startJenkins();
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.run(rule -> Remote.connect(rule, url, text));
        project("waiting").plan(PhasePlan.stuckIn(SimPhase.PENDING));
        start("waiting", SAFE);
        start("completed", SAFE);
        eventually(() -> "PENDING".equals(phase("waiting")));
        only("waiting").forcePhase(SimPhase.RUNNING);
        eventually(() -> "RUNNING".equals(phase("waiting")));
        assertEquals(List.of("PENDING", "RUNNING"), phases("waiting"));
        Path build = real.getHome().toPath().resolve("jobs/waiting/builds/1/build.xml");
        assertFalse(Files.readString(build).contains("RUNNING"), "its phase is saved later");
        eventually(() -> prebuilds("completed").size() == 1);
        only("completed").forcePhase(SimPhase.COMPLETED);
        awaitEnd("completed", "SUCCESS");
        Path ledger = LedgerFiles.directory(real.getHome().toPath());
        eventually(() -> LedgerFiles.in(ledger).size() == 1);

        Remote.kill(real);
        Path completed =
                ledger.resolve("completed").resolve(project("completed").id() + ".xml");
        assertTrue(Files.readString(completed).contains(only("completed").id()));
        Instant killed = Instant.now();
        real.startJenkins();
        eventually(() -> "RUNNING".equals(phase("waiting")));
        assertEquals(List.of("PENDING", "RUNNING"), phases("waiting"));
        PhaseChange running = build("waiting").phases.get(1);
        assertTrue(running.startedAt().isAfter(killed), "first seen by this Jenkins: " + running);
        only("waiting").forcePhase(SimPhase.COMPLETED);
        awaitEnd("waiting", "SUCCESS");
        assertEquals(List.of("PENDING", "RUNNING", "COMPLETED"), phases("waiting"));
        assertEquals(1, creates("waiting"));
        assertEquals(1, creates("completed"));
    }

    private String phase(String job) throws Exception {
        return build(job).phase;
    }
}
