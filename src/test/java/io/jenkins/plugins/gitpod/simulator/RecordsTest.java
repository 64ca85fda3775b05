package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RecordsTest extends SimulatorTestBase {

    @Test
    void aCallIsInTheBooksWithAllThatWasSent() {
        clock.advanceSeconds(7);
        client.create(project);

        Call call = simulator.records().calls().get(0);
        assertThat(call.number(), is(1));
        assertThat(call.at(), is(ManualClock.START.plusSeconds(7)));
        assertThat(call.method(), is("CreatePrebuild"));
        assertThat(call.httpMethod(), is("POST"));
        assertThat(call.path(), is("/api/gitpod.v1.PrebuildService/CreatePrebuild"));
        assertThat(call.header("AUTHORIZATION"), is("Bearer " + account.token()));
        assertThat(call.header("X-Nothing"), is(""));
        assertThat(call.body(), is(TestClient.createBody(project)));
        assertThat(call.status(), is(200));
        assertThat(call.acted(), is(true));
        assertThat(call.fault(), nullValue());
        assertThat(call.toString(), not(containsString(account.token())));
    }

    @Test
    void refusedCallsHaveNotActed() {
        client.post("CreatePrebuild", "{}");
        account.revoke();
        client.post("ListPrebuilds", "{}");

        assertThat(simulator.records().calls().stream().map(Call::status).toList(), contains(400, 401));
        assertThat(simulator.records().calls().stream().anyMatch(Call::acted), is(false));
    }

    @Test
    void countsByMethodAndForgetsOnlyCalls() {
        String id = client.create(project);
        client.get(id);
        client.get(id);

        assertThat(simulator.records().count("GetPrebuild"), is(2));
        assertThat(simulator.records().calls("GetPrebuild").size(), is(2));
        simulator.records().clear();
        assertThat(simulator.records().calls(), empty());
        assertThat(simulator.records().prebuilds().size(), is(1));
        client.get(id);
        assertThat(simulator.records().calls().get(0).number(), is(4));
    }

    @Test
    void activeAreThoseThatHaveNotEnded() {
        String first = client.create(project);
        String second = client.create(project);
        simulator.prebuild(first).failWith("x");

        assertThat(simulator.records().active().stream().map(SimPrebuild::id).toList(), contains(second));
        assertThat(simulator.records().prebuild(first).creator(), is(account));
        assertThat(simulator.records().prebuild("nothing"), nullValue());
        assertThrows(IllegalArgumentException.class, () -> simulator.prebuild("nothing"));
    }
}
