package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

    @Test
    void buildsAProjectFromARepositoryThatIsThere(@TempDir Path repository) throws Exception {
        try (GitpodSimulator simulator = SimulatorMain.start("--repository", repository.toString())) {
            SimProject project = simulator.projects().get(5);
            assertThat(project.id(), is("01990000-0000-7000-8000-000000000006"));
            Path main = repository.resolve(".git/refs/heads/main");
            Files.createDirectories(main.getParent());
            Files.writeString(main, "3f2a91c04be7d8a6510c9e2f7b4d83a1e6c05f92\n");
            assertThat(project.checkedOutCommit(), is("3f2a91c04be7d8a6510c9e2f7b4d83a1e6c05f92"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--nonsense x", "--port x", "--speed fast"})
    void refusesWhatItDoesNotUnderstand(String args) {
        assertThrows(IllegalArgumentException.class, () -> SimulatorMain.start(args.split(" ")));
    }
}
