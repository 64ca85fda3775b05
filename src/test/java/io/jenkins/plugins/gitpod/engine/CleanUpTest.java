package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Older prebuilds are deleted in Gitpod, and a failure of that affects no build. */
class CleanUpTest {

    private static final String DELETE = "DeletePrebuild";
    private static final Duration LONG = Duration.ofMinutes(15);

    private final List<CleanUp.Result> results = new ArrayList<>();

    private static EngineFixture fixture() {
        return EngineFixture.with()
                .plan(PhasePlan.quick(Duration.ofSeconds(30)))
                .begin();
    }

    /** Makes completed prebuilds, the oldest first. */
    private static List<Prebuild> make(EngineFixture fixture, int number) {
        List<Prebuild> made = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            EngineFixture.Wait wait = fixture.submit();
            fixture.untilConcluded(wait, LONG);
            made.add(wait.outcome(Outcome.Ended.class).prebuild());
        }
        return made;
    }

    private static Set<String> ids(List<Prebuild> prebuilds) {
        return new HashSet<>(prebuilds.stream().map(Prebuild::id).toList());
    }

    private CleanUp.Result cleanUp(EngineFixture fixture, List<Prebuild> made, int keep) {
        return cleanUp(
                fixture,
                new CleanUp(
                        fixture.connection(), fixture.token(), made.get(made.size() - 1), keep, ids(made), Set.of()));
    }

    private CleanUp.Result cleanUp(EngineFixture fixture, CleanUp what) {
        fixture.engine().cleanUp(what, results::add);
        fixture.runtime.runUntil(() -> !results.isEmpty(), LONG);
        fixture.runtime.settle();
        assertThat(results, hasSize(1));
        assertThat(fixture.engine().context().sessions().size(), is(0));
        return results.get(0);
    }

    private static List<String> left(EngineFixture fixture) {
        return fixture.gitpod.records().prebuilds().stream()
                .filter(each -> each.phase() == SimPhase.COMPLETED)
                .map(SimPrebuild::id)
                .toList();
    }

    @Test
    void theOlderOnesAreDeletedInGitpod() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 4);
            CleanUp.Result result = cleanUp(fixture, made, 2);

            assertThat(result.deleted(), contains(made.get(0).id(), made.get(1).id()));
            assertThat(result.failure(), is(nullValue()));
            assertThat(left(fixture), contains(made.get(2).id(), made.get(3).id()));
            assertThat(fixture.gitpod.records().count(DELETE), is(2));
        }
    }

    @Test
    void whatAPersonMadeWithTheSameAccountStays() {
        try (EngineFixture fixture = fixture()) {
            SimPrebuild personal = fixture.createAsPerson();
            List<Prebuild> made = make(fixture, 3);
            CleanUp.Result result = cleanUp(fixture, made, 1);

            assertThat(result.deleted(), hasSize(2));
            assertThat(left(fixture), contains(personal.id(), made.get(2).id()));
        }
    }

    @Test
    void manyPagesAreRead() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 1);
            for (int i = 0; i < 120; i++) {
                fixture.createAsPerson();
            }
            fixture.runtime.advance(Duration.ofMinutes(1));
            made.addAll(make(fixture, 1));
            CleanUp.Result result = cleanUp(fixture, made, 1);
            assertThat(result.deleted(), contains(made.get(0).id()));
            assertThat(left(fixture), hasSize(121));
        }
    }

    static Stream<Fault> passing() {
        return Stream.of(
                Fault.resetBeforeActing(),
                Fault.resetAfterActing(),
                Fault.closeAfterActing(),
                Fault.truncatedJson(),
                Fault.htmlStatus(502),
                Fault.status(500, "internal", "oops"),
                Fault.status(503, "unavailable", "later"),
                Fault.rateLimit(Duration.ofSeconds(40)));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void passingTroubleOfADeleteIsTriedAgainAndALostAnswerCountsOnce(Fault fault) {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 3);
            fixture.fault(DELETE, fault);
            CleanUp.Result result = cleanUp(fixture, made, 1);

            assertThat(result.deleted(), contains(made.get(0).id(), made.get(1).id()));
            assertThat(result.failure(), is(nullValue()));
            assertThat(left(fixture), contains(made.get(2).id()));
        }
    }

    @ParameterizedTest
    @MethodSource("passing")
    void passingTroubleOfTheListIsTriedAgain(Fault fault) {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 2);
            fixture.fault("ListPrebuilds", fault);
            CleanUp.Result result = cleanUp(fixture, made, 1);
            assertThat(result.deleted(), contains(made.get(0).id()));
        }
    }

    static Stream<Fault> lasting() {
        return Stream.of(
                Fault.status(403, "permission_denied", "read-only"),
                Fault.status(401, "unauthenticated", "who are you?"),
                Fault.status(501, "unimplemented", "what?"),
                Fault.status(503, "unavailable", "never"),
                Fault.rateLimit(Duration.ofSeconds(10)),
                Fault.rateLimit(null));
    }

    @ParameterizedTest
    @MethodSource("lasting")
    void lastingTroubleIsToldAfterAFewTries(Fault fault) {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 3);
            fixture.fault(FaultRule.on(DELETE, fault).forever(), fault);
            CleanUp.Result result = cleanUp(fixture, made, 1);

            assertThat(result.deleted(), is(empty()));
            assertThat(result.failure(), is(notNullValue()));
            assertThat(left(fixture), hasSize(3));
            assertThat(fixture.gitpod.records().count(DELETE) <= 4, is(true));
        }
    }

    @ParameterizedTest
    @MethodSource("gone")
    void whatSomebodyElseHasDeletedIsPassedOver(Fault gone) {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 3);
            fixture.fault(DELETE, gone);
            CleanUp.Result result = cleanUp(fixture, made, 1);
            assertThat(result.deleted(), contains(made.get(1).id()));
            assertThat(result.failure(), is(nullValue()));
        }
    }

    @Test
    void whatGitpodDoesNotHaveAnyMoreIsTold() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 3);
            fixture.fault(DELETE, Fault.status(404, "not_found", "no such prebuild"));
            CleanUp.Result result = cleanUp(fixture, made, 1);
            assertThat(result.gone(), contains(made.get(0).id()));
            assertThat(result.deleted(), contains(made.get(1).id()));
        }
    }

    /** Jenkins may stop after a deletion was accepted and before it was noted. */
    @Test
    void whatAnEarlierCleanUpDeletedIsTold() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 3);
            cleanUp(fixture, made.subList(0, 2), 1);
            assertThat(results.get(0).deleted(), contains(made.get(0).id()));
            results.clear();
            CleanUp.Result result = cleanUp(fixture, made, 3);
            assertThat(result.gone(), contains(made.get(0).id()));
            assertThat(result.deleted(), is(empty()));
            assertThat(fixture.gitpod.records().count(DELETE), is(1));
        }
    }

    static Stream<Fault> gone() {
        return Stream.of(
                Fault.status(404, "not_found", "no such prebuild"),
                Fault.status(400, "failed_precondition", "is being deleted"));
    }

    @Test
    void aListThatLagsBehindIsReadAgainAndNothingIsDeletedUntilItHasTheNewestOne() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 2);
            SimPrebuild newest = fixture.gitpod.prebuild(made.get(1).id());
            newest.forcePhase(SimPhase.SNAPSHOTTING);
            fixture.engine()
                    .cleanUp(
                            new CleanUp(fixture.connection(), fixture.token(), made.get(1), 1, ids(made), Set.of()),
                            results::add);
            fixture.runtime.advance(Duration.ofSeconds(20));
            assertThat(fixture.gitpod.records().count(DELETE), is(0));
            newest.forcePhase(SimPhase.COMPLETED);
            fixture.runtime.runUntil(() -> !results.isEmpty(), LONG);
            assertThat(results.get(0).deleted(), contains(made.get(0).id()));
        }
    }

    @Test
    void whatIsNeverListedAsCompletedDeletesNothing() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 2);
            fixture.gitpod.prebuild(made.get(1).id()).vanish();
            CleanUp.Result result = cleanUp(fixture, made, 1);
            assertThat(result.deleted(), is(empty()));
            assertThat(fixture.gitpod.records().count(DELETE), is(0));
        }
    }

    @Test
    void withoutATokenNothingIsDone() {
        try (EngineFixture fixture = fixture()) {
            List<Prebuild> made = make(fixture, 2);
            CleanUp.Result result = cleanUp(
                    fixture,
                    new CleanUp(
                            fixture.connection(),
                            () -> {
                                throw RecordedActions.noToken(Problem.NOT_CONFIGURED);
                            },
                            made.get(1),
                            1,
                            ids(made),
                            Set.of()));
            assertThat(result.tokenFailure(), is(notNullValue()));
            assertThat(fixture.gitpod.records().count(DELETE), is(0));
        }
    }
}
