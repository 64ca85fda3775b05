package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.MADE;
import static io.jenkins.plugins.gitpod.api.Clients.SMALL;
import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Successful answers that cannot be read, and answers that are too large. */
class UnreadableAnswersTest {

    private static final int LIMIT = (int) SMALL.maxResponseBytes();

    private final ScriptedServer server = new ScriptedServer();
    private final GitpodClient client = Clients.client(server, SMALL);

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{\"prebuild\":{\"id\":\"pb\"",
                "{\"prebuild\":{\"id\":\"pb\"}}{}",
                "{\"prebuild\":{\"id\":\"pb\"}}<!-- proxy -->",
                "{\"status\":\"ok\"}"
            })
    void whatIsNotTheAnswerIsUnreadableAndLeavesTheOutcomeUnclear(String body) {
        server.then(ScriptedServer.json(body));

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
        assertThat(e.httpStatus(), is(200));
        assertThat(e.code(), is(ErrorCode.UNKNOWN));
        assertThat(e.sentHtml(), is(false));
    }

    @ParameterizedTest
    @CsvSource({"text/html; charset=utf-8, true", "application/json, true", "application/xhtml+xml, true", ", true"})
    void aLogInPageIsKnownAsOne(String contentType, boolean html) {
        server.then(ScriptedServer.answer(200, contentType, "\n <!DOCTYPE html><title>Log in</title>"));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(e.sentHtml(), is(html));
        assertThat(e.getMessage(), not(containsString("Log in")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/octet-stream", "application/jsonl", "text/json", "nonsense"})
    void theWrongContentTypeIsUnreadable(String contentType) {
        server.then(ScriptedServer.answer(200, contentType, MADE));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.UNREADABLE));
        assertThat(e.getMessage(), containsString(", " + contentType));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=UTF-8"})
    void theRightContentTypeMayBeWrittenInSeveralWays(String contentType) throws Exception {
        server.then(ScriptedServer.answer(200, contentType, MADE));

        assertThat(client.getPrebuild(Clients.PREBUILD).id(), is(Clients.PREBUILD));
    }

    @Test
    void noContentIsUnreadable() {
        server.then(ScriptedServer.bytes("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));

        assertThat(failedGet(client).kind(), is(Kind.UNREADABLE));
    }

    @Test
    void anAnswerAsLargeAsAllowedIsRead() throws Exception {
        server.then(ScriptedServer.json(MADE + " ".repeat(LIMIT - MADE.length())));

        assertThat(client.getPrebuild(Clients.PREBUILD).id(), is(Clients.PREBUILD));
    }

    @Test
    void oneByteMoreIsTooLargeAndLeavesTheOutcomeUnclear() {
        server.then(ScriptedServer.json(MADE + " ".repeat(LIMIT - MADE.length() + 1)));

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.TOO_LARGE));
        assertThat(e.delivery(), is(Delivery.UNCLEAR));
    }

    @Test
    void anEndlessAnswerIsTooLarge() {
        server.then(ScriptedServer.endless(200));

        assertThat(failedGet(client).kind(), is(Kind.TOO_LARGE));
    }

    @Test
    void anEndlessErrorIsTooLargeButItsStatusIsAnAnswer() {
        server.then(ScriptedServer.endless(403));

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.TOO_LARGE));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.code(), is(ErrorCode.PERMISSION_DENIED));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 500})
    void theLimitCountsWhatIsUnpacked(int status) throws Exception {
        byte[] bomb = gzip(" ".repeat(20 * LIMIT));
        assertThat(bomb.length < LIMIT, is(true));
        server.then(ScriptedServer.bytes(
                ScriptedServer.response(status, "application/json", bomb, "Content-Encoding: gzip")));

        assertThat(failedGet(client).kind(), is(Kind.TOO_LARGE));
    }

    @Test
    void aPackedAnswerIsRead() throws Exception {
        server.then(ScriptedServer.bytes(
                ScriptedServer.response(200, "application/json", gzip(MADE), "Content-Encoding: gzip")));

        assertThat(client.getPrebuild(Clients.PREBUILD).id(), is(Clients.PREBUILD));
    }

    @Test
    void aBrokenPackedAnswerLeavesTheOutcomeUnclear() {
        server.then(ScriptedServer.bytes(ScriptedServer.response(
                200, "application/json", MADE.getBytes(StandardCharsets.UTF_8), "Content-Encoding: gzip")));

        assertThat(failedCreate(client).delivery(), is(Delivery.UNCLEAR));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }
}
