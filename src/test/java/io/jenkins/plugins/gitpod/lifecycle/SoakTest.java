package io.jenkins.plugins.gitpod.lifecycle;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/**
 * Builds at random, with random faults and early ends, in a real Jenkins that is killed or restarted now and then. Its plugin
 * was installed without a restart, and its clock may be ten minutes off. Afterwards the simulator's records, the ledger and
 * Jenkins' builds must agree, prebuild by prebuild. The ordinary build runs a short form, the Maven profile {@code soak} the
 * full one; {@code -Dsoak.seed=…} replays what a run did.
 *
 * <p>One class, because each step of a run depends on what the steps before it drew at random.
 */
class SoakTest {

    private static final int BUILDS = Integer.getInteger("soak.builds", 12);
    private static final int KILLS = Integer.getInteger("soak.kills", 1);
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime());
    private static final String MOVED = "-moved";
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final List<String> DURABILITY =
            List.of("MAX_SURVIVABILITY", "SURVIVABLE_NONATOMIC", "PERFORMANCE_OPTIMIZED");

    @RegisterExtension
    private final RealJenkinsExtension real =
            Remote.extension().omitPlugins(DynamicLoadTest.PLUGIN).withTimeout(7200);

    private final GitpodFixture gitpod = new GitpodFixture();
    private final Random random = new Random(SEED);
    private final List<SimProject> projects = new ArrayList<>();

    /** Of each job, which of Gitpod's prebuilds is its own: the project and a time-out that no other job has. */
    private final Map<String, String> marks = new HashMap<>();

    /** The projects of the requests that have to be undecided when their jobs are renamed. */
    private final Set<String> heldProjects = ConcurrentHashMap.newKeySet();

    /** The jobs that were renamed. */
    private final Set<String> moved = new TreeSet<>();

    @AfterEach
    void close() {
        gitpod.close();
    }

    /** Says when a run did what, beside the log of its Jenkins. */
    private static void note(String what) {
        System.out.println("Soak: " + Instant.now() + " " + what);
    }

    private static String mark(SimPrebuild prebuild) {
        return prebuild.projectId() + " " + prebuild.timeout();
    }

    @Test
    void booksLedgerAndBuildsAgreeWhateverHappened() throws Throwable {
        System.out.println("Soak: " + BUILDS + " builds, " + KILLS + " kills; replay with -Dsoak.builds=" + BUILDS
                + " -Dsoak.kills=" + KILLS + " -Dsoak.seed=" + SEED);
        for (int i = 0; i < 3; i++) {
            projects.add(gitpod.simulator().addProject("soak" + i));
        }
        int minutes = 10 * (random.nextInt(3) - 1);
        System.out.println("Soak: Gitpod's clock is " + minutes + " minutes ahead");
        gitpod.simulator().clockOffset(Duration.ofMinutes(minutes));
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        real.startJenkins();
        DynamicLoadTest.install(real);
        real.run(rule -> Remote.connect(rule, url, text));
        int killed = 0;
        for (int i = 0; i < BUILDS; i++) {
            addFaults();
            start(i);
            if (random.nextInt(4) == 0) {
                move("b" + random.nextInt(i + 1));
            }
            if (random.nextInt(3) == 0) {
                end("b" + random.nextInt(i + 1));
            }
            if (killed == KILLS && random.nextInt(4) == 0) {
                // A crash after that would lose the build's record for good.
                String job = name("b" + random.nextInt(i + 1));
                note("break the saving of " + job);
                real.run(rule -> Remote.breakSaving(rule, job));
            }
            if (killed < KILLS && (i + 1) >= BUILDS * (killed + 1) / (KILLS + 1)) {
                if (killed == 0 || random.nextBoolean()) {
                    note("kill Jenkins");
                    Remote.kill(real);
                } else {
                    note("stop Jenkins");
                    real.stopJenkins();
                }
                killed++;
                real.startJenkins();
            }
        }
        settle();
        check();
    }

    private void addFaults() {
        String method = List.of(
                        "CreatePrebuild",
                        "CreatePrebuild",
                        "GetPrebuild",
                        "ListPrebuilds",
                        "CancelPrebuild",
                        "GetProject")
                .get(random.nextInt(6));
        Fault fault =
                switch (random.nextInt(9)) {
                    case 0 -> Fault.resetBeforeActing();
                    case 1 -> Fault.resetAfterActing();
                    case 2 -> Fault.closeAfterActing();
                    case 3 -> Fault.htmlStatus(502);
                    case 4 -> Fault.retryAfterZero503().afterActing();
                    case 5 -> Fault.rateLimit(Duration.ofSeconds(1));
                    case 6 -> Fault.truncatedJson();
                    case 7 -> Fault.status(500, "internal", "oops");
                    default -> Fault.unknownEnum();
                };
        if (random.nextInt(2) == 0) {
            int times = 1 + random.nextInt(3);
            note(method + " will have trouble " + times + " times: " + fault);
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on(method, fault).times(times).when(this::isNotHeld));
        }
    }

    /** Otherwise such a fault could strike instead of the one that holds the call, and the request would be decided. */
    private boolean isNotHeld(Call call) {
        return !call.method().equals("GetProject") || heldProjects.stream().noneMatch(call.body()::contains);
    }

    private PhasePlan plan() {
        return switch (random.nextInt(4)) {
            case 0 -> PhasePlan.quick(Duration.ofMillis(500 + random.nextInt(3000)));
            case 1 -> PhasePlan.failing("as it happens").scaled(0.002);
            default -> PhasePlan.stuckIn(SimPhase.RUNNING);
        };
    }

    private void start(int i) throws Throwable {
        String job = "b" + i;
        note("start " + job);
        // A request with a condition is undecided for a while. None of another build may be found, for what they share
        // has no mark.
        boolean hasCondition = random.nextInt(4) == 0;
        SimProject project =
                hasCondition ? gitpod.simulator().addProject("own" + i) : projects.get(i % projects.size());
        project.plan(plan());
        int timeout = 5 + i / projects.size();
        marks.put(job, project.id() + " " + timeout * 60 + "s");
        if (random.nextInt(6) == 0) {
            String projectId = project.id();
            real.run(rule -> Remote.startFreestyle(rule, job, projectId, timeout));
            return;
        }
        String wait = random.nextInt(5) == 0 ? "wait: false" : "wait: true";
        String whenActive = hasCondition ? "whenActive: 'JOIN'" : "whenActive: 'START'";
        String script = "catchError { " + gitpod.stepOf(project, "timeout: " + timeout, wait, whenActive) + " }";
        String durability = DURABILITY.get(random.nextInt(DURABILITY.size()));
        if (hasCondition && random.nextBoolean()) {
            startAndMoveUndecided(job, project, script, durability);
        } else {
            real.run(rule -> Remote.startPipeline(rule, job, script, durability));
        }
    }

    /** The job is renamed while Gitpod does not answer, so that its request is undecided. */
    private void startAndMoveUndecided(String job, SimProject project, String script, String durability)
            throws Throwable {
        String id = project.id();
        Fault.Hang hang = Fault.hangBeforeActing();
        heldProjects.add(id);
        gitpod.simulator()
                .faults()
                .add(FaultRule.on("GetProject", hang).when(call -> call.body().contains(id)));
        real.run(rule -> Remote.startPipeline(rule, job, script, durability));
        await(job + " asks for its project").atMost(PATIENCE).until(() -> hang.held() == 1);
        move(job);
        hang.release();
    }

    private void end(String job) throws Throwable {
        String how = List.of("ABORT", "TERM", "KILL").get(random.nextInt(3));
        String name = name(job);
        note(how + " " + name);
        real.run(rule -> Remote.end(rule, name, how));
    }

    private void move(String job) throws Throwable {
        if (moved.add(job)) {
            String name = name(job);
            note("rename " + job);
            real.run(rule -> Remote.rename(rule, job, name));
        }
    }

    /** The present name of a job. */
    private String name(String job) {
        return moved.contains(job) ? job + MOVED : job;
    }

    /** Which prebuilds are those of a build's job, whatever its name is now. */
    private String mark(Remote.Build build) {
        return marks.get(build.job.replace(MOVED, ""));
    }

    /** No more faults; what still waits or is detached ends well, all else must be ended by Jenkins. */
    private void settle() throws Throwable {
        gitpod.simulator().faults().clear();
        await("what nobody owns is ended")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> describe(unowned()), emptyString());
        await("all builds end")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> {
                            completeOwned();
                            return builds().stream()
                                    .filter(build -> build.building)
                                    .map(Remote.Build::toString)
                                    .collect(joining("\n"));
                        },
                        emptyString());
        await("the ledger closes")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> {
                            completeOwned();
                            return open().stream()
                                    .filter(entry -> entry.contains("<prebuildId>"))
                                    .toList();
                        },
                        empty());
    }

    /** What a failure is told with: each prebuild with its build and with what the ledger still holds open. */
    private String describe(List<SimPrebuild> prebuilds) throws Exception {
        if (prebuilds.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        List<Remote.Build> builds = builds();
        for (SimPrebuild prebuild : prebuilds) {
            text.append(prebuild).append(" of ");
            builds.stream().filter(build -> mark(prebuild).equals(mark(build))).forEach(text::append);
            text.append('\n');
        }
        return text.append(open()).toString();
    }

    /** Again and again, for a slow build may only now have its prebuild made. */
    private void completeOwned() throws Exception {
        List<SimPrebuild> unowned = unowned();
        gitpod.simulator().records().active().stream()
                .filter(prebuild -> !unowned.contains(prebuild))
                .forEach(prebuild -> prebuild.forcePhase(SimPhase.COMPLETED));
    }

    private List<Remote.Build> builds() throws Exception {
        try {
            return real.runRemotely(Remote::builds);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Active prebuilds that are neither those of a build that runs nor detached ones. */
    private List<SimPrebuild> unowned() throws Exception {
        Set<String> owned = new TreeSet<>();
        Set<String> building = new TreeSet<>();
        for (Remote.Build build : builds()) {
            if (build.building) {
                building.add("<buildId>" + build.job + "#1</buildId>");
            }
            if (build.building || build.detached) {
                owned.add(String.valueOf(build.prebuildId));
            }
        }
        // Jenkins may have lost the record of a build, or the whole build that started a detached one.
        String kept = open().stream()
                .filter(entry -> !entry.contains("<cancelReason>"))
                .filter(entry -> entry.contains("<detached>true</detached>")
                        || building.stream().anyMatch(entry::contains))
                .collect(joining());
        return gitpod.simulator().records().active().stream()
                .filter(prebuild -> !owned.contains(prebuild.id()) && !kept.contains(prebuild.id()))
                .toList();
    }

    /** The ledger's open entries. */
    private List<String> open() throws IOException {
        List<String> open = new ArrayList<>();
        for (Path file : LedgerFiles.in(LedgerFiles.directory(real.getHome().toPath()))) {
            try {
                open.add(Files.readString(file));
            } catch (NoSuchFileException closedJustNow) {
                // Then it is not open.
            }
        }
        return open;
    }

    private void check() throws Exception {
        List<String> violations = new ArrayList<>();
        Map<String, Remote.Build> byPrebuild = new HashMap<>();
        Map<String, Remote.Build> byMark = new HashMap<>();
        for (Remote.Build build : builds()) {
            byMark.put(mark(build), build);
            if (build.records > 1) {
                violations.add("more than one request of " + build);
            }
            if (build.prebuildId != null && byPrebuild.put(build.prebuildId, build) != null) {
                violations.add("prebuild of two builds: " + build);
            }
            if (build.prebuildId != null) {
                compare(build, gitpod.simulator().prebuild(build.prebuildId), violations);
            }
        }
        Set<String> made = new TreeSet<>();
        for (SimPrebuild prebuild : gitpod.simulator().records().prebuilds()) {
            // What was made too many for a request is cancelled.
            if (prebuild.phase() != SimPhase.CANCELLED && !made.add(mark(prebuild))) {
                violations.add("a second one of the same request: " + prebuild + " " + byMark.get(mark(prebuild)));
            }
            if (prebuild.isActive()) {
                violations.add("left running: " + prebuild + " " + byMark.get(mark(prebuild)));
            }
            if (!byPrebuild.containsKey(prebuild.id())) {
                // Made, but never surely known as whose: then its build was told so, or did not live to be told. Of a
                // build
                // that was killed right after its start, Jenkins may know nothing at all.
                Remote.Build asked = byMark.get(mark(prebuild));
                boolean askedFor = marks.containsValue(mark(prebuild));
                boolean toldOtherwise =
                        asked != null && "COMPLETED".equals(asked.conclusion) && asked.prebuildId == null;
                if (!askedFor || toldOtherwise) {
                    violations.add("in no record: " + prebuild + " " + asked);
                }
            }
        }
        violations.addAll(gitpod.simulator().records().violations());
        System.out.println("Soak: " + BUILDS + " builds, " + KILLS + " kills, "
                + gitpod.simulator().records().prebuilds().size() + " prebuilds, ends " + ends() + ", "
                + violations.size()
                + " violations");
        assertEquals(List.of(), violations, "seed " + SEED);
    }

    /** How often builds were told what: a run in which hardly anything happened proves little. */
    private Map<String, Integer> ends() throws Exception {
        Map<String, Integer> ends = new TreeMap<>();
        for (Remote.Build build : builds()) {
            ends.merge(build.records == 0 ? "no request" : build.conclusion, 1, Integer::sum);
        }
        return ends;
    }

    private static void compare(Remote.Build build, SimPrebuild prebuild, List<String> violations) {
        boolean agrees =
                switch (build.conclusion) {
                    case "COMPLETED" -> prebuild.phase() == SimPhase.COMPLETED;
                    case "FAILED" -> prebuild.phase() == SimPhase.FAILED;
                    // Or it ended by itself while the cancel was on its way.
                    case "CANCELLED" -> !prebuild.isActive();
                    case "ERROR" -> !prebuild.isActive();
                    default -> false;
                };
        if (!agrees) {
            violations.add(prebuild + " is not what is recorded: " + build);
        }
    }
}
