package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.failedCreate;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorAnswersTest {

    private final ScriptedServer server = new ScriptedServer();
    private final GitpodClient client = Clients.client(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void anErrorOfTheApiHasItsCodeAndItsMessage() {
        server.then(ScriptedServer.json(404, "{\"code\":\"not_found\",\"message\":\"no such prebuild\"}"));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.API_ERROR));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.code(), is(ErrorCode.NOT_FOUND));
        assertThat(e.httpStatus(), is(404));
        assertThat(e.detail(), is("no such prebuild"));
        assertThat(e.method(), is("GetPrebuild"));
        assertThat(e.sentHtml(), is(false));
        assertThat(e.getMessage(), containsString(", application/json"));
        assertThat(e.retryAfter(), is(Optional.empty()));
        assertThat(e.redirectTarget(), is(Optional.empty()));
        assertThat(
                e.getMessage(),
                allOf(
                        containsString("GetPrebuild"),
                        containsString("not_found"),
                        containsString("404"),
                        containsString("no such prebuild")));
    }

    @ParameterizedTest
    @EnumSource
    void theCodeOfTheBodyCountsWhateverTheStatus(ErrorCode code) {
        server.then(ScriptedServer.json(500, "{\"code\":\"" + code.wireName() + "\"}"));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.API_ERROR));
        assertThat(e.code(), is(code));
        assertThat(e.detail(), is(""));
    }

    @Test
    void aCodeOfALaterConnectIsTakenFromTheStatus() {
        server.then(ScriptedServer.json(403, "{\"code\":\"too_curious\",\"message\":\"m\",\"new\":1}"));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.API_ERROR));
        assertThat(e.code(), is(ErrorCode.PERMISSION_DENIED));
        assertThat(e.detail(), is("m"));
    }

    @ParameterizedTest
    @CsvSource({
        "400, INTERNAL",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, UNIMPLEMENTED",
        "429, UNAVAILABLE",
        "500, UNKNOWN",
        "502, UNAVAILABLE",
        "503, UNAVAILABLE",
        "504, UNAVAILABLE",
        "304, UNKNOWN",
        "409, UNKNOWN"
    })
    void htmlIsMappedByItsStatus(int status, ErrorCode code) {
        server.then(ScriptedServer.answer(status, "text/html; charset=utf-8", "<!doctype html><p>secret</p>"));

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.HTTP_ERROR));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.code(), is(code));
        assertThat(e.httpStatus(), is(status));
        assertThat(e.sentHtml(), is(true));
        assertThat(e.getMessage(), containsString(", text/html; charset=utf-8"));
        assertThat(e.detail(), is(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nothing here",
                "[]",
                "{",
                "{\"code\":5,\"message\":\"not found\"}",
                "{\"error\":\"not found\"}",
                "{\"code\":\"not_found\"} and more"
            })
    void anythingThatIsNoConnectErrorIsMappedByItsStatus(String body) {
        server.then(ScriptedServer.json(404, body));

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.HTTP_ERROR));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.code(), is(ErrorCode.UNIMPLEMENTED));
        assertThat(e.sentHtml(), is(false));
    }

    @Test
    void anErrorWithoutContentTypeIsReadAllTheSame() {
        server.then(ScriptedServer.answer(409, null, "{\"code\":\"aborted\"}"));

        GitpodException e = failedGet(client);

        assertThat(e.code(), is(ErrorCode.ABORTED));
        assertThat(e.getMessage(), is("GetPrebuild: API_ERROR, HTTP 409, aborted, ANSWERED"));
    }

    @Test
    void theServersTextForPeopleGoesBeforeItsMessage() {
        server.then(ScriptedServer.json(400, """
                {"code":"failed_precondition","message":"technical","details":[
                {"type":"google.rpc.RetryInfo","value":"CgIIAg"},
                {"type":"gitpod.v1.ActionableErrorDetails","value":"","debug":{"userMessage":"Ask your admin."}}]}"""));

        assertThat(failedGet(client).detail(), is("Ask your admin."));
    }

    @Test
    void whatGitpodSuggestsIsKept() {
        actions("""
                {"actionId":"a","label":"Upgrade\\nplan","dashboardPath":"/settings/plan"},
                {"label":"Read more","externalUrl":"https://ona.com/docs"},{"dashboardPath":"/no/label"},7,
                {"label":"Third","dashboardPath":7},{"label":"Fourth"}""");

        assertThat(
                failedGet(client).actions(),
                contains(
                        new ErrorAction("Upgrade plan", "/settings/plan"),
                        new ErrorAction("Read more", ""),
                        new ErrorAction("Third", "")));
    }

    @Test
    void whatGitpodSuggestsIsBoundedAndHoldsNoToken() {
        actions("{\"label\":\"%s\",\"dashboardPath\":\"/%s\"},{\"label\":\"use %s\",\"dashboardPath\":\"/%s\"}"
                .formatted("x".repeat(500), "y".repeat(200), Clients.TOKEN, Clients.TOKEN));

        assertThat(
                failedGet(client).actions(),
                contains(
                        new ErrorAction("x".repeat(100), ""), // a path that is cut would be another one
                        new ErrorAction("use [redacted]", "/[redacted]")));
    }

    private void actions(String actions) {
        server.then(ScriptedServer.json(400, """
                {"code":"failed_precondition","details":[
                {"type":"gitpod.v1.ActionableErrorDetails","value":"","debug":{"actions":[%s]}}]}""".formatted(actions)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "{}", "[7]", "[{}]", "[{\"type\":\"gitpod.v1.ActionableErrorDetails\"}]", "null"})
    void oddDetailsLeaveTheMessage(String details) {
        server.then(ScriptedServer.json(400, "{\"code\":\"aborted\",\"message\":\"m\",\"details\":" + details + "}"));

        assertThat(failedGet(client).detail(), is("m"));
    }

    @Test
    void theTextIsOneCleanLine() {
        server.then(ScriptedServer.json(400, """
                {"code":"aborted","message":"\\u001b[31m one\\r\\ntwo\\t\\u0000three\\u202efour\\u2028five  "}"""));

        assertThat(failedGet(client).detail(), is("[31m one two three four five"));
    }

    @Test
    void aLongTextIsCutBetweenCharacters() {
        String text = "x".repeat(499) + "\uD83D\uDE80";
        server.then(ScriptedServer.json(400, "{\"code\":\"aborted\",\"message\":\"" + text + "\"}"));

        assertThat(failedGet(client).detail(), is("x".repeat(499)));
    }

    @Test
    void theWaitIsTakenFromTheDetail() {
        server.then(limited("[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgIIAg\"}]", "RateLimit-RetryAfter: 9"));

        GitpodException e = failedGet(client);

        assertThat(e.code(), is(ErrorCode.RESOURCE_EXHAUSTED));
        assertThat(e.retryAfter(), is(Optional.of(Duration.ofSeconds(2))));
    }

    @Test
    void theTypeOfTheDetailMayBeAUrl() {
        server.then(limited("[{\"type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"value\":\"CgIIAg==\"}]"));

        assertThat(failedGet(client).retryAfter(), is(Optional.of(Duration.ofSeconds(2))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"!\"}]", "[7]", "\"x\""})
    void withoutAUsableDetailTheWaitIsTakenFromTheHeader(String details) {
        server.then(limited(details, "Retry-After: 3", "RateLimit-RetryAfter: 9"));

        assertThat(failedGet(client).retryAfter(), is(Optional.of(Duration.ofSeconds(9))));
    }

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "7, PT7S",
        "1.5, PT1.5S",
        "0.0009, PT0S",
        "86400, P1D",
        "86401, P1D",
        "999999999999999999, P1D",
        "'  4 ', PT4S"
    })
    void theWaitOfAHeaderIsSecondsUpToADay(String header, Duration expected) {
        server.then(limited("[]", "RateLimit-RetryAfter: " + header));

        assertThat(failedGet(client).retryAfter(), is(Optional.of(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+1", "soon", "1e3", "NaN", "Infinity", "1.", ".5", "9999999999999999999999", ""})
    void aWaitThatIsNoneLeavesTheOtherHeader(String header) {
        server.then(limited("[]", "RateLimit-RetryAfter: " + header, "Retry-After: 3"));

        assertThat(failedGet(client).retryAfter(), is(Optional.of(Duration.ofSeconds(3))));
    }

    @Test
    void aDetailOfYearsIsCutToADay() {
        server.then(limited("[{\"type\":\"google.rpc.RetryInfo\",\"value\":\"CgYIgICAgAQ\"}]"));

        assertThat(failedGet(client).retryAfter(), is(Optional.of(Duration.ofDays(1))));
    }

    @Test
    void withoutAnyWaitItIsAQuota() {
        server.then(limited("[]", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"));

        assertThat(failedGet(client).retryAfter(), is(Optional.empty()));
    }

    @Test
    void aProxyMayAskForAWaitToo() {
        server.then(ScriptedServer.answer(429, "text/html", "<html>", "Retry-After: 5"));

        GitpodException e = failedCreate(client);

        assertThat(e.kind(), is(Kind.HTTP_ERROR));
        assertThat(e.httpStatus(), is(429));
        assertThat(e.retryAfter(), is(Optional.of(Duration.ofSeconds(5))));
    }

    @Test
    void aConnectionIsUsedAgainAfterAnError() throws Exception {
        server.then(ScriptedServer.json(500, "{\"code\":\"internal\"}"), ScriptedServer.json(Clients.MADE));

        failedGet(client);
        client.getPrebuild(Clients.PREBUILD);

        assertThat(server.requests(), hasSize(2));
        assertThat(server.connections(), is(1));
    }

    private static ScriptedServer.Step limited(String details, String... headers) {
        return ScriptedServer.json(
                429,
                "{\"code\":\"resource_exhausted\",\"message\":\"slow down\",\"details\":" + details + "}",
                headers);
    }
}
