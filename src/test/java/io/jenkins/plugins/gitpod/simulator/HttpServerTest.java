package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpServerTest extends SimulatorTestBase {

    private String sendRaw(String text) throws IOException {
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send(text);
            connection.endOutput();
            return new String(connection.readToEnd(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aStrayEmptyLineBeforeARequestIsOverlooked() throws IOException {
        sendRaw(RawConnection.create(account, project) + "\r\n" + RawConnection.create(account, project));

        assertThat(simulator.records().prebuilds().size(), is(2));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderOnOneConnection() throws IOException {
        sendRaw(RawConnection.create(account, project) + RawConnection.create(account, project));

        List<Call> calls = simulator.records().calls();
        assertThat(calls.stream().map(Call::connection).toList(), is(List.of(1, 1)));
        assertThat(calls.stream().map(Call::number).toList(), is(List.of(1, 2)));
        assertThat(simulator.records().prebuilds().size(), is(2));
        assertThat(simulator.records().connections(), is(1));
    }

    @Test
    void connectionsAreNumbered() throws IOException {
        sendRaw(RawConnection.create(account, project));
        sendRaw(RawConnection.create(account, project));

        assertThat(simulator.records().calls().stream().map(Call::connection).toList(), is(List.of(1, 2)));
    }

    @Test
    void chunkedBodiesAreUnderstood() throws IOException {
        String body = TestClient.createBody(project);
        String half = Integer.toHexString(10) + ";name=value\r\n" + body.substring(0, 10) + "\r\n"
                + Integer.toHexString(body.length() - 10) + "\r\n" + body.substring(10) + "\r\n0\r\nTrailer: x\r\n\r\n";

        String answer =
                sendRaw(RawConnection.head(account, "CreatePrebuild") + "Transfer-Encoding: chunked\r\n\r\n" + half);
        assertThat(answer, startsWith("HTTP/1.1 200"));
        assertThat(simulator.records().calls().get(0).body(), is(body));
    }

    @Test
    void theConnectionIsClosedWhereTheClientWishesIt() throws IOException {
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send("GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertThat(new String(connection.readToEnd(), StandardCharsets.UTF_8), startsWith("HTTP/1.1 404"));
        }
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send("GET /nowhere HTTP/1.0\r\n\r\n");
            assertThat(new String(connection.readToEnd(), StandardCharsets.UTF_8), startsWith("HTTP/1.1 404"));
        }
    }

    @Test
    void headHasNoBody() throws IOException {
        String answer = sendRaw("HEAD /nowhere HTTP/1.1\r\n\r\n");

        assertThat(answer.substring(answer.indexOf("\r\n\r\n")), is("\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET /x SPDY/3\r\n\r\n",
                "GET /x HTTP/1.1\r\nno colon\r\n\r\n",
                "POST /x HTTP/1.1\r\nContent-Length: many\r\n\r\n",
                "POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"
            })
    void whatIsNoHttpGets400AndAnEndAndIsInTheBooks(String text) throws IOException {
        assertThat(sendRaw(text), startsWith("HTTP/1.1 400"));
        assertThat(simulator.records().calls().get(0).status(), is(400));
        assertThat(simulator.records().calls().get(0).acted(), is(false));
    }

    @Test
    void tooLargeRequestsAreRefused() throws IOException {
        assertThat(sendRaw("POST /x HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), startsWith("HTTP/1.1 413"));
        assertThat(sendRaw("GET /x HTTP/1.1\r\nX: " + "x".repeat(64 * 1024 - 18)), startsWith("HTTP/1.1 431"));
    }

    @Test
    void aRequestThatBreaksOffIsInTheBooksAndDoesNothing() throws IOException {
        String whole = RawConnection.create(account, project);
        assertThat(sendRaw(whole.substring(0, whole.length() - 5)), is(""));

        Call call = simulator.records().calls("CreatePrebuild").get(0);
        assertThat(call.status(), is(0));
        assertThat(call.acted(), is(false));
        assertThat(
                call.body(),
                is(TestClient.createBody(project)
                        .substring(0, TestClient.createBody(project).length() - 5)));
        assertThat(simulator.records().prebuilds(), empty());
    }

    @Test
    void stoppedItRefusesConnectionsAndThenListensOnTheSamePort() throws IOException {
        URI before = simulator.apiUrl();
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send(RawConnection.create(account, project));
            connection.readUntil("}}}");
            simulator.stopListening();
            assertThat(connection.readToEnd().length, is(0));
        }
        assertThrows(ConnectException.class, () -> new RawConnection(simulator));

        simulator.listen();
        simulator.listen();
        assertThat(simulator.apiUrl(), is(before));
        assertThat(client.call("ListPrebuilds", "{}").path("prebuilds").size(), is(1));
    }

    @Test
    void aHookCanTakeItDownBetweenMakingAndAnswering() throws IOException {
        simulator.onCreate(made -> simulator.stopListening());
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send(RawConnection.create(account, project));
            assertThat(connection.readToEnd().length, is(0));
        }
        assertThrows(ConnectException.class, () -> new RawConnection(simulator));
        assertThat(simulator.records().prebuilds().size(), is(1));
    }

    @Test
    void afterClosingNoThreadIsLeft() throws IOException {
        String port = String.valueOf(simulator.apiUrl().getPort());
        try (RawConnection idle = new RawConnection(simulator)) {
            idle.send("GET /nowhere HTTP/1.1\r\n\r\n");
            idle.readUntil("</html>");
            simulator.close();
            assertThat(idle.readToEnd().length, is(0));
        }
        assertThat(
                Thread.getAllStackTraces().keySet().stream()
                        .map(Thread::getName)
                        .filter(name -> name.equals("gitpod-simulator-accept-" + port))
                        .toList(),
                empty());
    }

    @Test
    void itsThreadsAreDaemonsWithItsName() throws IOException {
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send("GET /nowhere HTTP/1.1\r\n\r\n");
            connection.readUntil("</html>");
            List<Thread> own = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("gitpod-simulator-"))
                    .toList();
            assertThat(own.stream().allMatch(Thread::isDaemon), is(true));
            assertThat(own.toString(), containsString("gitpod-simulator-connection-1"));
        }
    }

    @Test
    void anotherPathForTheApiIsPossible() throws IOException {
        try (GitpodSimulator other =
                GitpodSimulator.builder().apiPath("/base/api").start()) {
            assertThat(other.apiUrl().getPath(), is("/base/api"));
            TestClient there = new TestClient(other, other.account("ci"));
            assertThat(there.post("ListPrebuilds", "{}").statusCode(), is(200));
        }
    }
}
