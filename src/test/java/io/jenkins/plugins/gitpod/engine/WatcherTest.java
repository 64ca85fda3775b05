package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.Records;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One watcher alone, over HTTP against the simulator, in simulated time. */
class WatcherTest {

    private static final String GET = "GetPrebuild";
    private static final String LIST = "ListPrebuilds";

    private final EngineFixture fixture =
            EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin();
    private final GitpodClient client = fixture.client(fixture.endpoint(), BearerToken.of(fixture.account.token()));
    private final Watcher watcher =
            new Watcher(client, fixture.runtime, EngineSettings.defaults(), 4, null, new Semaphore(0));
    private final Records records = fixture.gitpod.records();
    private final Map<String, Heard> heard = new LinkedHashMap<>();

    private static final class Heard implements WatchList.Reader {
        final List<Prebuild> read = new ArrayList<>();
        final List<GitpodException> failures = new ArrayList<>();

        @Override
        public void read(Prebuild prebuild) {
            read.add(prebuild);
        }

        @Override
        public void failed(GitpodException e) {
            failures.add(e);
        }
    }

    @AfterEach
    void end() {
        watcher.stop();
        fixture.close();
    }

    private String create(SimProject project) {
        try {
            return client.createPrebuild(project.id(), null, null).id();
        } catch (GitpodException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> watch(int number) {
        return watch(number, fixture.project);
    }

    private List<String> watch(int number, SimProject project) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String id = create(project);
            Heard reader = new Heard();
            heard.put(id, reader);
            watcher.watch(id, project.id(), reader);
            ids.add(id);
        }
        return ids;
    }

    private void begin() {
        fixture.runtime.advance(Duration.ofSeconds(40)); // all are RUNNING by then
        heard.values().forEach(each -> {
            each.read.clear();
            each.failures.clear();
        });
        records.clear();
    }

    private void aRound() {
        int before = rounds();
        fixture.runtime.runUntil(() -> rounds() > before, Duration.ofMinutes(7));
        fixture.runtime.settle();
    }

    /** Rounds are told apart by their times. */
    private int rounds() {
        return (int) records.calls().stream().map(Call::at).distinct().count();
    }

    /** A thousand prebuilds in one phase, watched with events that the test tells. The budget of calls is used up. */
    private final class ThousandWithEvents implements AutoCloseable {

        private final List<EventSource.Listener> listeners = new ArrayList<>();
        private final Watcher eventful = new Watcher(
                client,
                fixture.runtime,
                EngineSettings.defaults(),
                4,
                listener -> {
                    listeners.add(listener);
                    listener.opened();
                    return () -> {};
                },
                new Semaphore(1));
        private final List<String> ids = new ArrayList<>();

        ThousandWithEvents(SimPhase phase) {
            for (int i = 0; i < 20; i++) {
                SimProject project =
                        fixture.gitpod.addProject("project " + i).plan(PhasePlan.stuckIn(SimPhase.PENDING));
                for (int j = 0; j < 50; j++) {
                    String id = create(project);
                    Heard reader = new Heard();
                    heard.put(id, reader);
                    eventful.watch(id, project.id(), reader);
                    ids.add(id);
                }
            }
            fixture.runtime.advance(Duration.ofMinutes(1));
            // An event for each makes the watcher read them all by lists, which uses up its calls.
            for (SimPhase each : List.of(SimPhase.STARTING, SimPhase.RUNNING, SimPhase.STOPPING, phase)) {
                ids.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(each));
                ids.forEach(this::tell);
                aRound();
            }
            heard.values().forEach(each -> each.read.clear());
            records.clear();
        }

        void tell(String id) {
            listeners.forEach(each -> each.event(new PrebuildEvent(id, false)));
        }

