package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.engine.FaultTable.Cell;
import io.jenkins.plugins.gitpod.engine.SimulatedEvents.Manner;
import io.jenkins.plugins.gitpod.simulator.Call;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole lives at random: requests, aborts, faults, outages, rotated tokens, sleeping machines and crashes at random
 * moments, all in simulated time, so that a seed gives the same run again. Afterwards the simulator's records and the store
 * must agree that nothing was doubled and nothing is left. {@code -Dgitpod.seeds=from-to} runs other seeds.
 */
class RandomRequestsTest {

    private static final String SEEDS = System.getProperty("gitpod.seeds", "1-25");
    private static final int STEPS = 80;

    static LongStream seeds() {
        String[] ends = SEEDS.split("-");
        return LongStream.rangeClosed(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingIsDoubledAndNothingIsLeft(long seed) {
        try (Run run = new Run(seed)) {
            for (int step = 0; step < STEPS; step++) {
                run.step();
            }
            run.calmDown();
            run.check();
        }
    }

    private static final class Run implements AutoCloseable {

        private final Random random;
        private final EngineFixture fixture;
        private final List<SimProject> projects = new ArrayList<>();
        private final List<String> faultNames;
        private final List<Fault.Hang> hangs = new ArrayList<>();
        private final Set<String> tokens = new HashSet<>();
        private final List<EngineFixture.Wait> waits = new ArrayList<>();
        private final List<EngineFixture.Wait> crashed = new ArrayList<>();
        private final Set<UUID> detached = new HashSet<>();
        private final List<SimPrebuild> foreign = new ArrayList<>();
        private int requests;

        Run(long seed) {
            random = new Random(seed);
            fixture = EngineFixture.with()
                    .seed(seed)
                    .readLag(Duration.ofSeconds(random.nextInt(20)))
                    .events(of -> events(of, new Random(seed)))
                    .begin();
            projects.add(fixture.project);
            projects.add(fixture.gitpod.addProject("second"));
            faultNames = new FaultTable()
                    .cells().stream()
                            .map(Cell::fault)
                            .distinct()
                            .filter(name -> !name.equals(FaultTable.REFUSED_CONNECTION))
                            .toList();
            tokens.add(fixture.account.token());
            fixture.gitpod.onCreate(
                    made -> made.plan(plan(seed ^ made.createdAt().toEpochMilli())));
        }

        /** Each session has another kind of stream, or none. */
        private static Function<GitpodClient, EventSource> events(EngineFixture fixture, Random random) {
            Manner[] manners = Manner.values();
            return client -> {
                int manner = random.nextInt(manners.length + 5);
                return manner < manners.length ? new SimulatedEvents(fixture, manners[manner]).source() : null;
            };
        }

        /** Stuck ones show whether requests look after them. */
        private static PhasePlan plan(long seed) {
            return switch (new Random(seed).nextInt(4)) {
                case 0 -> PhasePlan.typical();
                case 1 -> PhasePlan.failing("no");
                case 2 -> PhasePlan.stuckIn(SimPhase.RUNNING);
                default -> PhasePlan.stuckIn(SimPhase.SNAPSHOTTING);
            };
        }

        void step() {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> submit();
                case 5, 6 -> someWait(EngineFixture.Wait::abort);
                case 7, 8, 9 -> fault();
                case 10 -> outage();
                case 11 -> {
                    fixture.account.rotate();
                    tokens.add(fixture.account.token());
                }
                case 12 -> fixture.runtime.sleep(Duration.ofMinutes(random.nextInt(200)));
                case 13 -> crash();
                case 14 -> somethingWithAPrebuild();
                default -> someWait(wait -> wait.handle().cancel());
            }
            fixture.runtime.advance(pause());
            release();
        }

        /** A server that acts hours after the client has gone is beyond what can be looked after. */
        private void release() {
            hangs.forEach(Fault.Hang::release);
            fixture.awaitReal(() -> fixture.gitpod.records().calls().stream()
                    .filter(call -> hangs.contains(call.fault()))
                    .allMatch(call -> call.status() != 0));
        }

        private Duration pause() {
            return switch (random.nextInt(4)) {
                case 0 -> Duration.ZERO;
                case 1 -> Duration.ofMillis(random.nextInt(3000));
                case 2 -> Duration.ofSeconds(random.nextInt(60));
                default -> Duration.ofSeconds(random.nextInt(600));
            };
        }

        private void submit() {
            boolean isDetached = random.nextInt(5) == 0;
            SimProject project = projects.get(random.nextInt(projects.size()));
            int together = random.nextInt(3) == 0 ? 4 : 1;
            for (int i = 0; i < together; i++) {
                PrebuildRequest request = new PrebuildRequest(
                        new UUID(random.nextLong(), random.nextLong()),
                        fixture.connection(),
                        project.id(),
                        null,
                        null,
                        isDetached,
                        true);
                if (isDetached) {
                    detached.add(request.requestId());
                }
                requests++;
                waits.add(fixture.submit(request));
            }
        }

        private void someWait(java.util.function.Consumer<EngineFixture.Wait> action) {
            if (!waits.isEmpty()) {
                action.accept(waits.get(random.nextInt(waits.size())));
            }
        }

        private void fault() {
            Fault fault = FaultTable.fault(faultNames.get(random.nextInt(faultNames.size())));
            if (fault instanceof Fault.Hang hang) {
                hangs.add(hang);
            }
            List<String> methods = List.of(
                    "CreatePrebuild",
                    "CreatePrebuild",
                    "GetPrebuild",
                    "ListPrebuilds",
                    "CancelPrebuild",
                    "GetAuthenticatedIdentity");
            String method = methods.get(random.nextInt(methods.size()));
            String stranger = fixture.gitpod.account("somebody").token();
            fixture.fault(
                    FaultRule.on(method, fault)
                            .times(1 + random.nextInt(6))
                            .when(call -> !call.header("Authorization").endsWith(stranger)),
                    fault);
        }

        private void outage() {
            fixture.gitpod.stopListening();
            fixture.runtime.advance(Duration.ofSeconds(random.nextInt(1200)));
            fixture.gitpod.listen();
        }

        private void crash() {
            waits.forEach(wait -> crashed.add(wait));
            waits.clear();
            waits.addAll(fixture.crashAndRestart(Duration.ofSeconds(random.nextInt(900))));
            if (random.nextBoolean()) {
                // Some of the builds are not there any more.
                waits.stream()
                        .filter(wait -> random.nextBoolean())
                        .forEach(wait -> wait.handle().leave(CancelReason.OWNER_GONE));
            }
        }

        private void somethingWithAPrebuild() {
            List<SimPrebuild> active = new ArrayList<>(fixture.gitpod.records().active());
            active.removeAll(foreign);
            if (active.isEmpty()) {
                return;
            }
            SimPrebuild one = active.get(random.nextInt(active.size()));
            switch (random.nextInt(4)) {
                case 0 -> one.cancelBySomeoneElse();
                case 1 -> one.vanish();
                case 2 -> one.forcePhase(SimPhase.COMPLETED);
                default -> foreign.add(fixture.createAs(fixture.gitpod.account("somebody")));
            }
        }

        void calmDown() {
            fixture.gitpod.faults().clear();
            release();
            fixture.untilAllClosed(Duration.ofHours(27));
            fixture.runtime.advance(Duration.ofMinutes(5));
        }

        void check() {
            List<SimPrebuild> ours = new ArrayList<>(fixture.gitpod.records().prebuilds());
            ours.removeAll(foreign);
            assertThat(
                    "creates that acted",
                    fixture.gitpod.records().calls("CreatePrebuild").stream()
                            .filter(Call::acted)
                            .toList(),
                    hasSize(lessThanOrEqualTo(requests * (1 + CreateAttempts.MAX_RESENDS) + foreign.size())));
            List<EngineFixture.Wait> all = new ArrayList<>(waits);
            all.addAll(crashed);
            Set<String> given = new HashSet<>();
            Set<UUID> owners = new HashSet<>();
            for (EngineFixture.Wait wait : all) {
                if (wait.prebuildId() != null && owners.add(wait.handle().requestId())) {
                    assertThat("owned twice: " + wait.prebuildId(), given.add(wait.prebuildId()), is(true));
                }
            }
            waits.forEach(wait -> assertThat("last words", wait.observer().outcomes(), hasSize(1)));
            crashed.forEach(
                    wait -> assertThat("last words", wait.observer().outcomes(), hasSize(lessThanOrEqualTo(1))));
            Set<String> notOurs = new HashSet<>();
            all.stream()
                    .filter(wait -> detached.contains(wait.handle().requestId()))
                    .forEach(wait -> notOurs.add(wait.prebuildId()));

            assertThat(
                    "left running",
                    ours.stream()
                            .filter(SimPrebuild::isActive)
                            .filter(one -> !notOurs.contains(one.id()))
                            .toList(),
                    is(empty()));
            assertThat(
                    "others' prebuilds cancelled",
                    foreign.stream().filter(SimPrebuild::isCancelRequested).toList(),
                    is(empty()));
            assertThat("store", fixture.store.open(), is(empty()));
            assertThat("sessions", fixture.engine().context().sessions().size(), is(0));
            assertThat("lost creates", fixture.engine().context().lostCreates().size(), is(0));
            assertThat("timers", fixture.runtime.pending(), is(0));
            tokens.forEach(token -> assertThat(fixture.log.text(), not(containsString(token))));
        }

        @Override
        public void close() {
            fixture.close();
        }
    }
}
