package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.MADE;
import static io.jenkins.plugins.gitpod.api.Clients.TOKEN;
import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.containsStringIgnoringCase;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** A server that throws the token back, wherever it can, finds it printed nowhere. */
class TokenRedactionTest {

    static final List<Arguments> ECHOES = List.of(
            Arguments.of("message", apiError("you sent " + TOKEN + "!", "")),
            Arguments.of("message in another case", apiError(TOKEN.toUpperCase(Locale.ROOT), "")),
            Arguments.of("cut message", apiError("x".repeat(490) + TOKEN, "")),
            Arguments.of("text for people", apiError("m", """
                    {"type":"gitpod.v1.ActionableErrorDetails","debug":{"userMessage":"Bearer %s"}}""".formatted(TOKEN))),
            Arguments.of("code", ScriptedServer.json(400, "{\"code\":\"" + TOKEN + "\"}")),
            Arguments.of("content type", ScriptedServer.answer(500, "text/" + TOKEN, "")),
            Arguments.of("content type of a success", ScriptedServer.answer(200, "text/" + TOKEN, TOKEN)),
            Arguments.of("html", ScriptedServer.answer(502, "text/html", "<p>" + TOKEN)),
            Arguments.of("broken JSON", ScriptedServer.json("{\"prebuild\":" + TOKEN + "}")),
            Arguments.of("redirect query", redirect("https://evil.example/?t=" + TOKEN)),
            Arguments.of("redirect path", redirect("https://evil.example/a/" + TOKEN + "/b")),
            Arguments.of("encoded redirect path", redirect("https://evil.example/a/%67" + TOKEN.substring(1))),
            Arguments.of("redirect host", redirect("https://" + TOKEN.replace('_', '-') + ".evil.example/")),
            Arguments.of("redirect user", redirect("https://" + TOKEN + "@evil.example/")),
            Arguments.of("status line", raw(TOKEN + " hello\r\n\r\n")),
            Arguments.of("reason", raw("HTTP/1.1 500 " + TOKEN + "\r\nContent-Length: 0\r\n\r\n")),
            Arguments.of("bad status", raw("HTTP/1.1 " + TOKEN + "\r\n\r\n")),
            Arguments.of("bad header", raw("HTTP/1.1 200 OK\r\n" + TOKEN + "\r\n\r\n")),
            Arguments.of("bad chunk", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + TOKEN + "\r\n")),
            Arguments.of("bad length", raw("HTTP/1.1 200 OK\r\nContent-Length: " + TOKEN + "\r\n\r\n")),
            Arguments.of("retry header", ScriptedServer.answer(429, null, "", "Retry-After: " + TOKEN)));

    private final ScriptedServer server = new ScriptedServer();

    @AfterEach
    void close() {
        server.close();
    }

    private static ScriptedServer.Step apiError(String message, String detail) {
        return ScriptedServer.json(
                400, "{\"code\":\"aborted\",\"message\":\"" + message + "\",\"details\":[" + detail + "]}");
    }

    private static ScriptedServer.Step redirect(String location) {
        return ScriptedServer.answer(302, null, "", "Location: " + location);
    }

    private static ScriptedServer.Step raw(String answer) {
        return ScriptedServer.andClose(ScriptedServer.bytes(answer.getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest(name = "{0}")
    @FieldSource("ECHOES")
    void anEchoedTokenIsPrintedNowhere(String place, ScriptedServer.Step step) {
        server.then(step, step);

        GitpodException e = failedGet(Clients.client(server));

        List<String> texts = new ArrayList<>(List.of(e.toString(), e.detail(), trace(e)));
        e.redirectTarget().ifPresent(texts::add);
        for (String text : texts) {
            // Not even the greater part of it, as a cut in the wrong place would leave.
            assertThat(text, not(containsStringIgnoringCase(TOKEN.substring(0, 8))));
        }
    }

    @Test
    void whatIsLeftSaysThatSomethingWasTakenOut() {
        server.then(apiError("you sent " + TOKEN + "!", ""));

        assertThat(failedGet(Clients.client(server)).detail(), is("you sent [redacted]!"));
    }

    @Test
    void aLogsTokenInAnAnswerThatCannotBeReadIsNotPrinted() {
        server.then(ScriptedServer.json("{\"accessToken\":\"logs-secret\"} logs-secret"));

        GitpodException e =
                Clients.failure(Clients.client(server), client -> client.createPrebuildLogsToken(Clients.PREBUILD));

        assertThat(trace(e), not(containsString("logs-secret")));
    }

    @Test
    void theClientDoesNotPrintItsToken() {
        assertThat(Clients.client(server).toString(), not(containsString(TOKEN)));
    }

    @Test
    void interceptorsOfTheBaseClientDoNotGetToSeeTheToken() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        OkHttpClient base = new OkHttpClient.Builder()
                .addInterceptor(chain -> {
                    seen.add("interceptor");
                    return chain.proceed(chain.request());
                })
                .addNetworkInterceptor(chain -> {
                    seen.add("network interceptor");
                    return chain.proceed(chain.request());
                })
                .build();
        server.then(ScriptedServer.json(MADE), ScriptedServer.json(MADE));
        GitpodClient client = Clients.client(base, server.url(), ClientLimits.defaults());

        client.getPrebuild(Clients.PREBUILD);
        Clients.create(client);

        assertThat(seen, is(List.of()));
    }

    @Test
    void aPasswordOfTheBaseClientIsNotGivenToTheServer() {
        OkHttpClient base = new OkHttpClient.Builder()
                .authenticator((route, response) -> response.request()
                        .newBuilder()
                        .header("Authorization", "Basic eDp5")
                        .build())
                .build();
        server.then(ScriptedServer.json(401, "{\"code\":\"unauthenticated\"}"));

        GitpodException e = failedGet(Clients.client(base, server.url(), ClientLimits.defaults()));

        assertThat(e.code(), is(ErrorCode.UNAUTHENTICATED));
        assertThat(server.onlyRequest().header("Authorization"), is("Bearer " + TOKEN));
    }

    @Test
    void aCauseWithoutTheTokenIsKeptForTheLog() {
        server.then(ScriptedServer.hangUp(), ScriptedServer.hangUp());

        assertThat(trace(failedGet(Clients.client(server))), containsString("Caused by: java.io.IOException"));
    }

    private static String trace(Exception e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