        @Override
        public void close() {
            eventful.stop();
        }
    }

    @Test
    void endOfWhichAnEventTellsIsReadAtOnceThoughCallsAreScarce() {
        try (ThousandWithEvents thousand = new ThousandWithEvents(SimPhase.SNAPSHOTTING)) {
            List<String> ended = thousand.ids.subList(0, 40);
            ended.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
            ended.forEach(thousand::tell);
            fixture.runtime.advance(Duration.ofMillis(1500));
            for (String id : ended) {
                assertThat(heard.get(id).read, hasSize(1));
                assertThat(heard.get(id).read.get(0).status().phase(), is(PrebuildPhase.COMPLETED));
            }
            assertThat(records.count(GET), is(40));
        }
    }

    @Test
    void changeThatIsNoEndIsReadWithTheNextListIfCallsAreScarce() {
        try (ThousandWithEvents thousand = new ThousandWithEvents(SimPhase.RUNNING)) {
            List<String> changed = thousand.ids.subList(0, 40);
            changed.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.STOPPING));
            changed.forEach(thousand::tell);
            fixture.runtime.advance(Duration.ofSeconds(40));
            changed.forEach(id -> assertThat(heard.get(id).read, hasSize(greaterThan(0))));
            assertThat(records.count(GET), is(0));
            assertThat(records.count(LIST), is(lessThanOrEqualTo(40)));
        }
    }

    @Test
    void eventsThatBringNoEndCostNoMoreThanTheBudget() {
        try (ThousandWithEvents thousand = new ThousandWithEvents(SimPhase.SNAPSHOTTING)) {
            for (int i = 0; i < 300; i++) {
                thousand.ids.forEach(thousand::tell);
                fixture.runtime.advance(Duration.ofSeconds(1));
            }
            assertThat(records.calls().size(), is(lessThan(340)));
        }
    }

    private static Predicate<Call> about(String id) {
        return call -> call.body().contains(id);
    }

    @Test
    void fewAreReadOneByOne() {
        watch(3);
        begin();
        aRound();
        assertThat(records.count(GET), is(3));
        assertThat(records.count(LIST), is(0));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void manyAreReadByOneList() {
        watch(50);
        begin();
        aRound();
        assertThat(records.count(LIST), is(1));
        assertThat(records.count(GET), is(0));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void longListsAreReadPageByPage() {
        watch(250);
        begin();
        aRound();
        assertThat(records.count(LIST), is(3));
        assertThat(records.count(GET), is(0));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void moreProjectsThanAFilterTakesAreReadByAsManyListsAsNeeded() {
        for (int i = 0; i < 60; i++) {
            watch(1, fixture.gitpod.addProject("project " + i));
        }
        begin();
        aRound();
        assertThat(records.count(LIST), is(3));
        assertThat(records.count(GET), is(0));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void theListAsksOnlyForWhatIsWatchedAndActive() {
        watch(5);
        begin();
        aRound();
        String body = records.calls(LIST).get(0).body();
        assertThat(body, containsString(fixture.project.id()));
        assertThat(body, containsString("PREBUILD_PHASE_CANCELLING"));
        assertThat(body, not(containsString("PREBUILD_PHASE_COMPLETED")));
    }

    @Test
    void otherPrebuildsOnTheListAreNotReported() {
        watch(4);
        create(fixture.project);
        begin();
        aRound();
        assertThat(heard, is(aMapWithSize(4)));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void whatLeftTheListIsReadOnceMoreByItself() {
        List<String> ids = watch(20);
        begin();
        fixture.gitpod.prebuild(ids.get(7)).failWith("no");
        aRound();
        assertThat(records.count(LIST), is(1));
        assertThat(records.count(GET), is(1));
        assertThat(heard.get(ids.get(7)).read.get(0).status().phase(), is(PrebuildPhase.FAILED));
        watcher.unwatch(ids.get(7));
        records.clear();
        aRound();
        assertThat(records.count(GET), is(0));
    }

    @Test
    void anUnknownPhaseIsReadByItselfEachTime() {
        List<String> ids = watch(10);
        begin();
        fixture.gitpod.prebuild(ids.get(2)).unknownPhase("PREBUILD_PHASE_NEW_THING");
        aRound();
        aRound();
        assertThat(records.count(GET), is(2));
        assertThat(heard.get(ids.get(2)).read, hasSize(2));
        assertThat(heard.get(ids.get(2)).read.get(0).status().rawPhase(), is("PREBUILD_PHASE_NEW_THING"));
    }

    @Test
    void nothingWatchedCausesNoCalls() {
        List<String> ids = watch(5);
        begin();
        ids.forEach(watcher::unwatch);
        fixture.runtime.advance(Duration.ofHours(1));
        assertThat(records.calls(), is(empty()));
        assertThat(fixture.runtime.pending(), is(0));
    }

    @Test
    void afterAPauseItBeginsAgainWithOneRoundAtATime() {
        List<String> ids = watch(2);
        begin();
        ids.forEach(watcher::unwatch);
        fixture.runtime.advance(Duration.ofMinutes(1));
        watch(2);
        watcher.unwatch(ids.get(0));
        watch(1);
        records.clear();
        fixture.runtime.advance(Duration.ofMinutes(2));
        assertThat(records.count(GET), is(lessThanOrEqualTo(3 * 12)));
        assertThat(records.count(GET), is(greaterThanOrEqualTo(3 * 8)));
    }

    @Test
    void roundsAreSpread() {
        watch(1);
        begin();
        fixture.runtime.advance(Duration.ofMinutes(20));
        List<Instant> times = records.calls().stream().map(Call::at).toList();
        Set<Long> gaps = new LinkedHashSet<>();
        for (int i = 1; i < times.size(); i++) {
            Duration gap = Duration.between(times.get(i - 1), times.get(i));
            assertThat(gap, is(greaterThanOrEqualTo(Duration.ofMillis(11_880))));
            assertThat(gap, is(lessThanOrEqualTo(Duration.ofMillis(14_520))));
            gaps.add(gap.toMillis());
        }
        assertThat(gaps.size(), is(greaterThan(50)));
    }

    @Test
    void aRateLimitSlowsTheWatcherAndEndsNothing() {
        watch(3);
        begin();
        fixture.fault(GET, Fault.rateLimit(Duration.ofSeconds(45)));
        aRound();
        assertThat(records.count(GET), is(1));
        heard.values().forEach(each -> {
            assertThat(each.read, is(empty()));
            assertThat(each.failures, hasSize(1));
            assertThat(RetryPolicy.read(each.failures.get(0)), is(RetryPolicy.Decision.WAIT));
        });
        Duration pause = fixture.runtime.runUntil(() -> records.count(GET) > 1, Duration.ofMinutes(2));
        assertThat(pause, is(greaterThan(Duration.ofSeconds(45))));
        fixture.runtime.advance(Duration.ofSeconds(3));
        heard.values().forEach(each -> assertThat(each.read, hasSize(1)));
    }

    @Test
    void aServerThatAsksForADayIsAskedAgainSooner() {
        watch(1);
        begin();
        fixture.fault(GET, Fault.rateLimit(Duration.ofHours(20)));
        aRound();
        fixture.runtime.advance(Duration.ofMinutes(7));
        assertThat(records.count(GET), is(greaterThan(1)));
    }

    @Test
    void aServerInTroubleIsAskedOnceARoundAndEachReaderIsTold() {
        watch(3);
        begin();
        fixture.fault(FaultRule.on(GET, Fault.htmlStatus(503)).forever(), Fault.htmlStatus(503));
        aRound();
        assertThat(records.count(GET), is(1));
        heard.values().forEach(each -> assertThat(each.failures, hasSize(1)));
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(records.count(GET), is(lessThan(16)));
    }

    @Test
    void aServerInTroubleWithItsListsIsAskedOnceARoundAndEachReaderIsTold() {
        for (int i = 0; i < 30; i++) {
            watch(2, fixture.gitpod.addProject("project " + i));
        }
        begin();
        fixture.fault(FaultRule.on(LIST, Fault.htmlStatus(502)).forever(), Fault.htmlStatus(502));
        aRound();
        assertThat(records.calls(), hasSize(1));
        heard.values().forEach(each -> assertThat(each.failures, hasSize(1)));
    }

    @Test
    void aTokenThatIsRefusedIsToldToEachReader() {
        watch(10);
        begin();
        fixture.account.revoke();
        aRound();
        assertThat(records.calls(), hasSize(1));
        heard.values().forEach(each -> assertThat(each.failures.get(0).code(), is(ErrorCode.UNAUTHENTICATED)));
    }

    @Test
    void onePrebuildThatIsForbiddenHarmsNoOther() {
        List<String> ids = watch(3);
        begin();
        fixture.fault(
                FaultRule.on(GET, Fault.status(403, "permission_denied", "no"))
                        .when(about(ids.get(0)))
                        .forever(),
                Fault.emptyBody(403));
        aRound();
        assertThat(heard.get(ids.get(0)).failures.get(0).code(), is(ErrorCode.PERMISSION_DENIED));
        assertThat(heard.get(ids.get(1)).read, hasSize(1));
        assertThat(heard.get(ids.get(2)).read, hasSize(1));
        assertThat(heard.get(ids.get(2)).failures, is(empty()));
    }

    @Test
    void onePrebuildThatIsGoneHarmsNoOther() {
        List<String> ids = watch(3);
        begin();
        fixture.gitpod.prebuild(ids.get(0)).vanish();
        aRound();
        assertThat(heard.get(ids.get(0)).failures.get(0).code(), is(ErrorCode.NOT_FOUND));
        assertThat(heard.get(ids.get(1)).read, hasSize(1));
    }

    @Test
    void oneProjectThatSpoilsTheListHarmsNoOtherAndIsFoundWithFewCalls() {
        List<String> spoiled = new ArrayList<>();
        SimProject bad = null;
        for (int i = 0; i < 20; i++) {
            SimProject project = fixture.gitpod.addProject("project " + i);
            List<String> ids = watch(5, project);
            if (i == 13) {
                bad = project;
                spoiled = ids;
            }
        }
        begin();
        Predicate<Call> withBad = about(bad.id());
        fixture.fault(
                FaultRule.on(LIST, Fault.status(404, "not_found", "no such project"))
                        .when(withBad)
                        .forever(),
                Fault.emptyBody(404));
        aRound();

        heard.values().forEach(each -> {
            assertThat(each.read, hasSize(1));
            assertThat(each.failures, is(empty()));
        });
        assertThat(records.count(GET), is(spoiled.size()));
        assertThat(records.count(LIST), is(lessThanOrEqualTo(11)));

        records.clear();
        aRound();
        assertThat(records.count(GET), is(spoiled.size()));
        assertThat(records.count(LIST), is(1));
        fixture.gitpod.faults().clear();
        fixture.runtime.advance(Duration.ofMinutes(12));
        records.clear();
        aRound();
        assertThat(records.count(GET), is(0));
        assertThat(records.count(LIST), is(1));
    }

    @Test
    void oneProjectOverWhichTheServerStumblesDoesNotStarveTheOthers() {
        SimProject bad = null;
        List<String> spoiled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            SimProject project = fixture.gitpod.addProject("project " + i);
            List<String> ids = watch(2, project);
            if (i == 13) {
                bad = project;
                spoiled = ids;
            }
        }
        begin();
        Fault hang = Fault.hangBeforeActing();
        fixture.fault(FaultRule.on(LIST, hang).when(about(bad.id())).forever(), hang);
        fixture.runtime.advance(Duration.ofMinutes(15));
        for (Map.Entry<String, Heard> each : heard.entrySet()) {
            assertThat(each.getValue().read.isEmpty(), is(spoiled.contains(each.getKey())));
        }
    }

    @Test
    void onePrebuildThatIsForbiddenSlowsNoOther() {
        List<String> ids = watch(3);
        begin();
        fixture.fault(
                FaultRule.on(GET, Fault.status(403, "permission_denied", "no"))
                        .when(about(ids.get(0)))
                        .forever(),
                Fault.emptyBody(403));
        fixture.runtime.advance(Duration.ofMinutes(2));
        assertThat(heard.get(ids.get(1)).read, hasSize(greaterThan(7)));
    }

    @Test
    void withoutAnyListEachPrebuildIsReadWithFewCalls() {
        watch(100);
        begin();
        fixture.fault(
                FaultRule.on(LIST, Fault.status(403, "permission_denied", "no lists"))
                        .forever(),
                Fault.emptyBody(403));
        aRound();
        assertThat(records.count(GET), is(lessThanOrEqualTo(40)));
        fixture.runtime.advance(Duration.ofMinutes(5));
        assertThat(records.count(GET), is(lessThanOrEqualTo(40 + 5 * 60)));
        heard.values().forEach(each -> {
            assertThat(each.read, is(not(empty())));
            assertThat(each.failures, is(empty()));
        });
    }

    @Test
    void onePrebuildThatAlwaysTimesOutDoesNotStarveTheOthers() {
        List<String> ids = watch(3);
        begin();
        Fault hang = Fault.hangBeforeActing();
        fixture.fault(FaultRule.on(GET, hang).when(about(ids.get(0))).forever(), hang);
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(heard.get(ids.get(1)).read, is(not(empty())));
        assertThat(heard.get(ids.get(2)).read, is(not(empty())));
        assertThat(heard.get(ids.get(0)).read, is(empty()));
        assertThat(heard.get(ids.get(0)).failures, hasSize(greaterThan(3)));
    }

    @Test
    void onceStoppedItIsSilent() {
        watch(5);
        begin();
        watcher.stop();
        watcher.watch("p", fixture.project.id(), new Heard());
        fixture.runtime.advance(Duration.ofHours(1));
        assertThat(records.calls(), is(empty()));
    }

    private void watchInTwentyProjects(int number) {
        for (int i = 0; i < 20; i++) {
            watch(number / 20, fixture.gitpod.addProject("project " + i));
        }
    }

    @Test
    void newWaitsTriggerNoBurst() {
        watchInTwentyProjects(200);
        begin();
        for (int i = 0; i < 60; i++) {
            watch(1);
            fixture.runtime.advance(Duration.ofSeconds(1));
        }
        assertThat(records.calls().size() - records.count("CreatePrebuild"), is(lessThan(60)));
    }

    @Test
    void aServerThatAllowsFewCallsGetsFewAndEachPrebuildIsRead() {
        watchInTwentyProjects(1000);
        begin();
        fixture.gitpod.maxCallsPerSecond(1);
        fixture.runtime.advance(Duration.ofMinutes(20));
        heard.values().forEach(each -> {
            assertThat(each.read, hasSize(greaterThan(10)));
            each.failures.forEach(e -> assertThat(RetryPolicy.read(e), is(RetryPolicy.Decision.WAIT)));
        });
        long refused =
                records.calls().stream().filter(call -> call.status() == 429).count();
        assertThat(refused, is(lessThan(records.calls().size() / 5L)));
    }

    @Test
    void thousandEndsAtOnceAreReadOnceEachAlsoByAServerThatLetsFewCallsThrough() {
        watchInTwentyProjects(1000);
        begin();
        fixture.gitpod.maxCallsPerSecond(5);
        heard.keySet().forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
        fixture.runtime.runUntil(
                () -> heard.values().stream().noneMatch(each -> each.read.isEmpty()), Duration.ofMinutes(8));
        heard.values().forEach(each -> assertThat(each.read.get(0).status().phase(), is(PrebuildPhase.COMPLETED)));
        assertThat(records.calls().size(), is(lessThan(1300)));
    }

    @Test
    void listsThatAreWronglyEmptyDoNotMakeItReadEachByItself() {
        watchInTwentyProjects(1000);
        begin();
        heard.keySet().forEach(id -> fixture.gitpod.prebuild(id).unknownPhase("PREBUILD_PHASE_NEW_THING"));
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(records.calls().size(), is(lessThan(660)));
        assertThat(heard.values().stream().filter(each -> each.read.size() > 3).toList(), is(empty()));
    }

    @Test
    void whatIsOldIsReadMoreSeldom() {
        List<String> ids = watch(1);
        begin();
        fixture.runtime.advance(Duration.ofHours(25));
        heard.get(ids.get(0)).read.clear();
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(heard.get(ids.get(0)).read, hasSize(lessThan(12)));
        assertThat(heard.get(ids.get(0)).read, hasSize(greaterThan(7)));
    }

    @Test
    void sixThousandWaitsShareABudgetOfTwoCallsASecond() {
        watchInTwentyProjects(6000);
        begin();
        fixture.runtime.advance(Duration.ofMinutes(5));
        assertThat(records.calls().size(), is(lessThan(2 * 300 + 70)));
        heard.values().forEach(each -> assertThat(each.read, hasSize(greaterThan(5))));
    }

    @Test
    void aThousandWaitsOfTwentyProjectsCostLessThanOneCallASecond() {
        for (int i = 0; i < 20; i++) {
            watch(50, fixture.gitpod.addProject("project " + i));
        }
        begin();
        fixture.runtime.advance(Duration.ofMinutes(10));
        assertThat(records.calls().size(), is(lessThan(600)));
        heard.values().forEach(each -> assertThat(each.read, hasSize(greaterThan(40))));
        assertThat(heard.values().stream().map(each -> each.failures).toList(), everyItem(is(empty())));
    }
}
