package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.CompletedPrebuilds;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.RunTimes;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk when a request is closed, even if nothing else has been written by then. */
class OpenRequestStoreTest {

    private static final Executor NEVER = task -> {};
    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String PREBUILD = "0192f0c1-0000-7000-8000-000000000001";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    private Path directory;

    private static PrebuildRecord ended(UUID requestId) {
        Instant start = Instant.now().minusSeconds(90);
        return new PrebuildRecord(
                        requestId.toString(),
                        PROJECT,
                        "eu",
                        false,
                        new PrebuildResult(PREBUILD, "https://gitpod.example.com", PrebuildPhase.COMPLETED),
                        EndStatus.COMPLETED,
                        null)
                .with(
                        start,
                        List.of(
                                new PhaseChange("RUNNING", start.plusSeconds(1)),
                                new PhaseChange("COMPLETED", start.plusSeconds(60))));
    }

    @Test
    void aClosedRequestIsInTheHistoryAndItsPrebuildIsKnownToBeOfThisJenkins() {
        CommitHistory.Key key = new CommitHistory.Key("https://gitpod.example.com/api", PROJECT, "", "main");
        CommitHistory history = new CommitHistory(directory.resolve("commits"), Instant::now, NEVER);
        CompletedPrebuilds completed = new CompletedPrebuilds(directory.resolve("completed"), Instant::now, NEVER);
        RunTimes runTimes = new RunTimes(directory.resolve("run-times"), Instant::now, NEVER);
        List<UUID> closed = new ArrayList<>();
        RunningService.Store store = new RunningService.Store(
                new Ledger(directory),
                history,
                completed,
                runTimes,
                new CommitRequestStore(directory.resolve("new-commits")),
                requestId -> null,
                closed::add);
        UUID requestId = UUID.randomUUID();
        history.add(key, COMMIT, requestId);
        history.setCompleted(requestId, PREBUILD, "https://gitpod.example.com");
        completed.add(PROJECT, PREBUILD, requestId);
        runTimes.add(ended(requestId));
        store.close(requestId);
        assertEquals(List.of(requestId), closed);
        assertEquals(
                Set.of(PREBUILD),
                new CompletedPrebuilds(directory.resolve("completed"), Instant::now, NEVER).of(PROJECT));
        assertEquals(
                PREBUILD,
                new RunTimes(directory.resolve("run-times"), Instant::now, NEVER)
                        .of(PROJECT)
                        .get(0)
                        .prebuildId(),
                "it counts for the daily budget");
        assertEquals(
                PREBUILD,
                new CommitHistory(directory.resolve("commits"), Instant::now, NEVER)
                        .completed(key, COMMIT)
                        .prebuildId());
    }
}
