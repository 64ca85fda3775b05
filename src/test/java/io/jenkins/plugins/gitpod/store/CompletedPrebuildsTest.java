package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletedPrebuildsTest {

    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String OTHER = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    private static final UUID REQUEST = UUID.randomUUID();

    @TempDir
    private Path directory;

    private Instant now = Instant.ofEpochSecond(1_790_000_000);
    private CompletedPrebuilds prebuilds;

    @BeforeEach
    void create() {
        prebuilds = new CompletedPrebuilds(directory, () -> now, Runnable::run);
    }

    @Test
    void whatWasAddedSurvivesARestartByProject() {
        prebuilds.add(PROJECT, "a", REQUEST);
        prebuilds.add(PROJECT, "b", REQUEST);
        prebuilds.add(PROJECT, "a", REQUEST);
        prebuilds.add(OTHER, "c", REQUEST);
        CompletedPrebuilds restarted = new CompletedPrebuilds(directory, () -> now, Runnable::run);
        assertEquals(Set.of("a", "b"), restarted.of(PROJECT));
        assertEquals(Set.of("c"), restarted.of(OTHER));
        assertEquals(Set.of(), restarted.of("0194f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f"));
    }

    @Test
    void anIdIsKeptLongerThanGitpodKeepsThePrebuild() throws Exception {
        prebuilds.add(PROJECT, "a", REQUEST);
        now = now.plus(Duration.ofDays(7).plusHours(12));
        assertEquals(Set.of("a"), prebuilds.of(PROJECT));
        now = now.plus(Duration.ofDays(1));
        assertEquals(Set.of(), prebuilds.of(PROJECT));
        prebuilds.add(PROJECT, "b", REQUEST);
        assertFalse(Files.readString(directory.resolve(PROJECT + ".xml")).contains(">a<"));
    }

    @Test
    void whatCompletedInTheLastMinutesIsRecent() {
        prebuilds.add(PROJECT, "a", REQUEST);
        now = now.plus(Duration.ofMinutes(4));
        prebuilds.add(PROJECT, "b", REQUEST);
        assertEquals(Set.of("a", "b"), prebuilds.recent(PROJECT));
        now = now.plus(Duration.ofMinutes(2));
        assertEquals(Set.of("b"), prebuilds.recent(PROJECT));
        assertEquals(Set.of("a", "b"), prebuilds.of(PROJECT));
    }

    @Test
    void aProjectHasAtMostFiveHundred() {
        for (int i = 0; i < 510; i++) {
            prebuilds.add(PROJECT, "prebuild-" + i, REQUEST);
        }
        Set<String> ids = prebuilds.of(PROJECT);
        assertEquals(500, ids.size());
        assertFalse(ids.contains("prebuild-9"));
        assertTrue(ids.contains("prebuild-509"));
    }

    @Test
    void aDamagedFileMeansThatNothingIsOurs() throws Exception {
        Files.writeString(directory.resolve(PROJECT + ".xml"), "<gitpod-compl");
        assertEquals(Set.of(), prebuilds.of(PROJECT));
        assertTrue(Files.exists(directory.resolve("damaged").resolve(PROJECT + ".xml")));
        prebuilds.add(PROJECT, "b", REQUEST);
        assertEquals(Set.of("b"), prebuilds.of(PROJECT));
    }

    @Test
    void incompleteFilesHoldNothing() throws Exception {
        for (String content : java.util.List.of("", "<prebuilds/>", "<prebuilds><prebuild/></prebuilds>")) {
            Files.writeString(
                    directory.resolve(PROJECT + ".xml"),
                    "<gitpod-completed-prebuilds>" + content + "</gitpod-completed-prebuilds>");
            CompletedPrebuilds afterRestart = new CompletedPrebuilds(directory, () -> now, Runnable::run);
            assertEquals(Set.of(), afterRestart.of(PROJECT));
            afterRestart.add(PROJECT, "a", REQUEST);
            assertEquals(Set.of("a"), afterRestart.of(PROJECT));
        }
    }

    @Test
    void aNameThatIsNoIdIsNoFile() {
        prebuilds.add("../evil", "a", REQUEST);
        assertEquals(Set.of(), prebuilds.of("../evil"));
        assertFalse(Files.exists(directory.resolve("../evil.xml")));
    }
}
