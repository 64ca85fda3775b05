package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose clock is told with which answers. */
class AnswerTimesTest {

    private static final String DATE = "Date: Mon, 02 Mar 2026 08:00:07 GMT";
    private static final Instant TIME = Instant.parse("2026-03-02T08:00:07Z");

    private record Told(Instant date, long sent, long received) {}

    private final ScriptedServer server = new ScriptedServer();
    private final GitpodClient client = Clients.client(server);
    private final List<Told> told = new ArrayList<>();

    @BeforeEach
    void listen() {
        client.setAnswerTimes(new AnswerTimes() {
            private long now;

            @Override
            public long nanoTime() {
                return ++now;
            }

            @Override
            public void answered(Instant date, long sent, long received) {
                told.add(new Told(date, sent, received));
            }
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void eachAnswerOfTheApiTellsItsTimeReadsAndCreatesAlike() throws Exception {
        server.then(ScriptedServer.json(200, Clients.MADE, DATE));
        server.then(ScriptedServer.json(200, Clients.MADE, DATE));
        client.getPrebuild(Clients.PREBUILD);
        Clients.create(client);
        assertThat(told, contains(new Told(TIME, 1, 2), new Told(TIME, 3, 4)));
    }

    @Test
    void theClockOfAProxyThatAnswersInsteadSaysNothing() {
        server.then(ScriptedServer.answer(502, "text/html", "<html>", DATE));
        server.then(ScriptedServer.answer(200, "text/html", "<html>", DATE));
        failedGet(client);
        failedGet(client);
        assertThat(told, is(empty()));
    }

    @Test
    void anAnswerWithoutADateOrWithAnOddOneSaysNothing() throws Exception {
        server.then(ScriptedServer.json(Clients.MADE));
        server.then(ScriptedServer.json(200, Clients.MADE, "Date: yesterday"));
        client.getPrebuild(Clients.PREBUILD);
        client.getPrebuild(Clients.PREBUILD);
        assertThat(told, is(empty()));
    }
}
