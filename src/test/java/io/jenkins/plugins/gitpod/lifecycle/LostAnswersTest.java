package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Some cells of the fault matrix, from the step's point of view. */
@ExtendWith(FastLimits.class)
@WithJenkins
class LostAnswersTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    /** A Gitpod whose reads lag its writes, under the name "lagging". */
    private static final GitpodSimulator LAGGING =
            GitpodSimulator.builder().readLag(Duration.ofSeconds(1)).start();

    private static JenkinsRule jenkins;

    private SimProject project;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        GitpodConnection shared =
                new GitpodConnection("shared", GITPOD.simulator().apiUrl().toString());
        shared.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        shared.setSharedAccount(true);
        GitpodFixture.addCredential("lagging", LAGGING.account("jenkins").token());
        GitpodConnection lagging =
                new GitpodConnection("lagging", LAGGING.apiUrl().toString());
        lagging.setCredentialsId("lagging");
        GitpodGlobalConfiguration all = GitpodGlobalConfiguration.get();
        all.setConnections(List.of(all.getConnections().get(0), shared, lagging));
    }

    @AfterAll
    static void close() {
        GITPOD.close();
        LAGGING.close();
    }

    @BeforeEach
    void newProject() {
        project = GITPOD.simulator().addProject("p" + UUID.randomUUID()).plan(PhasePlan.quick(Duration.ofSeconds(1)));
    }

    @AfterEach
    void noFaults() {
        GITPOD.simulator().faults().clear();
        LAGGING.faults().clear();
    }

    private List<SimPrebuild> prebuilds() {
        return Stream.concat(GITPOD.simulator().records().prebuilds().stream(), LAGGING.records().prebuilds().stream())
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    private static void onCreate(Fault fault) {
        GITPOD.simulator().faults().add("CreatePrebuild", fault);
    }

    private WorkflowRun run(Result expected, String... options) throws Exception {
        String script = "def p = " + GITPOD.stepOf(project, options) + "\necho \"got ${p.id} ${p.phase}\"";
        return jenkins.buildAndAssertStatus(expected, pipeline(jenkins, script));
    }

    static Stream<Arguments> lostAfterActing() {
        return Stream.of(
                        Fault.resetAfterActing(),
                        Fault.closeAfterActing(),
                        Fault.truncatedJson(),
                        Fault.htmlStatus(502).afterActing(),
                        Fault.retryAfterZero503().afterActing())
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("lostAfterActing")
    void createThatWasDoneThoughItsAnswerWasLostIsAdopted(Fault fault) throws Exception {
        onCreate(fault);
        WorkflowRun build = run(Result.SUCCESS);
        assertEquals(1, prebuilds().size());
        jenkins.assertLogContains("got " + prebuilds().get(0).id() + " COMPLETED", build);
        jenkins.assertLogContains("No response to the create request", build);
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void controllerWhoseClockIsTenMinutesOffFindsItsPrebuild(int minutes) throws Exception {
        GITPOD.simulator().clockOffset(Duration.ofMinutes(minutes));
        try {
            onCreate(Fault.closeAfterActing());
            WorkflowRun build = run(Result.SUCCESS);
            assertEquals(1, prebuilds().size());
            jenkins.assertLogContains("got " + prebuilds().get(0).id() + " COMPLETED", build);
            PrebuildRecord record =
                    build.getAction(PrebuildAction.class).getRecords().get(0);
            assertThat(record.getResult().getDurationMillis(), lessThan(60_000L));
        } finally {
            GITPOD.simulator().clockOffset(Duration.ZERO);
        }
    }

    static Stream<Arguments> lostBeforeActing() {
        return Stream.of(Fault.resetBeforeActing(), Fault.status(500, "internal", "oops"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("lostBeforeActing")
    void createOfWhichNothingTurnsUpIsSentAgain(Fault fault) throws Exception {
        onCreate(fault);
        WorkflowRun build = run(Result.SUCCESS);
        assertEquals(1, prebuilds().size());
        jenkins.assertLogContains("got " + prebuilds().get(0).id() + " COMPLETED", build);
        jenkins.assertLogContains("sending the create request again (1 of at most 3)", build);
    }

    @Test
    void createThatIsNeverAnsweredFailsAndTellsHowOftenItWasSent() throws Exception {
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("CreatePrebuild", Fault.resetBeforeActing()).forever());
        WorkflowRun build = run(Result.FAILURE);
        assertEquals(0, prebuilds().size());
        jenkins.assertLogContains("sending the create request again (3 of at most 3)", build);
        jenkins.assertLogContains("The create request was sent 4 times. No such prebuild was found.", build);
        jenkins.assertLogContains("/projects/" + project.id() + "/prebuilds", build);
    }

    @Test
    void accountSharedWithOthersIsNotAskedAgain() throws Exception {
        onCreate(Fault.resetBeforeActing());
        WorkflowRun build = run(Result.FAILURE, "connection: 'shared'");
        assertEquals(0, prebuilds().size());
        jenkins.assertLogContains("No such prebuild was found. No new one was requested", build);
    }

    @Test
    void refusedWithAWaitIsAskedForAgainAndMadeOnce() throws Exception {
        onCreate(Fault.rateLimit(Duration.ofSeconds(1)));
        run(Result.SUCCESS);
        assertEquals(1, prebuilds().size());
    }

    @Test
    void accountSharedWithOthersAdoptsAndCancelsNothingButListsWhatWasFound() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        onCreate(Fault.resetAfterActing());
        WorkflowRun build = run(Result.FAILURE, "connection: 'shared'");
        SimPrebuild prebuild = prebuilds().get(0);
        jenkins.assertLogContains("the account is shared with other automation", build);
        jenkins.assertLogContains(prebuild.id(), build);
        assertTrue(prebuild.isActive());
        assertFalse(prebuild.isCancelRequested());
        prebuild.forcePhase(SimPhase.COMPLETED);
    }

    @Test
    void severalLostAtOnceAreEachGivenOneOfTheirOwn() throws Exception {
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("CreatePrebuild", Fault.resetAfterActing()).times(3));
        StringBuilder branches = new StringBuilder();
        for (String name : List.of("a", "b", "c")) {
            branches.append(name + ": { def p = " + GITPOD.stepOf(project) + "\nids." + name + " = p.id },");
        }
        WorkflowRun build = jenkins.buildAndAssertSuccess(pipeline(
                jenkins,
                "def ids = [:]; parallel " + branches + " failFast: false\n"
                        + "echo \"different: ${ids.values().toSet().size()}\""));
        assertEquals(3, prebuilds().size());
        jenkins.assertLogContains("different: 3", build);
    }

    @Test
    void readsThatLagTheWriteFindTheLostPrebuildAllTheSame() throws Exception {
        project = LAGGING.addProject("lagging").plan(PhasePlan.quick(Duration.ofSeconds(3)));
        LAGGING.faults().add("CreatePrebuild", Fault.resetAfterActing());
        WorkflowRun build = run(Result.SUCCESS, "connection: 'lagging'");
        jenkins.assertLogContains("got " + prebuilds().get(0).id() + " COMPLETED", build);
        assertEquals(1, prebuilds().size());
    }

    @Test
    void notFoundRightAfterTheCreateIsTolerated() throws Exception {
        project = LAGGING.addProject("not found").plan(PhasePlan.quick(Duration.ofSeconds(3)));
        run(Result.SUCCESS, "connection: 'lagging'");
        assertEquals(1, prebuilds().size());
    }

    @Test
    void createThatActsOnlyAfterAnotherOneWasMadeIsCancelledAndSaid() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Fault.Hang late = Fault.hangBeforeActing();
        onCreate(late);
        WorkflowRun build =
                pipeline(jenkins, GITPOD.stepOf(project)).scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofSeconds(120)).until(() -> prebuilds().size() == 1);
        late.release();
        await().until(() -> prebuilds().size() == 2);
        SimPrebuild surplus = prebuilds().get(1);
        await().atMost(Duration.ofSeconds(60)).until(surplus::phase, SimPhase.CANCELLED::equals);
        awaitLog(build, "Gitpod prebuild " + surplus.id() + " came from a create request that got no response");
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(60)).until(LedgerFiles::open, List::isEmpty);
    }

    @Test
    void prebuildOfALateCreateIsNotJoinedAsIfSomebodyElseHadCreatedIt() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        Fault.Hang late = Fault.hangBeforeActing();
        onCreate(late);
        WorkflowRun build =
                pipeline(jenkins, GITPOD.stepOf(project)).scheduleBuild2(0).waitForStart();
        await().atMost(Duration.ofSeconds(120)).until(() -> prebuilds().size() == 1);
        prebuilds().get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        Fault.Hang lookUps = Fault.hangBeforeActing();
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("ListPrebuilds", lookUps)
                        .when(call -> call.body().contains("creatorIds"))
                        .forever());
        late.release();
        await().until(() -> prebuilds().size() == 2);
        WorkflowRun joining = pipeline(jenkins, GITPOD.stepOf(project, "whenActive: 'JOIN'"))
                .scheduleBuild2(0)
                .waitForStart();
        await().atMost(Duration.ofSeconds(30)).until(() -> decisions() > 1);
        lookUps.release();
        await().atMost(Duration.ofSeconds(60)).until(prebuilds().get(1)::phase, SimPhase.CANCELLED::equals);
        await().atMost(Duration.ofSeconds(30)).until(() -> prebuilds().size() == 3);
        prebuilds().get(2).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(joining));
    }

    /** How often the running prebuilds of the project were listed for a decision. */
    private long decisions() {
        return GITPOD.simulator().records().calls().stream()
                .filter(call -> call.method().equals("ListPrebuilds"))
                .filter(call ->
                        call.body().contains(project.id()) && !call.body().contains("creatorIds"))
                .count();
    }

    @Test
    void troubleWithReadsAndCancelsEndsNothingAndTheCancelIsTriedUntilItIsTaken() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        for (String method : List.of("GetPrebuild", "ListPrebuilds", "CancelPrebuild")) {
            GITPOD.simulator()
                    .faults()
                    .add(FaultRule.on(method, Fault.htmlStatus(502)).times(2));
        }
        WorkflowRun build =
                pipeline(jenkins, GITPOD.stepOf(project)).scheduleBuild2(0).waitForStart();
        awaitLog(build, "Gitpod prebuild: RUNNING");
        build.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
        await().atMost(Duration.ofSeconds(30)).until(prebuilds().get(0)::phase, SimPhase.CANCELLED::equals);
    }
}
