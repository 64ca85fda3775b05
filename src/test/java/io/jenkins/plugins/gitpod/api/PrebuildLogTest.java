package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.PrebuildLog.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrebuildLogTest {

    private static final String LOGS_TOKEN = "token-of-the-log-only";
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    private static final PrebuildLog.Limits LIMITS = new PrebuildLog.Limits(Duration.ofSeconds(10), 1000, 100_000);

    private final ScriptedServer api = new ScriptedServer();
    private final ScriptedServer logs = new ScriptedServer();
    private final List<String> lines = new ArrayList<>();

    @AfterEach
    void close() {
        api.close();
        logs.close();
    }

    private PrebuildLog log(PrebuildLog.Limits limits) throws LogFailure {
        return Clients.client(api)
                .prebuildLog("http://127.0.0.1:" + logs.port() + "/logs/1?a=b", new LogsToken(LOGS_TOKEN), limits);
    }

    private End read(String body, PrebuildLog.Limits limits) throws LogFailure {
        logs.then(exchange -> {
            exchange.send(HEAD + body);
            return false;
        });
        return log(limits).read(lines::add);
    }

    private LogFailure fail(ScriptedServer.Step step) {
        logs.then(step);
        LogFailure e = assertThrows(LogFailure.class, () -> log(LIMITS).read(lines::add));
        assertThat(e.getMessage(), not(containsString(LOGS_TOKEN)));
        return e;
    }

    @Test
    void onlyTheTokenOfTheLogIsSentAndOnlyToItsHost() throws Exception {
        assertThat(read("one\ntwo\n", LIMITS), is(End.COMPLETE));

        ScriptedServer.Received request = logs.onlyRequest();
        assertThat(request.requestLine(), is("GET /logs/1?a=b HTTP/1.1"));
        assertThat(request.header("Authorization"), is("Bearer " + LOGS_TOKEN));
        assertThat(request.header("Accept-Encoding"), is("identity"));
        assertThat(api.requests(), empty());
        assertThat(lines, contains("one", "two"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"one\\r\\n\\r\\ntwo|one,,two", "one\\ntwo|one,two", "ü\\n|ü", "\\n|''"})
    void linesAreSplitAtLineFeedsAndTheLastMayLackOne(String body, String expected) throws Exception {
        read(body.replace("\\r", "\r").replace("\\n", "\n"), LIMITS);
        assertThat(lines, is(List.of(expected.split(",", -1))));
    }

    @Test
    void aLongLineIsCutAndTheNextOneIsWhole() throws Exception {
        read("x".repeat(5000) + "\nnext\n" + "y".repeat(1000) + "\r\n", LIMITS);
        assertThat(lines, contains("x".repeat(1000) + "…", "next", "y".repeat(1000)));
    }

    @Test
    void aLongLogEndsAtTheLimit() throws Exception {
        assertThat(read("0123456789\n".repeat(20_000), LIMITS), is(End.TOO_LONG));
        assertThat(lines, hasSize(100_000 / 11));
    }

    @Test
    void theReaderCanHaveEnough() throws Exception {
        logs.then(exchange -> {
            exchange.send(HEAD + "one\ntwo\nthree\n");
            return false;
        });
        End end = log(LIMITS).read(line -> {
            lines.add(line);
            return lines.size() < 2;
        });
        assertThat(end, is(End.ENOUGH));
        assertThat(lines, contains("one", "two"));
    }

    @Test
    void aStreamThatGoesQuietEndsTheReadWithWhatCame() throws Exception {
        logs.then(exchange -> {
            exchange.send(HEAD + "one\ntw");
            return true;
        });
        PrebuildLog.Limits quiet = new PrebuildLog.Limits(Duration.ofMillis(300), 1000, 100_000);
        assertThat(log(quiet).read(lines::add), is(End.SILENT));
        assertThat(lines, contains("one", "tw"));
    }

    @Test
    void closingEndsARead() throws Exception {
        logs.then(exchange -> {
            exchange.send(HEAD + "one\n");
            return true;
        });
        PrebuildLog log = log(LIMITS);
        LogFailure e = assertThrows(
                LogFailure.class,
                () -> log.read(line -> {
                    log.close();
                    return true;
                }));
        assertThat(e.kind(), is(LogFailure.Kind.TEMPORARY));
    }

    @ParameterizedTest
    @CsvSource({
        "404, NOT_THERE",
        "410, NOT_THERE",
        "401, REFUSED",
        "403, REFUSED",
        "408, TEMPORARY",
        "429, TEMPORARY",
        "500, TEMPORARY",
        "502, TEMPORARY",
        "400, UNREADABLE",
        "405, UNREADABLE",
        "204, UNREADABLE"
    })
    void aStatusSaysWhetherALaterAttemptMaySucceed(int status, LogFailure.Kind kind) {
        LogFailure e = fail(ScriptedServer.andClose(ScriptedServer.answer(status, null, "")));
        assertThat(e.kind(), is(kind));
        assertThat(e.getMessage(), containsString(Integer.toString(status)));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void aRedirectIsNotFollowed(int status) {
        LogFailure e = fail(ScriptedServer.andClose(
                ScriptedServer.answer(status, null, "", "Location: http://127.0.0.1:" + api.port() + "/")));
        assertThat(e.kind(), is(LogFailure.Kind.UNREADABLE));
        assertThat(api.requests(), empty());
        assertThat(logs.requests(), hasSize(1));
    }

    @Test
    void aPageIsNoLog() {
        LogFailure e =
                fail(ScriptedServer.andClose(ScriptedServer.answer(200, "text/html; charset=utf-8", "<p>Log in")));
        assertThat(e.kind(), is(LogFailure.Kind.UNREADABLE));
        assertThat(lines, empty());
    }

    @Test
    void aBrokenConnectionIsTemporary() {
        assertThat(fail(ScriptedServer.hangUp()).kind(), is(LogFailure.Kind.TEMPORARY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://logs.example/1", "http://10.0.0.1/1", "ftp://127.0.0.1/1", "/logs/1", "", "https://"})
    void aTokenIsSentToHttpsOnly(String url) {
        LogFailure e = assertThrows(
                LogFailure.class, () -> Clients.client(api).prebuildLog(url, new LogsToken(LOGS_TOKEN), LIMITS));
        assertThat(e.kind(), is(LogFailure.Kind.UNREADABLE));
    }

    @Test
    void plainHttpOnLoopbackNeedsAnApiOnLoopback() {
        GitpodClient remote = Clients.client(new okhttp3.OkHttpClient(), "https://gitpod.example/api", Clients.SHORT);
        LogFailure e = assertThrows(
                LogFailure.class, () -> remote.prebuildLog("http://127.0.0.1:1/", new LogsToken(LOGS_TOKEN), LIMITS));
        assertThat(e.kind(), is(LogFailure.Kind.UNREADABLE));
    }
}
