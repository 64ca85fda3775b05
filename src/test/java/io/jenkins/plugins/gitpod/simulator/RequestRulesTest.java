package io.jenkins.plugins.gitpod.simulator;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over the table of rules: each has a request that it just accepts, and one that it just refuses. */
class RequestRulesTest extends SimulatorTestBase {
    private static final String REFUSED = "invalid_argument";

    /** The methods that the plugin calls, those without fields too. */
    private static final List<String> METHODS = List.of(
            "CreatePrebuild",
            "GetPrebuild",
            "ListPrebuilds",
            "CancelPrebuild",
            "DeletePrebuild",
            "CreatePrebuildLogsToken",
            "ListWarmPools",
            "GetAuthenticatedIdentity",
            "GetEnvironment",
            "GetProject",
            "ListProjects",
            "ListProjectEnvironmentClasses",
            "ListEnvironmentClasses",
            "WatchEvents");

    private static int walked;
    private static int unknownFields;

    static List<FieldRule> rules() {
        return RequestRules.ALL;
    }

    @ParameterizedTest
    @MethodSource("rules")
    void acceptsTheEdgeAndRefusesWhatIsJustPastIt(FieldRule rule) throws Exception {
        JsonNode accepted = RuleSamples.accepted(rule);
        JsonNode refused = RuleSamples.refused(rule);
        assertThat(accepted + " for " + rule, code(rule.method(), accepted).equals(REFUSED), is(false));

        JsonNode error = error(rule.method(), refused);
        assertThat(refused + " for " + rule, error.path("code").asText(), is(REFUSED));
        String where = rule.field().replace(FieldRule.EACH, "[0]");
        assertThat(rule.toString(), error.path("message").asText(), startsWith(where + ": "));
        walked++;
    }

    @ParameterizedTest
    @FieldSource("METHODS")
    void refusesUnknownFieldsInEachObject(String method) throws Exception {
        assertThat(code(method, RuleSamples.smallest(method)).equals(REFUSED), is(false));
        for (JsonNode request : RuleSamples.withUnknownField(method)) {
            JsonNode error = error(method, request);
            assertThat(request.toString(), error.path("code").asText(), is(REFUSED));
            assertThat(error.path("message").asText().endsWith("unknownField: is not a known field"), is(true));
            unknownFields++;
        }
    }

    @AfterAll
    static void printsHowManyRulesThereAre() {
        List<String> methods = new ArrayList<>(
                Stream.concat(METHODS.stream(), RequestRules.ALL.stream().map(FieldRule::method))
                        .distinct()
                        .toList());
        assertThat("a rule for a method that is not walked", methods, is(METHODS));
        System.out.printf(
                "Request rules: %d for %d methods, each accepted at its edge and refused past it;"
                        + " %d messages that refuse unknown fields%n",
                walked, METHODS.size(), unknownFields);
    }

    private String code(String method, JsonNode request) throws Exception {
        return error(method, request).path("code").asText();
    }

    /** What the call was refused with; without a code if it was let in, even if it found nothing. */
    private JsonNode error(String method, JsonNode request) throws Exception {
        HttpResponse<InputStream> response = client.http()
                .send(
                        client.request(method, request.toString())
                                .header("Accept", "application/jsonl, application/json")
                                .build(),
                        BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            return response.statusCode() == 200 ? Json.object() : Json.parse(body.readAllBytes());
        }
    }
}
