package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a watcher reads ends of which events tell. Its calls take a second each, in simulated time. */
class EndReadsTest {

    private static final String GET = "GetPrebuild";
    private static final String LIST = "ListPrebuilds";
    private static final Duration CALL = Duration.ofSeconds(1);

    private final EngineFixture fixture =
            EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.PENDING)).begin();
    private final GitpodClient client = fixture.client(fixture.endpoint(), BearerToken.of(fixture.account.token()));
    private int closed;
    private final List<EventSource.Listener> listeners = new ArrayList<>();
    private final Watcher watcher = new Watcher(
            client,
            fixture.runtime,
            EngineSettings.defaults(),
            4,
            listener -> {
                listeners.add(listener);
                listener.opened();
                return () -> closed++;
            },
            new Semaphore(1));
    private final Records records = fixture.gitpod.records();
    private final Map<String, Heard> heard = new LinkedHashMap<>();

    private final class Heard implements WatchList.Reader {
        final List<PrebuildPhase> phases = new ArrayList<>();
        final List<GitpodException> failures = new ArrayList<>();

        @Override
        public void read(Prebuild prebuild) {
            phases.add(prebuild.status().phase());
            if (prebuild.status().phase().isEnd()) {
                watcher.unwatch(prebuild.id());
            }
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

    /** Watches prebuilds that are read as snapshotting, and of which the stream has told. */
    private List<String> snapshotting(int number) throws GitpodException {
        return snapshotting(number, 1);
    }

    private List<String> snapshotting(int number, int projects) throws GitpodException {
        List<String> projectIds = new ArrayList<>(List.of(fixture.project.id()));
        while (projectIds.size() < projects) {
            projectIds.add(
                    fixture.gitpod.addProject("project " + projectIds.size()).id());
        }
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            String projectId = projectIds.get(i % projects);
            String id = client.createPrebuild(projectId, null, null).id();
            heard.put(id, new Heard());
            watcher.watch(id, projectId, heard.get(id));
            ids.add(id);
        }
        for (SimPhase phase : List.of(SimPhase.RUNNING, SimPhase.SNAPSHOTTING)) {
            ids.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(phase));
            ids.forEach(this::tell);
            fixture.runtime.advance(Duration.ofSeconds(30));
        }
        heard.values().forEach(each -> each.phases.clear());
        records.clear();
        fixture.runtime.callsTake(CALL);
        return ids;
    }

    private void tell(String id) {
        listeners.forEach(each -> each.event(new PrebuildEvent(id, false)));
    }

    private void complete(List<String> ids) {
        ids.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
        ids.forEach(this::tell);
    }

    private long listsOfEnds() {
        return records.calls(LIST).stream()
                .filter(call -> call.body().contains("PREBUILD_PHASE_COMPLETED"))
                .count();
    }

    private void assertCompletedOnce(List<String> ids) {
        ids.forEach(id -> assertThat(heard.get(id).phases, is(List.of(PrebuildPhase.COMPLETED))));
    }

    @Test
    void endsAreReadFourAtATimeOnceACallHasSucceeded() throws GitpodException {
        List<String> ids = snapshotting(41);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(15)); // one by one: 42
        assertCompletedOnce(ids);
        assertThat(records.count(GET), is(41));
        Map<Instant, Integer> atATime = new LinkedHashMap<>();
        records.calls().forEach(call -> atATime.merge(call.at(), 1, Integer::sum));
        assertThat(atATime.values().stream().limit(4).toList(), is(List.of(1, 2, 4, 4)));
        atATime.values().forEach(calls -> assertThat(calls, is(lessThanOrEqualTo(4))));
    }

    /** Several calls at a time bring ends, and each page is asked for once. */
    @Test
    void hundredsOfEndsAreReadByOnePageAfterTheOther() throws GitpodException {
        List<String> ids = snapshotting(450);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(30));
        assertCompletedOnce(ids);
        assertThat(listsOfEnds(), is(lessThanOrEqualTo(5L)));
        assertThat(records.count(GET), is(lessThanOrEqualTo(10)));
    }

    /** So many lists are more than the budget has: they wait for calls to be earned, and the ends do not. */
    @Test
    void endsAreReadWhileListsThatAreDueWaitForTheBudget() throws GitpodException {
        List<String> ids = snapshotting(1000, 1000);
        for (String id : ids.subList(0, 130)) {
            complete(List.of(id));
            fixture.runtime.runUntil(
                    () -> heard.get(id).phases.contains(PrebuildPhase.COMPLETED), Duration.ofSeconds(5));
            fixture.runtime.advance(Duration.ofSeconds(1));
        }
        assertThat("lists were due", records.count(LIST), is(greaterThanOrEqualTo(35)));
    }

    @Test
    void endIsReadWhileAPageOfAListHangs() throws GitpodException {
        List<String> ids = snapshotting(130);
        AtomicBoolean hangs = new AtomicBoolean();
        fixture.runtime.frame((queue, task) -> {
            if (queue == WorkQueue.WATCH && records.count(LIST) == 1 && hangs.compareAndSet(false, true)) {
                fixture.runtime.schedule(Duration.ofSeconds(20), task); // the second page
            } else {
                task.run();
            }
        });
        fixture.runtime.runUntil(hangs::get, Duration.ofMinutes(3));
        List<String> ended = ids.subList(0, 1); // on the second page, which begins with the newest
        complete(ended);
        fixture.runtime.advance(Duration.ofSeconds(3));
        assertCompletedOnce(ended);
        fixture.runtime.advance(Duration.ofSeconds(30));
        assertThat(records.count(LIST), is(2));
        assertCompletedOnce(ended);
    }

    private static FaultRule onGets(Fault fault, IntPredicate which) {
        AtomicInteger gets = new AtomicInteger();
        return FaultRule.on(GET, fault)
                .when(call -> which.test(gets.incrementAndGet()))
                .forever();
    }

    @Test
    void refusalPausesTheOtherCallsAndTheNextAreMadeOneByOne() throws GitpodException {
        List<String> ids = snapshotting(30);
        Fault refusal = Fault.rateLimit(Duration.ofSeconds(5));
        fixture.fault(onGets(refusal, number -> number == 5), refusal);
        complete(ids);
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertCompletedOnce(ids);
        assertThat(records.count(GET), is(31));
        List<Instant> times = records.calls(GET).stream().map(Call::at).toList();
        Instant refused = records.calls(GET).stream()
                .filter(call -> call.status() == 429)
                .findFirst()
                .orElseThrow()
                .at();
        // Those that had begun are answered within a second.
        List<Instant> after =
                times.stream().filter(refused.plus(CALL)::isBefore).toList();
        assertThat(Duration.between(refused, after.get(0)), is(greaterThanOrEqualTo(Duration.ofSeconds(5))));
        for (int i = 1; i < after.size(); i++) {
            assertThat(
                    Duration.between(after.get(i - 1), after.get(i)),
                    is(greaterThanOrEqualTo(CALL.plus(Duration.ofMillis(10)))));
        }
    }

    @Test
    void severalCallsThatAreRefusedAtATimeCountAsOneRefusal() throws GitpodException {
        List<String> ids = snapshotting(30);
        Fault refusal = Fault.rateLimit(Duration.ofSeconds(5));
        fixture.fault(onGets(refusal, number -> number >= 7 && number <= 10), refusal);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(12));
        heard.values().stream()
                .filter(each -> each.phases.isEmpty())
                .forEach(each -> assertThat(each.failures, hasSize(1)));
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertCompletedOnce(ids);
        assertThat(records.count(GET), is(34));
    }

    private void refuse(String id, int seconds) {
        Fault refusal = Fault.rateLimit(Duration.ofSeconds(seconds));
        fixture.fault(FaultRule.on(GET, refusal).when(call -> call.body().contains(id)), refusal);
    }

    /** The wait between the refusals and the next call. The calls of one time are the fourth to the sixth at least. */
    private Duration waitAfterRefusals(int seconds, int secondsOfTheNext) throws GitpodException {
        List<String> ids = snapshotting(30);
        refuse(ids.get(3), seconds);
        refuse(ids.get(4), secondsOfTheNext);
        complete(ids);
        fixture.runtime.advance(Duration.ofMinutes(2));
        assertCompletedOnce(ids);
        assertThat(records.count(GET), is(32));
        List<Instant> refused = records.calls(GET).stream()
                .filter(call -> call.status() == 429)
                .map(Call::at)
                .toList();
        assertThat(refused.get(1), is(refused.get(0)));
        Instant next = records.calls(GET).stream()
                .map(Call::at)
                .filter(refused.get(0).plus(CALL)::isBefore)
                .findFirst()
                .orElseThrow();
        return Duration.between(refused.get(0), next);
    }

    @Test
    void theLongerOfTwoWaitsThatAreAskedForAtATimeIsKept() throws GitpodException {
        assertThat(waitAfterRefusals(2, 7), is(greaterThanOrEqualTo(Duration.ofSeconds(7))));
    }

    @Test
    void aLongWaitThatIsAskedForNextToAShortOneEndsTheRound() throws GitpodException {
        Duration wait = waitAfterRefusals(2, 50);
        assertThat(wait, is(greaterThanOrEqualTo(Duration.ofSeconds(50))));
        assertThat(wait, is(lessThanOrEqualTo(Duration.ofSeconds(70))));
    }

    @Test
    void aWaitThatIsAskedForNextToTroubleIsKept() throws GitpodException {
        List<String> ids = snapshotting(30);
        Fault trouble = Fault.htmlStatus(503);
        fixture.fault(FaultRule.on(GET, trouble).when(call -> call.body().contains(ids.get(3))), trouble);
        refuse(ids.get(4), 50);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(50));
        assertThat(records.count(GET), is(lessThanOrEqualTo(3 + 7)));
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertCompletedOnce(ids);
    }

    @Test
    void troubleOfSeveralCallsAtATimeIsToldOnceAndEndsTheRound() throws GitpodException {
        List<String> ids = snapshotting(30);
        Fault trouble = Fault.htmlStatus(503);
        fixture.fault(onGets(trouble, number -> number >= 7 && number <= 10), trouble);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(10));
        assertThat(records.count(GET), is(10)); // three were out when the first one failed
        List<Heard> open =
                heard.values().stream().filter(each -> each.phases.isEmpty()).toList();
        assertThat(open, hasSize(24));
        open.forEach(each -> assertThat(each.failures, hasSize(1)));
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertCompletedOnce(ids);
    }

    @Test
    void onePrebuildThatIsForbiddenHarmsNoOther() throws GitpodException {
        List<String> ids = snapshotting(20);
        Fault forbidden = Fault.status(403, "permission_denied", "no");
        fixture.fault(
                FaultRule.on(GET, forbidden)
                        .when(call -> call.body().contains(ids.get(5)))
                        .forever(),
                forbidden);
        complete(ids);
        fixture.runtime.advance(Duration.ofSeconds(10));
        assertThat(heard.get(ids.get(5)).failures.get(0).code(), is(ErrorCode.PERMISSION_DENIED));
        assertThat(heard.get(ids.get(5)).phases, is(empty()));
        List<String> others = new ArrayList<>(ids);
        others.remove(5);
        assertCompletedOnce(others);
        others.forEach(id -> assertThat(heard.get(id).failures, is(empty())));
    }

    @Test
    void endThatReadsDoNotShowYetIsReadAgainAfterTwoSeconds() throws GitpodException {
        List<String> ids = snapshotting(5);
        tell(ids.get(0));
        fixture.runtime.schedule(
                Duration.ofSeconds(3), () -> fixture.gitpod.prebuild(ids.get(0)).forcePhase(SimPhase.COMPLETED));
        fixture.runtime.advance(Duration.ofSeconds(7));
        assertThat(heard.get(ids.get(0)).phases, is(List.of(PrebuildPhase.SNAPSHOTTING, PrebuildPhase.COMPLETED)));
    }

    @Test
    void eventThatWasNoEndCostsTwoReadsOnce() throws GitpodException {
        List<String> ids = snapshotting(5);
        tell(ids.get(0));
        fixture.runtime.advance(Duration.ofSeconds(10));
        assertThat(records.count(GET), is(2));
        tell(ids.get(0));
        fixture.runtime.advance(Duration.ofSeconds(10));
        assertThat(records.count(GET), is(3));
    }

    /** Such a stream may tell of the end late or not at all. */
    @Test
    void afterAnEventThatWasNoEndTheEndIsNoticedByReading() throws GitpodException {
        List<String> ids = snapshotting(5);
        tell(ids.get(0));
        fixture.runtime.advance(Duration.ofSeconds(10));
        fixture.gitpod.prebuild(ids.get(0)).forcePhase(SimPhase.COMPLETED);
        heard.get(ids.get(0)).phases.clear();
        fixture.runtime.advance(Duration.ofSeconds(18));
        assertCompletedOnce(ids.subList(0, 1));
    }

    private List<String> someEndsReadByAList() throws GitpodException {
        List<String> ids = snapshotting(30);
        List<String> ended = ids.subList(0, 5);
        ended.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
        fixture.runtime.runUntil(
                () -> ended.stream().noneMatch(id -> heard.get(id).phases.isEmpty()), Duration.ofMinutes(3));
        return ended;
    }

    /** Also if they are not watched any longer when their events come. */
    @Test
    void endsThatAreReadJustBeforeTheirEventsDoNotMakeTheStreamUnreliable() throws GitpodException {
        List<String> ended = someEndsReadByAList();
        fixture.runtime.advance(Duration.ofSeconds(1));
        ended.forEach(this::tell);
        fixture.runtime.advance(Duration.ofSeconds(30));
        assertThat(closed, is(0));
    }

    @Test
    void streamThatTellsOfNoEndIsClosedAfterSeconds() throws GitpodException {
        someEndsReadByAList();
        fixture.runtime.advance(Duration.ofSeconds(10));
        assertThat(closed, is(1));
    }
}
