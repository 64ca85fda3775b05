package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.Records;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A watcher without events, of whose prebuilds many end at once. */
class EndPageTest {

    private static final String GET = "GetPrebuild";
    private static final String LIST = "ListPrebuilds";

    private final EngineFixture fixture =
            EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.RUNNING)).begin();
    private final GitpodClient client = fixture.client(fixture.endpoint(), BearerToken.of(fixture.account.token()));
    private final Watcher watcher =
            new Watcher(client, fixture.runtime, EngineSettings.defaults(), 4, null, new Semaphore(0));
    private final Records records = fixture.gitpod.records();
    private final Map<String, List<PrebuildPhase>> ends = new LinkedHashMap<>();
    private final Map<String, Prebuild.Status> statuses = new LinkedHashMap<>();

    @AfterEach
    void end() {
        watcher.stop();
        fixture.close();
    }

    private final class Reader implements WatchList.Reader {
        @Override
        public void read(Prebuild prebuild) {
            if (prebuild.status().phase().isEnd()) {
                ends.get(prebuild.id()).add(prebuild.status().phase());
                statuses.put(prebuild.id(), prebuild.status());
                watcher.unwatch(prebuild.id());
            }
        }

        @Override
        public void failed(GitpodException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> create(int number) throws GitpodException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ids.add(client.createPrebuild(fixture.project.id(), null, null).id());
        }
        return ids;
    }

    private List<String> watch(int number) throws GitpodException {
        List<String> ids = create(number);
        for (String id : ids) {
            ends.put(id, new ArrayList<>());
            watcher.watch(id, fixture.project.id(), new Reader());
        }
        fixture.runtime.advance(Duration.ofMinutes(1));
        records.clear();
        return ids;
    }

    private void become(List<String> ids, SimPhase phase) {
        ids.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(phase));
        fixture.runtime.advance(Duration.ofSeconds(20));
    }

    private void assertToldOnce(List<String> ids, PrebuildPhase phase) {
        ids.forEach(id -> assertThat(ends.get(id), is(List.of(phase))));
    }

    @Test
    void manyEndsAreReadByPagesOfAList() throws GitpodException {
        List<String> ids = watch(250);
        ids.subList(0, 50).forEach(id -> fixture.gitpod.prebuild(id).failWith("tests failed"));
        ids.subList(50, 60).forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.CANCELLED));
        become(ids.subList(60, 230), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(0, 50), PrebuildPhase.FAILED);
        assertToldOnce(ids.subList(50, 60), PrebuildPhase.CANCELLED);
        assertToldOnce(ids.subList(60, 230), PrebuildPhase.COMPLETED);
        ids.subList(230, 250).forEach(id -> assertThat(ends.get(id), is(empty())));
        assertThat(records.count(GET), is(0));
        assertThat(records.count(LIST), is(lessThanOrEqualTo(2 + 3))); // two rounds, and three pages of ends
    }

    @Test
    void fewEndsAreReadOneByOne() throws GitpodException {
        List<String> ids = watch(50);
        become(ids.subList(0, 15), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(0, 15), PrebuildPhase.COMPLETED);
        assertThat(records.count(GET), is(15));
        records.calls(LIST).forEach(call -> assertThat(call.body(), containsString("PREBUILD_PHASE_RUNNING")));
    }

    /** The list begins with others, as it would if Gitpod's lists began with the oldest. */
    @Test
    void whereAListHasFewOfTheEndsTheyAreReadOneByOneForAWhile() throws GitpodException {
        List<String> ids = watch(90);
        create(120).forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
        become(ids.subList(0, 30), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(0, 30), PrebuildPhase.COMPLETED);
        assertThat(records.count(GET), is(30));
        assertThat(listsOfEnds(), is(1L));
        become(ids.subList(30, 60), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(30, 60), PrebuildPhase.COMPLETED);
        assertThat(listsOfEnds(), is(1L));
        fixture.runtime.advance(Duration.ofMinutes(10));
        become(ids.subList(60, 90), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(60, 90), PrebuildPhase.COMPLETED);
        assertThat(listsOfEnds(), is(2L));
    }

    /** The prebuilds had not ended, or others had: a minute later the list may have the ends that are looked for. */
    @Test
    void aMinuteAfterAListHadFewEndsTheNextOneIsTried() throws GitpodException {
        List<String> ids = watch(90);
        List<String> others = create(120);
        others.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.COMPLETED));
        become(ids.subList(0, 30), SimPhase.COMPLETED);
        assertThat(records.count(GET), is(30));
        others.forEach(id -> fixture.gitpod.prebuild(id).forcePhase(SimPhase.DELETED));
        fixture.runtime.advance(Duration.ofMinutes(1));
        become(ids.subList(30, 60), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(30, 60), PrebuildPhase.COMPLETED);
        assertThat(records.count(GET), is(30));
        assertThat(listsOfEnds(), is(2L));
    }

    private long listsOfEnds() {
        return records.calls(LIST).stream()
                .filter(call -> call.body().contains("PREBUILD_PHASE_COMPLETED"))
                .count();
    }

    private void listsLackResults(String phase) {
        Fault fault = Fault.withoutResults();
        fixture.fault(
                FaultRule.on(LIST, fault)
                        .when(call -> call.body().contains(phase))
                        .forever(),
                fault);
    }

    /** Gitpod's lists of other objects leave out parts. */
    @Test
    void whereAListLeavesOutSizesEndsAreReadOneByOneAndNoWarningIsLost() throws GitpodException {
        List<String> ids = watch(120);
        listsLackResults("PREBUILD_PHASE_COMPLETED");
        List<String> ended = ids.subList(0, 110);
        fixture.gitpod.prebuild(ids.get(7)).warn("the snapshot is not warm");
        become(ended, SimPhase.COMPLETED);
        fixture.runtime.advance(Duration.ofSeconds(20));
        assertToldOnce(ended, PrebuildPhase.COMPLETED);
        ended.forEach(id -> assertThat(statuses.get(id).snapshotSizeBytes(), is(6_442_450_944L)));
        assertThat(statuses.get(ids.get(7)).warningMessage(), is("the snapshot is not warm"));
        assertThat(records.count(GET), is(110));
        assertThat(listsOfEnds(), is(1L));
    }

    @Test
    void whereAListLeavesOutFailuresTheirEndsAreReadOneByOne() throws GitpodException {
        List<String> ids = watch(40);
        listsLackResults("PREBUILD_PHASE_FAILED");
        List<String> ended = ids.subList(0, 30);
        ended.forEach(id -> fixture.gitpod.prebuild(id).failWith("tests failed"));
        fixture.runtime.advance(Duration.ofSeconds(20));
        assertToldOnce(ended, PrebuildPhase.FAILED);
        ended.forEach(id -> assertThat(statuses.get(id).failureMessage(), is("tests failed")));
        assertThat(listsOfEnds(), is(1L));
    }

    @Test
    void whereSuchAListIsRefusedEndsAreReadOneByOne() throws GitpodException {
        List<String> ids = watch(40);
        Fault refusal = Fault.status(403, "permission_denied", "no");
        fixture.fault(
                FaultRule.on(LIST, refusal)
                        .when(call -> call.body().contains("PREBUILD_PHASE_COMPLETED"))
                        .forever(),
                refusal);
        become(ids.subList(0, 30), SimPhase.COMPLETED);
        assertToldOnce(ids.subList(0, 30), PrebuildPhase.COMPLETED);
        assertThat(listsOfEnds(), is(1L));
        assertThat(records.count(GET), is(30));
    }
}
