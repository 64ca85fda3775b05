package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsualLengthsTest {

    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final Instant ZERO = Instant.ofEpochSecond(1_790_000_000);

    @TempDir
    private Path directory;

    private UsualLengths lengths;

    @BeforeEach
    void create() {
        lengths = new UsualLengths(directory);
    }

    private void add(String projectId, String id, EndStatus how, long seconds) {
        PrebuildResult result = new PrebuildResult(id, "https://gitpod.example.com", PrebuildPhase.COMPLETED);
        lengths.add(new PrebuildRecord("request", projectId, "eu", false, result, how, null)
                .with(
                        ZERO,
                        List.of(
                                new PhaseChange("PENDING", ZERO),
                                new PhaseChange("RUNNING", ZERO.plusSeconds(1)),
                                new PhaseChange("COMPLETED", ZERO.plusSeconds(seconds)))));
    }

    @Test
    void theMedianOfTheLastTenSurvivesARestart() {
        add(PROJECT, "first", EndStatus.COMPLETED, 9_999);
        for (int i = 1; i <= 10; i++) {
            add(PROJECT, "prebuild-" + i, EndStatus.COMPLETED, i * 10);
        }
        for (UsualLengths each : List.of(lengths, new UsualLengths(directory))) {
            UsualLengths.Usual usual = each.of(PROJECT, null);
            assertEquals(10, usual.prebuilds());
            assertEquals(Duration.ofSeconds(55), usual.total());
            assertEquals(Duration.ofSeconds(54), usual.phase("RUNNING"));
            assertNull(usual.phase("SNAPSHOTTING"));
        }
    }

    @Test
    void onlyCompletedPrebuildsCountAndEachOnce() {
        add(PROJECT, "one", EndStatus.COMPLETED, 60);
        add(PROJECT, "one", EndStatus.COMPLETED, 80);
        add(PROJECT, "two", EndStatus.FAILED, 10);
        assertEquals(1, lengths.of(PROJECT, null).prebuilds());
        assertEquals(Duration.ofSeconds(60), lengths.of(PROJECT, null).total());
        assertNull(lengths.of("0192f0c1-6a8b-7c3d-9e4f-000000000000", null).total());
    }

    @Test
    void aProjectIdNeverLeadsOutOfTheDirectory() throws Exception {
        add("../outside", "one", EndStatus.COMPLETED, 60);
        assertNull(lengths.of("../outside", null).total());
        try (var files = Files.list(directory)) {
            assertTrue(files.findAny().isEmpty());
        }
    }

    @Test
    void aDamagedFileIsSetAside() throws Exception {
        Files.writeString(directory.resolve(PROJECT + ".xml"), "<gitpod-prebuild-lengths");
        assertNull(lengths.of(PROJECT, null).total());
        add(PROJECT, "one", EndStatus.COMPLETED, 60);
        assertEquals(
                Duration.ofSeconds(60),
                new UsualLengths(directory).of(PROJECT, null).total());
    }
}
