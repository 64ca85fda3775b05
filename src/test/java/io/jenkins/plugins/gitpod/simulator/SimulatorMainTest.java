package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorMainTest {

    @Test
    void startsWithADemoAccountAndProjects() {
        try (GitpodSimulator simulator = SimulatorMain.start()) {
            assertThat(simulator.account("demo").token(), is("demo-token"));
            assertThat(
                    simulator.projects().stream().map(SimProject::name).toList(),
                    contains("demo-completes", "demo-fails", "demo-warns", "demo-slow", "demo-cancelled"));
            TestClient client = new TestClient(simulator, simulator.account("demo"));
            client.create(simulator.projects().get(0));
            assertThat(simulator.records().prebuilds().size(), is(1));
        }
    }

    @Test
    void takesPortTokenAndSpeed() {
        int port;
        try (GitpodSimulator first = SimulatorMain.start()) {
            port = first.apiUrl().getPort();
        }
        try (GitpodSimulator simulator =
                SimulatorMain.start("--port", "" + port, "--token", "other", "--speed", "1000000")) {
            assertThat(simulator.apiUrl().getPort(), is(port));
            assertThat(simulator.account("demo").token(), is("other"));
            PhasePlan plan = simulator.projects().get(0).plan();
            assertThat(plan.total().toNanos(), is(660_000L));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--nonsense x", "--port x", "--speed fast"})
    void refusesWhatItDoesNotUnderstand(String args) {
        assertThrows(IllegalArgumentException.class, () -> SimulatorMain.start(args.split(" ")));
    }
}
