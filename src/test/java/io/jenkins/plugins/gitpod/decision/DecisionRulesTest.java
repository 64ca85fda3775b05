package io.jenkins.plugins.gitpod.decision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.RunTimes;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The decision as a table: inputs on the left, a decision on the right. Neither Gitpod nor Jenkins runs. */
@ExtendWith(EnglishTexts.class)
class DecisionRulesTest {

    private static final String REPOSITORY = "https://github.com/acme/shop";
    private static final String PROJECT_URL = "https://gitpod.example/projects/p/prebuilds";
    private static final String REVISION = "0123456789abcdef0123456789abcdef01234567";
    private static final Duration LONG = Duration.ofMinutes(30);

    private final PrebuildOptions options = new PrebuildOptions();
    private ProjectTarget target = ProjectTarget.branch("main");
    private Checkout checkout = branch("main");
    private ChangedPaths changed = ChangedPaths.MATCH;
    private boolean isAutomatic;

    private Duration age = Duration.ZERO;
    private LocalState.CompletedPrebuild completed;
    private final List<LocalState.ListedPrebuild> listed = new ArrayList<>();
    private boolean isHandled;
    private boolean missedChange;
    private Duration sinceLast;
    private final List<RunningPrebuild> running = new ArrayList<>();
    private final Set<UUID> forCommit = new HashSet<>();
    private final List<LocalState.ForeignPrebuild> foreign = new ArrayList<>();
    private boolean isAnyWithoutId;
    private CommitConditions conditions = CommitConditions.NONE;
    private ConditionState conditionState = ConditionState.NONE;
    private final Set<UUID> later = new HashSet<>();
    private final Map<UUID, Duration> overdue = new HashMap<>();
    private String ending;
    private String newerCommit;
    private boolean hasWaited;

    private static Checkout branch(String name) {
        return checkout(name, CheckedOut.Kind.BRANCH);
    }

