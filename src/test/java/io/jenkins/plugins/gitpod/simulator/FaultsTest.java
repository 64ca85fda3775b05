package io.jenkins.plugins.gitpod.simulator;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest extends SimulatorTestBase {

    private HttpResponse<String> createWith(Fault fault) {
        simulator.faults().add("CreatePrebuild", fault);
        return client.post("CreatePrebuild", TestClient.createBody(project));
    }

    private String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** The records say the same as what is there. */
    private void assertBooks(int status, boolean acted) {
        Call call = simulator.records().calls("CreatePrebuild").get(0);
        assertThat(call.toString(), call.status(), is(status));
        assertThat(call.toString(), call.acted(), is(acted));
        assertThat(simulator.records().prebuilds().size(), is(acted ? 1 : 0));
        assertThat(simulator.faults().isPending(), is(false));
    }

    /** What comes back on a raw connection; an exception if it is reset. */
    private byte[] rawCreate(Fault fault) throws IOException {
        simulator.faults().add("CreatePrebuild", fault);
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send(RawConnection.create(account, project));
            return connection.readToEnd();
        }
    }

    @Test
    void resetBeforeActing() {
        assertThrows(SocketException.class, () -> rawCreate(Fault.resetBeforeActing()));
        assertBooks(0, false);
    }

    @Test
    void resetAfterActing() {
        assertThrows(SocketException.class, () -> rawCreate(Fault.resetAfterActing()));
        assertBooks(0, true);
    }

    @Test
    void closeBeforeActing() throws IOException {
        assertThat(rawCreate(Fault.closeBeforeActing()).length, is(0));
        assertBooks(0, false);
    }

    @Test
    void closeAfterActing() throws IOException {
        assertThat(rawCreate(Fault.closeAfterActing()).length, is(0));
        assertBooks(0, true);
    }

    @Test
    void aFaultAfterActingOnAnInvalidRequestActsOnNothing() {
        simulator
                .faults()
                .add("CreatePrebuild", Fault.status(503, "unavailable", "later").afterActing());

        assertThat(client.post("CreatePrebuild", "{}").statusCode(), is(503));
        assertBooks(503, false);
    }

    @Test
    void hangBeforeActingActsOnceReleased() {
        Fault.Hang hang = Fault.hangBeforeActing();
        simulator.faults().add("CreatePrebuild", hang);
        CompletableFuture<HttpResponse<String>> answer = createLater();
        await().until(() -> hang.held() == 1);
        assertThat(simulator.records().calls("CreatePrebuild").get(0).acted(), is(false));
        assertThat(simulator.records().prebuilds().size(), is(0));

        hang.release();
        assertThat(answer.join().statusCode(), is(200));
        assertBooks(200, true);
    }

    @Test
    void hangAfterActingHasActedBeforeItIsReleased() {
        Fault.Hang hang = Fault.hangAfterActing();
        simulator.faults().add("CreatePrebuild", hang);
        CompletableFuture<HttpResponse<String>> answer = createLater();
        await().until(() -> hang.held() == 1);
        assertThat(answer.isDone(), is(false));
        assertBooks(0, true);

        hang.release();
        assertThat(answer.join().statusCode(), is(200));
        assertBooks(200, true);
    }

    @Test
    void aHungRequestIsDoneEvenIfItsClientHasGone() throws IOException {
        Fault.Hang hang = Fault.hangBeforeActing();
        simulator.faults().add("CreatePrebuild", hang);
        try (RawConnection connection = new RawConnection(simulator)) {
            connection.send(RawConnection.create(account, project));
            await().until(() -> hang.held() == 1);
        }

        hang.release();
        await().until(() -> simulator.records().prebuilds().size() == 1);
    }

    @Test
    void closingTheSimulatorEndsWhatHangs() {
        Fault.Hang hang = Fault.hangBeforeActing();
        simulator.faults().add("CreatePrebuild", hang);
        CompletableFuture<HttpResponse<String>> answer = createLater();
        await().until(() -> hang.held() == 1);

        simulator.close();
        assertThat(hang.held(), is(0));
        assertThrows(RuntimeException.class, answer::join);
        assertBooks(0, false);
    }

    private CompletableFuture<HttpResponse<String>> createLater() {
        return client.http()
                .sendAsync(
                        client.request("CreatePrebuild", TestClient.createBody(project))
                                .build(),
                        BodyHandlers.ofString());
    }

    @Test
    void slowDripBringsAllInTheEnd() {
        HttpResponse<String> response = createWith(Fault.slowDrip(100, Duration.ofMillis(1)));

        assertThat(client.json(response).at("/prebuild/metadata/projectId").asText(), is(project.id()));
        assertBooks(200, true);
    }

    @Test
    void statusIsAConnectError() {
        HttpResponse<String> response = createWith(Fault.status(503, "unavailable", "later"));

        assertThat(response.body(), is("{\"code\":\"unavailable\",\"message\":\"later\"}"));
        assertBooks(503, false);
    }

    @Test
    void statusAfterActingHasActed() {
        assertThat(
                createWith(Fault.status(500, "internal", "oops").afterActing()).statusCode(), is(500));
        assertBooks(500, true);
    }

    @Test
    void anActionableErrorCarriesATextForPeople() {
        JsonNode detail = client.json(
                        createWith(Fault.actionableError(400, "failed_precondition", "x", "Ask your administrator.")))
                .at("/details/0");

        assertThat(detail.path("type").asText(), is("gitpod.v1.ActionableErrorDetails"));
        assertThat(detail.at("/debug/userMessage").asText(), is("Ask your administrator."));
        assertBooks(400, false);
    }

    @Test
    void htmlStatusIsAPage() {
        HttpResponse<String> response = createWith(Fault.htmlStatus(502));

        assertThat(response.body(), containsString("<html>"));
        assertThat(header(response, "Content-Type"), containsString("text/html"));
        assertBooks(502, false);
    }

    @Test
    void notJson200HtmlIsAPageWithAGoodStatus() {
        assertThat(createWith(Fault.notJson200Html()).body(), containsString("<html>"));
        assertBooks(200, false);
    }

    @Test
    void emptyBodyHasNothing() {
        HttpResponse<String> response = createWith(Fault.emptyBody(504));

        assertThat(response.body(), is(""));
        assertThat(header(response, "Content-Type"), is(""));
        assertBooks(504, false);
    }

    @Test
    void redirectHasItsTarget() {
        assertThat(
                header(createWith(Fault.redirect(308, "https://example.com/x")), "Location"),
                is("https://example.com/x"));
        assertBooks(308, false);
    }

    @Test
    void rateLimitTellsTheWaitInADetail() {
        HttpResponse<String> response = createWith(Fault.rateLimit(Duration.ofSeconds(2)));

        assertRefused(response, 429, "resource_exhausted");
        assertThat(client.json(response).at("/details/0/value").asText(), is("CgIIAg"));
        assertBooks(429, false);
    }

    @Test
    void rateLimitWithoutAWaitTellsNone() {
        HttpResponse<String> response = createWith(Fault.rateLimit(null));

        assertRefused(response, 429, "resource_exhausted");
        assertThat(client.json(response).has("details"), is(false));
        assertBooks(429, false);
    }

    @Test
    void rateLimitByHeaderTellsTheWaitInAHeader() {
        HttpResponse<String> response = createWith(Fault.rateLimitByHeader("RateLimit-RetryAfter", "7"));

        assertRefused(response, 429, "resource_exhausted");
        assertThat(header(response, "ratelimit-retryafter"), is("7"));
        assertBooks(429, false);
    }

    @Test
    void retryAfterZero503InvitesARepetition() {
        HttpResponse<String> response = createWith(Fault.retryAfterZero503());

        assertRefused(response, 503, "unavailable");
        assertThat(header(response, "Retry-After"), is("0"));
        assertBooks(503, false);
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 308})
    void aRedirectToAnotherBaseKeepsThePath(int status) {
        HttpResponse<String> response = createWith(Fault.redirectToBase(status, "https://gitpod.example.com/api"));

        assertThat(response.statusCode(), is(status));
        assertThat(
                header(response, "Location"),
                is("https://gitpod.example.com/api/gitpod.v1.PrebuildService/CreatePrebuild"));
        assertBooks(status, false);
    }

    @Test
    void truncatedJsonIsWholeHttpAndHalfAnAnswer() {
        HttpResponse<String> response = createWith(Fault.truncatedJson());

        assertThat(response.statusCode(), is(200));
        assertThrows(JacksonException.class, () -> Json.parse(response.body().getBytes(StandardCharsets.UTF_8)));
        assertBooks(200, true);
    }

    @Test
    void cutOffBodyEndsTheConnectionInTheMiddle() {
        assertThrows(RuntimeException.class, () -> createWith(Fault.cutOffBody()));
        assertBooks(200, true);
    }

    @Test
    void oversizedJsonIsValid() {
        HttpResponse<String> response = createWith(Fault.oversizedJson(5_000_000));

        assertThat(client.json(response).path("padding").asText().length(), is(5_000_000));
        assertThat(client.json(response).at("/prebuild/metadata/projectId").asText(), is(project.id()));
        assertBooks(200, true);
    }

    @Test
    void oversizedJsonIsPossibleForRefusalsToo() {
        simulator.faults().add("GetPrebuild", Fault.oversizedJson(100_000));

        assertThat(client.post("GetPrebuild", "{}").body().length(), greaterThan(100_000));
    }

    @Test
    void anAnswerWithoutJsonCannotGetAField() throws Exception {
        simulator.faults().add(FaultRule.onAny(Fault.oversizedJson(100_000)));
        var request = client.request("ListPrebuilds", "{}").GET().build();

        assertThat(client.http().send(request, BodyHandlers.ofString()).body(), is(""));
    }

    @Test
    void endlessBodyGoesOnUntilItsReaderHasHadEnough() throws Exception {
        simulator.faults().add("CreatePrebuild", Fault.endlessBody());
        var request =
                client.request("CreatePrebuild", TestClient.createBody(project)).build();
        try (InputStream body =
                client.http().send(request, BodyHandlers.ofInputStream()).body()) {
            assertThat(body.readNBytes(5_000_000).length, is(5_000_000));
        }
        assertBooks(200, true);
    }

    @Test
    void wrongContentTypeHasTheRightBody() {
        HttpResponse<String> response = createWith(Fault.wrongContentType());

        assertThat(header(response, "Content-Type"), is("text/plain; charset=utf-8"));
        assertThat(client.json(response).has("prebuild"), is(true));
        assertBooks(200, true);
    }

    @Test
    void unknownEnumReplacesPhaseAndTrigger() {
        JsonNode prebuild = client.json(createWith(Fault.unknownEnum())).path("prebuild");

        assertThat(prebuild.at("/status/phase").asText(), is("PREBUILD_PHASE_NEW_THING"));
        assertThat(prebuild.at("/metadata/triggeredBy").asText(), is("PREBUILD_TRIGGER_NEW_THING"));
        assertBooks(200, true);
    }

    @Test
    void aRuleStrikesAsOftenAsItIsTold() {
        simulator
                .faults()
                .add(FaultRule.on("ListPrebuilds", Fault.emptyBody(503)).times(2));

        client.create(project);
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(503));
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(503));
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
        assertThrows(
                IllegalArgumentException.class,
                () -> FaultRule.onAny(Fault.emptyBody(500)).times(0));
    }

    @Test
    void aRuleForEverStrikesUntilItIsCleared() {
        simulator.faults().add(FaultRule.onAny(Fault.emptyBody(503)).forever());
        for (int i = 0; i < 5; i++) {
            assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(503));
        }
        assertThat(simulator.faults().isPending(), is(true));
        simulator.faults().clear();

        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(200));
    }

    @Test
    void aRuleStrikesOnlyWhereItsConditionHolds() {
        SimProject other = simulator.addProject("other");
        simulator
                .faults()
                .add(FaultRule.on("CreatePrebuild", Fault.emptyBody(503))
                        .when(call -> call.body().contains(other.id())));

        client.create(project);
        assertThat(client.post("CreatePrebuild", TestClient.createBody(other)).statusCode(), is(503));
        client.create(other);
    }

    @Test
    void theOldestOfSeveralRulesStrikesFirst() {
        simulator.faults().add("ListPrebuilds", Fault.emptyBody(502));
        simulator.faults().add(FaultRule.onAny(Fault.emptyBody(504)));

        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(502));
        assertThat(client.post("ListPrebuilds", "{}").statusCode(), is(504));
        assertThat(
                simulator.records().calls().stream()
                        .map(call -> call.fault().toString())
                        .toList(),
                is(List.of("502 empty", "504 empty")));
    }
}
