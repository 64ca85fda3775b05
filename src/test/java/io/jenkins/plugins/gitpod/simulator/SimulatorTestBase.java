package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A simulator with a clock that stands still, one project and one account. */
abstract class SimulatorTestBase {
    final ManualClock clock = new ManualClock();
    GitpodSimulator simulator;
    SimProject project;
    Account account;
    TestClient client;

    @BeforeEach
    void startSimulator() {
        simulator = configure(GitpodSimulator.builder().clock(clock)).start();
        project = simulator.addProject("shop");
        account = simulator.account("ci");
        client = new TestClient(simulator, account);
    }

    GitpodSimulator.Builder configure(GitpodSimulator.Builder builder) {
        return builder;
    }

    @AfterEach
    void closeSimulator() {
        simulator.close();
    }

    void assertRefused(HttpResponse<String> response, int status, String code) {
        assertThat(response.body(), response.statusCode(), is(status));
        assertThat(response.body(), client.json(response).path("code").asText(), is(code));
    }
}
