package io.jenkins.plugins.gitpod.scale;

import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Adds open requests to the ledger of a Jenkins that does not run. They are copies of entries that Jenkins wrote for detached
 * prebuilds, each with a request and a prebuild of its own.
 */
final class SeededLedger {

    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"");

    private final GitpodFixture gitpod;
    private final Path directory;
    private final HttpClient http = HttpClient.newHttpClient();

    SeededLedger(GitpodFixture gitpod, Path home) {
        this.gitpod = gitpod;
        this.directory = LedgerFiles.directory(home);
    }

    /** Adds so many requests that the ledger has this number. */
    void fill(int total) throws Exception {
        List<Path> present = LedgerFiles.in(directory);
        List<String> detached = new ArrayList<>();
        for (Path file : present) {
            String entry = Files.readString(file);
            if (text(entry, "startedDetached").equals("true")) {
                detached.add(entry);
            }
        }
        for (int i = 0; i < total - present.size(); i++) {
            String entry = detached.get(i % detached.size());
            String requestId = UUID.randomUUID().toString();
            Files.writeString(
                    directory.resolve(requestId + ".xml"),
                    entry.replace(text(entry, "requestId"), requestId)
                            .replace(text(entry, "prebuildId"), create(text(entry, "projectId"))));
        }
    }

    private static String text(String entry, String name) {
        Matcher matcher = Pattern.compile("<" + name + ">([^<]*)<").matcher(entry);
        if (!matcher.find()) {
            throw new IllegalStateException(name + " is missing in " + entry);
        }
        return matcher.group(1);
    }

    private String create(String projectId) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(gitpod.simulator().apiUrl() + "/gitpod.v1.PrebuildService/CreatePrebuild"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + gitpod.account().token())
                .POST(HttpRequest.BodyPublishers.ofString("{\"projectId\":\"" + projectId + "\",\"spec\":{}}"))
                .build();
        String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        Matcher id = ID.matcher(answer);
        if (!id.find()) {
            throw new IllegalStateException(answer);
        }
        return id.group(1);
    }
}
