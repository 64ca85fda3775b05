package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** Calls a simulator with the JDK's own HTTP client. */
final class TestClient {
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final GitpodSimulator simulator;
    private final Account account;

    TestClient(GitpodSimulator simulator, Account account) {
        this.simulator = simulator;
        this.account = account;
    }

    HttpResponse<String> post(String method, String body) {
        try {
            return http.send(request(method, body).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    java.net.http.HttpRequest.Builder request(String method, String body) {
        return java.net.http.HttpRequest.newBuilder(URI.create(simulator.apiUrl() + path(method)))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + account.token())
                .POST(BodyPublishers.ofString(body));
    }

    static String path(String method) {
        String service =
                switch (method) {
                    case "GetAuthenticatedIdentity" -> "IdentityService";
                    case "GetProject", "ListProjects", "ListProjectEnvironmentClasses" -> "ProjectService";
                    case "ListEnvironmentClasses" -> "RunnerConfigurationService";
                    case "GetEnvironment" -> "EnvironmentService";
                    case "WatchEvents" -> "EventService";
                    default -> "PrebuildService";
                };
        return "/gitpod.v1." + service + "/" + method;
    }

    JsonNode json(HttpResponse<String> response) {
        try {
            return Json.parse(response.body().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode call(String method, String body) {
        HttpResponse<String> response = post(method, body);
        if (response.statusCode() != 200) {
            throw new AssertionError(method + " " + body + ": " + response.statusCode() + " " + response.body());
        }
        return json(response);
    }

    String create(SimProject project) {
        return call("CreatePrebuild", createBody(project)).at("/prebuild/id").asText();
    }

    static String createBody(SimProject project) {
        return "{\"projectId\":\"" + project.id() + "\",\"spec\":{}}";
    }

    HttpResponse<String> get(String prebuildId) {
        return post("GetPrebuild", one(prebuildId));
    }

    JsonNode read(String prebuildId) {
        return call("GetPrebuild", one(prebuildId)).path("prebuild");
    }

    String phase(String prebuildId) {
        return read(prebuildId).at("/status/phase").asText().replace("PREBUILD_PHASE_", "");
    }

    HttpResponse<String> cancel(String prebuildId) {
        return post("CancelPrebuild", one(prebuildId));
    }

    static String one(String prebuildId) {
        return "{\"prebuildId\":\"" + prebuildId + "\"}";
    }

    HttpClient http() {
        return http;
    }
}
