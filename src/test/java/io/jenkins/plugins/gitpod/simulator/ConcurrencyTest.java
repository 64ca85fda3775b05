package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConcurrencyTest extends SimulatorTestBase {
    private static final int CALLS = 200;

    @Test
    void manyCreatesAtOnceMakeOnePrebuildEach() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            answers.add(client.http()
                    .sendAsync(
                            client.request("CreatePrebuild", TestClient.createBody(project))
                                    .build(),
                            BodyHandlers.ofString()));
        }
        Set<String> ids = new HashSet<>();
        answers.forEach(
                answer -> ids.add(client.json(answer.join()).at("/prebuild/id").asText()));

        assertThat(ids.size(), is(CALLS));
        List<String> made =
                simulator.records().prebuilds().stream().map(SimPrebuild::id).toList();
        assertThat(new HashSet<>(made), is(ids));
        List<String> sorted = new ArrayList<>(made);
        Collections.sort(sorted);
        assertThat(made, is(sorted));
        assertThat(simulator.records().calls().stream().filter(Call::acted).count(), is((long) CALLS));
        assertThat(
                simulator.records().calls().stream()
                        .map(Call::number)
                        .distinct()
                        .count(),
                is((long) CALLS));
    }
}