    private static Checkout checkout(String name, CheckedOut.Kind kind) {
        CheckedOut found = new CheckedOut(List.of(REPOSITORY), List.of(name), List.of(), REVISION, kind, false);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    private DecisionInputs inputs() {
        Project project = new Project(
                "p",
                "shop",
                REPOSITORY,
                target,
                List.of(),
                new Project.PrebuildConfiguration(true, List.of()),
                false,
                new Project.Files("infra/devcontainer.json", null));
        return new DecisionInputs(project, checkout, changed, List.of(), List.of());
    }

    private Decision decide() {
        LocalState state = new LocalState(
                age,
                completed,
                listed,
                isHandled,
                missedChange,
                sinceLast,
                running,
                forCommit,
                foreign,
                isAnyWithoutId,
                conditionState,
                new QueueState(later, overdue, ending, newerCommit, hasWaited));
        return DecisionRules.decide(options, isAutomatic, conditions, inputs(), state, PROJECT_URL);
    }

    private RunningPrebuild addRunning(String prebuildId) {
        return add(prebuildId, false, true);
    }

    private RunningPrebuild add(String prebuildId, boolean isForeign, boolean isSameCredential) {
        RunningPrebuild added = new RunningPrebuild(
                UUID.randomUUID(),
                "shop#" + running.size(),
                prebuildId,
                "RUNNING",
                PROJECT_URL,
                null,
                isForeign,
                isSameCredential,
                running.size(),
                Instant.EPOCH);
        running.add(added);
        return added;
    }

    private void list(String id, Duration createdBefore, String builtFrom, String warning) {
        Prebuild prebuild = new Prebuild(
                id,
                new Prebuild.Metadata("p", "c", "a", null, Trigger.UNKNOWN),
                new Prebuild.Spec(PrebuildPhase.COMPLETED, null),
                new Prebuild.Status(
                        PrebuildPhase.COMPLETED,
                        "PREBUILD_PHASE_COMPLETED",
                        null,
                        null,
                        null,
                        warning,
                        null,
                        0,
                        7,
                        "1"));
        listed.add(new LocalState.ListedPrebuild(
                prebuild, createdBefore, builtFrom == null ? null : new EnvironmentGit(null, "main", builtFrom)));
    }

    private Decision.Skip assertReuses(String id, boolean missedChange) {
        Decision.Skip skip = assertSkips(id);
        PrebuildResult instead = skip.instead();
        assertNotNull(instead);
        assertThat(instead.getId(), is(id));
        assertThat(instead.isReused(), is(true));
        assertThat(instead.getSnapshotSizeBytes(), is(7L));
        assertThat(skip.missedChange(), is(missedChange));
        return skip;
    }

    private Decision.Skip assertSkips(String reason) {
        Decision decision = decide();
        assertThat(decision, instanceOf(Decision.Skip.class));
        Decision.Skip skip = (Decision.Skip) decision;
        assertThat(skip.reason(), containsString(reason));
        return skip;
    }

    private void assertCreates(UUID... cancelFirst) {
        assertEquals(new Decision.Create(List.of(cancelFirst)), decide());
    }

    private void assertChecksAgain() {
        assertEquals(new Decision.CheckAgain(DecisionRules.CHECK_INTERVAL), decide());
    }

    @Test
    void createsWhenNoOptionSaysOtherwise() {
        assertCreates();
        addRunning("one");
        foreign.add(new LocalState.ForeignPrebuild("two", "RUNNING", false, false));
        sinceLast = Duration.ZERO;
        assertCreates();
    }

    @Test
    void onlyProjectBranchSkipsOtherBranchesTagsAndChangeRequests() {
        options.setOnlyProjectBranch(true);
        assertCreates();
        checkout = branch("feature");
        assertThat(assertSkips("feature").missedChange(), is(false));
        checkout = checkout("v1", CheckedOut.Kind.TAG);
        assertSkips("v1");
        checkout = checkout("PR-1", CheckedOut.Kind.CHANGE_REQUEST);
        assertSkips("PR-1");
        target = new ProjectTarget(ProjectTarget.Kind.TAG, "v1");
        checkout = branch("main");
        assertSkips("v1");
    }

    @Test
    void withoutOnlyProjectBranchTheBranchIsSaidAndDoesNotDecide() {
        checkout = branch("feature");
        assertCreates();
        assertThat(DecisionRules.remarks(options, inputs()), contains(containsString("feature")));
        options.setOnlyProjectBranch(true);
        assertThat(DecisionRules.remarks(options, inputs()), is(empty()));
    }

    private static Checkout ofJob(String branch, boolean anyBranch) {
        CheckedOut found = new CheckedOut(
                List.of(REPOSITORY), List.of(branch), List.of(), REVISION, CheckedOut.Kind.BRANCH, anyBranch);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    @Test
    void aDefaultBranchThatIsNotKnownIsNeverCalledAnotherOne() {
        target = ProjectTarget.DEFAULT_BRANCH;
        checkout = ofJob("topic", true);
        assertCreates();
        assertThat(
                DecisionRules.remarks(options, inputs()), contains(containsString("cannot tell whether branch topic")));
        options.setOnlyProjectBranch(true);
        assertSkips("cannot tell whether branch topic is that branch");
        assertThat(DecisionRules.remarks(options, inputs()), is(empty()));
        checkout = ofJob("main", true);
        assertCreates();
        assertThat(DecisionRules.remarks(options, inputs()), is(empty()));
        checkout = ofJob("topic", false);
        assertCreates();
        assertThat(DecisionRules.remarks(options, inputs()), contains(containsString("assumed to be branch topic")));
    }

    @Test
    void aCommitThatHasACompletedPrebuildIsSkippedWithThatPrebuild() {
        completed = new LocalState.CompletedPrebuild("done", PROJECT_URL, null);
        Decision.Skip skip = assertSkips("01234567");
        assertNotNull(skip.instead());
        assertThat(skip.instead().getId(), is("done"));
        assertThat(skip.instead().getPhase(), is("COMPLETED"));
        assertThat(skip.missedChange(), is(false));
    }

    @Test
    void aCommitThatWasHandledIsSkippedUnlessNoCommitIsKnown() {
        isAutomatic = true;
        isHandled = true;
        assertSkips("01234567");
        checkout = null;
        assertCreates();
    }

    @Test
    void onlyIfChangedSkipsUnlessAnEarlierChangeWasMissed() {
        options.setOnlyIfChanged("docs/**");
        changed = ChangedPaths.NO_MATCH;
        assertThat(assertSkips("docs/**").missedChange(), is(false));
        missedChange = true;
        assertCreates();
        missedChange = false;
        changed = ChangedPaths.MATCH;
        assertCreates();
    }

    @Test
    void aSkipByTheFilesOfTheProjectNamesThem() {
        options.setOnlyIfChanged("environment, package-lock.json");
        changed = ChangedPaths.NO_MATCH;
        assertThat(
                assertSkips("No changed file matches environment, package-lock.json (")
                        .reason(),
                containsString("infra/devcontainer.json, infra/**, "));
    }

    @Test
    void minimumIntervalSkipsAndRemembersTheChange() {
        options.setMinimumInterval(30);
        assertCreates();
        sinceLast = Duration.ofMinutes(29);
        assertThat(assertSkips("30").missedChange(), is(true));
        sinceLast = Duration.ofMinutes(30);
        assertCreates();
    }

    /** The limits of the age, the commit, and the prebuilds that do not count. */
    @Test
    void maxAgeTakesTheNewestOneThatIsYoungerOrOfTheCommit() {
        list("old", Duration.ofHours(13), null, null);
        assertCreates();
        options.setMaxAge(12);
        assertCreates();
        options.setMaxAge(13);
        assertCreates();
        options.setMaxAge(14);
        assertThat(assertReuses("old", true).reason(), containsString("created 780 min ago"));
        // of the commit, whatever its age
        options.setMaxAge(12);
        list("own", Duration.ofHours(150), REVISION, null);
        assertThat(assertReuses("own", false).reason(), containsString("Commit 01234567 already has"));
        options.setForce(true);
        assertCreates();
        options.setMaxAge(14);
        assertReuses("old", true);
        options.setForce(false);
        // the newest one counts first
        listed.add(0, listed.remove(1));
        assertReuses("own", false);
    }

    @Test
    void maxAgeTakesAYoungPrebuildOfAnyCommitWhateverIsRunning() {
        options.setMaxAge(1);
        options.setMinimumInterval(60);
        sinceLast = Duration.ZERO;
        options.setWhenActive(WhenActive.JOIN);
        addRunning("one");
        list("of another commit", Duration.ofSeconds(-3), "fedcba98", null);
        assertReuses("of another commit", true);
        checkout = null;
        assertReuses("of another commit", true);
        listed.clear();
        list("of unknown age", null, null, null);
        assertThat(decide(), instanceOf(Decision.Join.class));
    }

    @ParameterizedTest
    @EnumSource(OnWarning.class)
    void aWarningThatMattersRulesOutAYoungPrebuild(OnWarning onWarning) {
        options.setMaxAge(1);
        options.setOnWarning(onWarning);
        list("warned", Duration.ZERO, REVISION, "a task failed");
        if (onWarning == OnWarning.IGNORE) {
            assertReuses("warned", false);
        } else {
            assertCreates();
            list("second", Duration.ofMinutes(59), null, null);
            assertReuses("second", true);
        }
    }

    // ---- conditions of automatic requests

    private static final ZonedDateTime NOON = ZonedDateTime.parse("2026-03-10T12:00:00+01:00[Europe/Berlin]");

    private static ConditionState newCommits(int number) {
        return new ConditionState(number, NOON, List.of());
    }

    @Test
    void quietHoursWaitUntilTheyAreOver() {
        isAutomatic = true;
        conditions = conditions.withQuietHours("11:00-13:30");
        conditionState = new ConditionState(null, NOON, List.of());
        assertEquals(new Decision.Wait(NOON.plusMinutes(90)), decide());
        addRunning("one");
        options.setWhenActive(WhenActive.SKIP);
        assertEquals(new Decision.Wait(NOON.plusMinutes(90)), decide());
        conditionState = new ConditionState(null, NOON.plusMinutes(90), List.of());
        assertSkips("is already running");
    }

    @Test
    void whatNeedsNoPrebuildDoesNotWaitForTheEndOfTheQuietHours() {
        isAutomatic = true;
        conditions = conditions.withQuietHours("11:00-13:30").withMinimumCommits(2);
        conditionState = new ConditionState(1, NOON, List.of());
        assertSkips("1 of 2");
        isHandled = true;
        assertSkips("already handled");
        options.setOnlyProjectBranch(true);
        checkout = branch("feature");
        assertSkips("feature");
    }

    private static RunTimes.Run run(int startedBefore, int endedBefore) {
        return new RunTimes.Run(
                "ran " + startedBefore,
                NOON.minusMinutes(startedBefore).toInstant(),
                NOON.minusMinutes(endedBefore).toInstant());
    }

    @Test
    void aUsedUpBudgetSkipsSaysWhenItIsFreeAndRemembersTheChange() {
        isAutomatic = true;
        conditions = conditions.withDailyBudget(60);
        conditionState = new ConditionState(null, NOON, List.of(run(24 * 60 - 10, 24 * 60 - 40), run(29, 0)));
        assertCreates();
        conditionState = new ConditionState(null, NOON, List.of(run(24 * 60 - 10, 24 * 60 - 40), run(35, 0)));
        Decision.Skip skip = assertSkips("The daily budget of 60 min for this project is used up");
        assertThat(skip.reason(), containsString("ran 65 min in the last 24 hours"));
        // 10 minutes from now the first one starts to leave the last 24 hours, and 5 minutes later there is room.
        assertThat(skip.reason(), containsString("possible from 2026-03-10 12:16 CET."));
        assertThat(skip.missedChange(), is(true));
        options.setWhenActive(WhenActive.JOIN);
        RunningPrebuild running = addRunning("one");
        assertEquals(new Decision.Join(running, true), decide());
    }

    @Test
    void minimumCommitsSkipsUntilThereAreEnoughAndRemembersTheChange() {
        isAutomatic = true;
        conditions = conditions.withMinimumCommits(5);
        assertCreates(); // the first one of the branch
        conditionState = newCommits(3);
        assertThat(assertSkips("There are 3 of 5 new commits").missedChange(), is(true));
        conditionState = newCommits(4);
        assertSkips("4 of 5");
        conditionState = newCommits(5);
        assertCreates();
        conditionState = newCommits(70);
        assertCreates();
    }

    @Test
    void minimumCommitsComesBeforeWhatIsRunningAndAfterWhatIsUnneeded() {
        isAutomatic = true;
        conditions = conditions.withMinimumCommits(5);
        conditionState = newCommits(1);
        options.setWhenActive(WhenActive.SKIP);
        addRunning("one");
        options.setMinimumInterval(30);
        sinceLast = Duration.ZERO;
        assertSkips("1 of 5");
        changed = ChangedPaths.NO_MATCH;
        options.setOnlyIfChanged("docs/**");
        assertThat(assertSkips("docs/**").missedChange(), is(false));
        missedChange = true;
        assertSkips("1 of 5");
    }

    @Test
    void cancelPreviousCancelsOwnPrebuildsOnly() {
        options.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        RunningPrebuild first = addRunning("one");
        add("two", true, true);
        RunningPrebuild third = addRunning("");
        assertCreates(first.requestId(), third.requestId());
    }

    @Test
    void joinTakesTheFirstRunningPrebuild() {
        options.setWhenActive(WhenActive.JOIN);
        RunningPrebuild first = addRunning("one");
        addRunning("two");
        assertEquals(new Decision.Join(first, true), decide());
        forCommit.add(first.requestId());
        assertEquals(new Decision.Join(first, false), decide());
    }

    @Test
    void onlyPrebuildsOfTheSameCredentialAreJoinedAndCancelled() {
        RunningPrebuild other = add("one", false, false);
        options.setWhenActive(WhenActive.SKIP);
        assertSkips(other.firstBuild());
        options.setWhenActive(WhenActive.JOIN);
        assertCreates();
        options.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        assertCreates();
        RunningPrebuild own = addRunning("two");
        assertCreates(own.requestId());
        options.setWhenActive(WhenActive.JOIN);
        assertEquals(new Decision.Join(own, true), decide());
    }

    @Test
    void joinTakesAForeignPrebuildOnceItIsSurelyForeign() {
        options.setWhenActive(WhenActive.JOIN);
        foreign.add(new LocalState.ForeignPrebuild("two", "RUNNING", false, false));
        assertEquals(new Decision.JoinForeign("two"), decide());
        isAnyWithoutId = true;
        assertChecksAgain();
        age = DecisionRules.MAX_WAIT_FOR_ID;
        assertEquals(new Decision.JoinForeign("two"), decide());
    }

    @ParameterizedTest
    @EnumSource(names = {"JOIN", "SKIP"})
    void aPrebuildThatMayComeFromALostCreateIsNeverForeign(WhenActive whenActive) {
        options.setWhenActive(whenActive);
        foreign.add(new LocalState.ForeignPrebuild("two", "RUNNING", true, false));
        assertChecksAgain();
        age = LONG;
        assertCreates();
    }

    /** Its end would not be seen either. */
    @ParameterizedTest
    @EnumSource(names = {"JOIN", "SKIP"})
    void aPrebuildThatCouldNotBeWatchedIsNotShared(WhenActive whenActive) {
        options.setWhenActive(whenActive);
        foreign.add(new LocalState.ForeignPrebuild("unseen", "RUNNING", false, true));
        foreign.add(new LocalState.ForeignPrebuild("unseen too", "RUNNING", true, true));
        assertCreates();
    }

    @Test
    void skipNamesTheRunningPrebuild() {
        options.setWhenActive(WhenActive.SKIP);
        RunningPrebuild one = addRunning("one");
        Decision.Skip skip = assertSkips("shop#0");
        assertNotNull(skip.instead());
        assertThat(skip.instead().getId(), is("one"));
        assertThat(skip.missedChange(), is(true));
        forCommit.add(one.requestId());
        assertThat(assertSkips("shop#0").missedChange(), is(false));
    }

    @Test
    void aStepThatSkipsWaitsForTheIdOfTheRunningPrebuild() {
        options.setWhenActive(WhenActive.SKIP);
        addRunning("");
        assertChecksAgain();
        isAutomatic = true;
        assertSkips("shop#0");
        isAutomatic = false;
        age = DecisionRules.MAX_WAIT_FOR_ID;
        assertSkips("shop#0");
    }

    @Test
    void skipNamesAForeignPrebuild() {
        options.setWhenActive(WhenActive.SKIP);
        foreign.add(new LocalState.ForeignPrebuild("two", "SNAPSHOTTING", false, false));
        Decision.Skip skip = assertSkips("two");
        assertNotNull(skip.instead());
        assertThat(skip.instead().getPhase(), is("SNAPSHOTTING"));
        assertThat(skip.missedChange(), is(true));
    }

    private void assertWaits(String what, Duration recheck) {
        Decision decision = decide();
        assertThat(decision, instanceOf(Decision.WaitForEnd.class));
        assertThat(((Decision.WaitForEnd) decision).line(), containsString(what));
        assertThat(((Decision.WaitForEnd) decision).recheck(), is(recheck));
    }

    private void assertSuperseded(String by) {
        Decision decision = decide();
        assertThat(decision, instanceOf(Decision.Superseded.class));
        Decision.Skip skip = ((Decision.Superseded) decision).skip();
        assertThat(skip.reason(), containsString(by));
        assertThat(skip.missedChange(), is(true));
    }

    @Test
    void queueWaitsForWhateverRunsAndThenCreates() {
        options.setWhenActive(WhenActive.QUEUE);
        foreign.add(new LocalState.ForeignPrebuild("foreign", "RUNNING", false, false));
        ending = "";
        addRunning("");
        assertWaits("the Gitpod prebuild that shop#0 is requesting", QueueRules.OWN_RECHECK);
        running.clear();
        add("joined", true, true);
        assertWaits("joined, which this Jenkins did not create", QueueRules.OWN_RECHECK);
        running.clear();
        add("one", false, false);
        assertWaits("prebuild one, requested by shop#0", QueueRules.OWN_RECHECK);
        running.clear();
        assertWaits("an earlier prebuild", QueueRules.OWN_RECHECK);
        ending = "two";
        assertWaits("prebuild two", QueueRules.OWN_RECHECK);
        ending = null;
        assertWaits("foreign, which this Jenkins did not create", QueueRules.FOREIGN_RECHECK);
        foreign.set(0, new LocalState.ForeignPrebuild("lost", "RUNNING", true, false));
        age = LONG;
        assertWaits("lost", QueueRules.FOREIGN_RECHECK);
        foreign.set(0, new LocalState.ForeignPrebuild("unseen", "RUNNING", false, true));
        assertWaits("unseen, which this Jenkins could not watch any longer", QueueRules.FOREIGN_RECHECK);
        foreign.clear();
        assertCreates();
    }

    /** Gitpod builds the newest commit of the branch when it creates a prebuild. */
    @Test
    void aStepInTheQueueSharesAPrebuildThatHasItsCommit() {
        options.setWhenActive(WhenActive.QUEUE);
        addRunning("earlier");
        RunningPrebuild second = addRunning("second");
        assertWaits("earlier", QueueRules.OWN_RECHECK);
        later.add(second.requestId());
        assertEquals(new Decision.Join(second, false), decide());
        later.clear();
        forCommit.add(second.requestId());
        assertEquals(new Decision.Join(second, false), decide());
        options.setForce(true);
        assertWaits("earlier", QueueRules.OWN_RECHECK);
        later.add(second.requestId());
        assertEquals(new Decision.Join(second, false), decide());
        running.clear();
        later.add(add("of another credential", false, false).requestId());
        assertWaits("of another credential", QueueRules.OWN_RECHECK);
    }

    @Test
    void anAutomaticRequestInTheQueueNeedsNoOtherPrebuildThanOneThatHasItsCommit() {
        options.setWhenActive(WhenActive.QUEUE);
        isAutomatic = true;
        RunningPrebuild one = add("one", false, false);
        assertWaits("one", QueueRules.OWN_RECHECK);
        later.add(one.requestId());
        Decision.Skip skip = assertSkips("requested by shop#0 is already running and contains commit 01234567");
        assertNotNull(skip.instead());
        assertThat(skip.instead().getId(), is("one"));
        assertThat(skip.missedChange(), is(false));
    }

    @Test
    void ofAutomaticRequestsOnlyTheNewestWaits() {
        options.setWhenActive(WhenActive.QUEUE);
        addRunning("one");
        newerCommit = "fedcba9876543210";
        assertWaits("one", QueueRules.OWN_RECHECK);
        isAutomatic = true;
        assertSuperseded("for commit fedcba98, waits");
        running.clear();
        assertCreates();
    }

    @Test
    void aRequestThatHasWaitedIsDecidedByAllRules() {
        options.setWhenActive(WhenActive.QUEUE);
        options.setMinimumInterval(30);
        hasWaited = true;
        sinceLast = Duration.ZERO;
        RunningPrebuild one = addRunning("one");
        assertWaits("one", QueueRules.OWN_RECHECK);
        running.remove(one);
        assertSkips("30");
        completed = new LocalState.CompletedPrebuild("done", PROJECT_URL, null);
        assertSkips("done");
    }

    @Test
    void cancelPreviousWaitsForAPrebuildOfARowThatIsTooOld() {
        options.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        RunningPrebuild first = addRunning("one");
        ending = "cancelled";
        foreign.add(new LocalState.ForeignPrebuild("foreign", "RUNNING", false, false));
        assertCreates(first.requestId());
        overdue.put(first.requestId(), Duration.ofMinutes(61));
        assertWaits("one of shop#0 is not cancelled, because none has completed for 61 min", QueueRules.OWN_RECHECK);
        isAutomatic = true;
        newerCommit = "fedcba9876543210";
        assertSuperseded("for commit fedcba98, waits");
        isAutomatic = false;
        running.clear();
        overdue.put(add("of another credential", false, false).requestId(), LONG);
        overdue.put(add("foreign", true, true).requestId(), LONG);
        assertCreates();
    }

    @Test
    void cancelPreviousSharesThePrebuildThatWasRequestedWhileItWaited() {
        options.setWhenActive(WhenActive.CANCEL_PREVIOUS);
        RunningPrebuild next = addRunning("next");
        later.add(next.requestId());
        assertCreates(next.requestId());
        hasWaited = true;
        assertEquals(new Decision.Join(next, false), decide());
    }

    /** Each rule alone would decide; together the branch comes first, then the commit, the running prebuilds, the time. */
    @Test
    void rulesApplyInTheirOrder() {
        options.setWhenActive(WhenActive.JOIN);
        options.setOnlyProjectBranch(true);
        options.setMinimumInterval(30);
        checkout = branch("feature");
        completed = new LocalState.CompletedPrebuild("done", PROJECT_URL, null);
        RunningPrebuild one = addRunning("one");
        sinceLast = Duration.ZERO;
        assertSkips("feature");
        checkout = branch("main");
        assertSkips("done");
        completed = null;
        assertEquals(new Decision.Join(one, true), decide());
        running.clear();
        assertSkips("30");
        sinceLast = null;
        assertCreates();
    }
}
