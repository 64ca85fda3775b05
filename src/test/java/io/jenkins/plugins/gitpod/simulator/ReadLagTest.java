package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadLagTest extends SimulatorTestBase {

    @Override
    GitpodSimulator.Builder configure(GitpodSimulator.Builder builder) {
        return builder.readLag(Duration.ofSeconds(3));
    }

    @Test
    void readsDoNotKnowOfANewPrebuildForAWhile() {
        String id = client.create(project);
        clock.advanceSeconds(2.999);
        assertRefused(client.get(id), 404, "not_found");
        assertThat(client.call("ListPrebuilds", "{}").has("prebuilds"), is(false));
        clock.advanceSeconds(0.001);

        assertThat(client.phase(id), is("PENDING"));
        assertThat(client.call("ListPrebuilds", "{}").path("prebuilds").size(), is(1));
    }

    @Test
    void writesKnowOfItAtOnce() {
        String id = client.create(project);

        assertThat(client.cancel(id).statusCode(), is(200));
    }
}
