package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A watcher without events, with waits of many projects that began together. */
class ListPartsTest {

    private static final String LIST = "ListPrebuilds";

    private final EngineFixture fixture =
            EngineFixture.with().plan(PhasePlan.stuckIn(SimPhase.SNAPSHOTTING)).begin();
    private final GitpodClient client = fixture.client(fixture.endpoint(), BearerToken.of(fixture.account.token()));
    private final Watcher watcher =
            new Watcher(client, fixture.runtime, EngineSettings.defaults(), 4, null, new Semaphore(0));
    private final Set<String> read = new LinkedHashSet<>();
    private final Set<String> told = new LinkedHashSet<>();

    @AfterEach
    void end() {
        watcher.stop();
        fixture.close();
    }

    private void watch(int projects, int eachHas) throws GitpodException {
        for (int i = 0; i < projects; i++) {
            SimProject project = fixture.gitpod.addProject("project " + i);
            for (int j = 0; j < eachHas; j++) {
                String id = client.createPrebuild(project.id(), null, null).id();
                watcher.watch(id, project.id(), new WatchList.Reader() {
                    @Override
                    public void read(Prebuild prebuild) {
                        read.add(id);
                    }

                    @Override
                    public void failed(GitpodException e) {
                        told.add(id);
                    }
                });
            }
        }
        fixture.runtime.advance(Duration.ofMinutes(2));
        fixture.gitpod.records().clear();
    }

    private List<Instant> lists(Duration span) {
        fixture.runtime.advance(span);
        return fixture.gitpod.records().calls(LIST).stream().map(Call::at).toList();
    }

    /** The most lists in any span of this length. */
    private static int atMost(List<Instant> lists, Duration span) {
        return lists.stream()
                .mapToInt(from -> (int) lists.stream()
                        .filter(each -> !each.isBefore(from) && each.isBefore(from.plus(span)))
                        .count())
                .max()
                .orElseThrow();
    }

    @Test
    void listsOfManyProjectsAreSpreadOverTheInterval() throws GitpodException {
        watch(20, 50);
        List<Instant> lists = lists(Duration.ofMinutes(1));
        assertThat(atMost(lists, Duration.ofSeconds(1)), is(1));
        assertThat(lists.size(), is(allOf(greaterThanOrEqualTo(45), lessThanOrEqualTo(53))));
    }

    @Test
    void projectsThatFitOnAPageAreReadByOneList() throws GitpodException {
        watch(20, 5);
        List<Instant> lists = lists(Duration.ofMinutes(1));
        assertThat(lists.size(), is(allOf(greaterThanOrEqualTo(4), lessThanOrEqualTo(6))));
    }

    /** Also where a page has space for one project and not for two, so that each would need a list of its own. */
    @ParameterizedTest
    @CsvSource({"20,50", "18,60", "21,51", "10,100", "1,1000"})
    void eachProjectIsListedInEachInterval(int projects, int eachHas) throws GitpodException {
        watch(projects, eachHas);
        fixture.runtime.advance(Duration.ofSeconds(14));
        List<String> bodies =
                fixture.gitpod.records().calls(LIST).stream().map(Call::body).toList();
        List<Long> listed = fixture.gitpod.projects().stream()
                .filter(project -> project.name().startsWith("project "))
                .map(project -> bodies.stream()
                        .filter(body -> body.contains(project.id()))
                        .count())
                .toList();
        assertThat(listed, hasSize(projects));
        assertThat(listed, everyItem(is(greaterThanOrEqualTo(1L))));
    }

    /** More pages than an interval has calls are spread by the budget, and longer lists need fewer of them. */
    @Test
    void moreThanTheBudgetAllowsInAnIntervalIsReadTogether() throws GitpodException {
        watch(25, 60);
        List<Instant> lists = lists(Duration.ofMinutes(1));
        assertThat(atMost(lists, Duration.ofSeconds(1)), is(15));
    }

    /** The failing project is tried first in each round, and its list is a part of its own. */
    @Test
    void oneProjectWhoseListFailsDoesNotKeepTheOthersFromBeingRead() throws GitpodException {
        watch(5, 100);
        String bad = fixture.gitpod.projects().stream()
                .filter(project -> project.name().equals("project 2"))
                .findFirst()
                .orElseThrow()
                .id();
        Fault trouble = Fault.htmlStatus(503);
        fixture.fault(
                FaultRule.on(LIST, trouble)
                        .when(call -> call.body().contains(bad))
                        .forever(),
                trouble);
        fixture.runtime.advance(Duration.ofMinutes(2));
        read.clear();
        fixture.runtime.advance(Duration.ofMinutes(5));
        assertThat(read.size(), is(400));
    }

    @Test
    void troubleIsToldToAllThatAreDueThoughOnlyAPartIsListed() throws GitpodException {
        watch(4, 50);
        Fault trouble = Fault.htmlStatus(503);
        fixture.fault(FaultRule.on(LIST, trouble).forever(), trouble);
        fixture.runtime.runUntil(() -> !told.isEmpty(), Duration.ofSeconds(15));
        assertThat(told.size(), is(greaterThanOrEqualTo(100)));
        fixture.runtime.advance(Duration.ofMinutes(1));
        assertThat(told.size(), is(200));
    }
}
