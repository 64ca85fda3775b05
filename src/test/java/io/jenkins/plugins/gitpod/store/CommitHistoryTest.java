package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.util.XStream2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All that the history of commits remembers. One class, because all tests share its files and its clock. */
class CommitHistoryTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String OTHER = "fedcba9876543210fedcba9876543210fedcba98";

    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private CommitHistory open() {
        return new CommitHistory(directory, () -> now);
    }

    private static CommitHistory.Key key(String classId, String branch) {
        return new CommitHistory.Key("https://gitpod.example.com/api", "project", classId, branch);
    }

    private static final CommitHistory.Key KEY = key("", "main");

    @Test
    void eachProjectClassAndBranchHasItsOwnCommits() {
        CommitHistory history = open();
        history.add(KEY, COMMIT, UUID.randomUUID());
        assertTrue(history.last(KEY).isOfRevision(COMMIT));
        assertNull(history.last(key("large", "main")));
        assertNull(history.last(key("", "feature")));
        assertNull(history.last(new CommitHistory.Key("https://gitpod.example.com/api", "other", "", "main")));
        assertNull(history.last(new CommitHistory.Key("https://other.example.com/api", "project", "", "main")));
    }

    @Test
    void entriesSurviveARestart() {
        UUID requestId = UUID.randomUUID();
        open().add(KEY, COMMIT, requestId);
        CommitHistory after = open();
        assertTrue(after.last(KEY).isOf(requestId));
        assertTrue(after.isFor(KEY, requestId, COMMIT));
        assertFalse(after.isFor(KEY, requestId, OTHER));
        assertNull(after.completed(KEY, COMMIT));
        // by a history that has read nothing of it yet
        open().setCompleted(requestId, "prebuild", "url");
        assertEquals("prebuild", open().completed(KEY, COMMIT).prebuildId());
        assertEquals("url", open().completed(KEY, COMMIT).url());
    }

    @Test
    void completedPrebuildIsValidWhileGitpodKeepsIt() {
        CommitHistory history = open();
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        history.setCompleted(requestId, "prebuild", "url");
        now = now.plus(Duration.ofDays(5));
        assertNotNull(history.completed(KEY, COMMIT));
        now = now.plus(Duration.ofDays(1));
        assertNull(history.completed(KEY, COMMIT));
    }

    @Test
    void deletedPrebuildIsNoCompletedOneAndRemainsKnown() {
        UUID requestId = UUID.randomUUID();
        UUID otherId = UUID.randomUUID();
        CommitHistory before = open();
        before.add(KEY, COMMIT, requestId);
        before.setBuiltFrom(BUILT_COMMITS, requestId, COMMIT, "regular");
        before.setCompleted(requestId, "prebuild", "url");
        before.add(KEY, OTHER, otherId);
        before.setCompleted(otherId, "other", "url");
        // by a history that has read nothing of it yet
        open().deleted(List.of("prebuild", "never seen"));
        CommitHistory after = open();
        assertNull(after.completed(KEY, COMMIT));
        assertNull(after.completed(BUILT_COMMITS, COMMIT));
        assertEquals("other", after.completed(KEY, OTHER).prebuildId());
        assertTrue(after.isKnown("prebuild"));
        assertTrue(after.isFor(KEY, requestId, COMMIT));
    }

    @Test
    void timeOfAClockThatWasAheadDoesNotCountForLong() {
        CommitHistory history = open();
        CommitHistory.Key ofProject = CommitHistory.ofProject("api", "project");
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        history.add(ofProject, null, requestId);
        history.setCompleted(requestId, "prebuild", "url");
        now = now.minus(Duration.ofMinutes(10));
        assertEquals(Duration.ofMinutes(10), history.sinceLast(ofProject));
        assertNotNull(history.completed(KEY, COMMIT));
        now = now.minus(Duration.ofDays(365));
        assertTrue(history.sinceLast(ofProject).compareTo(Duration.ofDays(365)) > 0);
        assertNull(history.completed(KEY, COMMIT));
    }

    @Test
    void removedRequestDoesNotCountButItsChangeIsMissed() {
        CommitHistory history = open();
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        CommitHistory.Key ofProject = CommitHistory.ofProject("api", "project");
        history.add(KEY, COMMIT, first);
        history.add(ofProject, null, first);
        now = now.plusSeconds(90);
        history.add(KEY, OTHER, second);
        history.add(ofProject, null, second);
        assertEquals(Duration.ZERO, history.sinceLast(ofProject));
        open().remove(second);
        CommitHistory after = open();
        assertTrue(after.last(KEY).isOfRevision(COMMIT));
        assertEquals(Duration.ofSeconds(90), after.sinceLast(ofProject));
        assertTrue(after.hasMissedChange(KEY), "its change may have mattered");
        assertFalse(after.hasMissedChange(ofProject));
    }

    @Test
    void missedChangeIsKeptUntilTheNextRequest() {
        CommitHistory history = open();
        assertFalse(history.hasMissedChange(KEY));
        history.markMissedChange(KEY);
        assertTrue(open().hasMissedChange(KEY));
        open().add(KEY, COMMIT, UUID.randomUUID());
        assertFalse(open().hasMissedChange(KEY));
    }

    private static final CommitHistory.Key BUILT_COMMITS =
            CommitHistory.ofBuiltCommits("https://gitpod.example.com/api", "project");

    @Test
    void builtCommitCountsAndNotTheRequestedOne() {
        CommitHistory history = open();
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        assertFalse(history.setBuiltFrom(BUILT_COMMITS, requestId, OTHER, "regular"), "not known to be older");
        history.setCompleted(requestId, "prebuild", "url");

        CommitHistory after = open();
        assertNull(after.completed(KEY, COMMIT), "asked for, but not built");
        assertEquals("prebuild", after.completed(KEY, OTHER).prebuildId());
        assertFalse(after.isFor(KEY, requestId, COMMIT));
        assertTrue(after.isFor(KEY, requestId, OTHER));
    }

    @Test
    void builtCommitOfARequestWithoutCommitCountsForItsClass() {
        UUID requestId = UUID.randomUUID();
        open().setBuiltFrom(BUILT_COMMITS, requestId, COMMIT, "regular");
        // by a history that has read nothing of it yet
        open().setCompleted(requestId, "prebuild", "url");
        assertEquals(
                "prebuild",
                open().completed(BUILT_COMMITS, COMMIT, "regular"::equals).prebuildId());
        assertNull(open().completed(BUILT_COMMITS, COMMIT, "large"::equals));
        assertNull(open().completed(BUILT_COMMITS, OTHER, "regular"::equals));
        assertTrue(open().isFor(BUILT_COMMITS, requestId, COMMIT));
    }

    @Test
    void afterARestartTheEndIsWrittenToAllFilesEvenIfOneWasReadBefore() {
        UUID requestId = UUID.randomUUID();
        CommitHistory before = open();
        before.add(KEY, COMMIT, requestId);
        before.setBuiltFrom(BUILT_COMMITS, requestId, COMMIT, "regular");
        CommitHistory after = open();
        assertNotNull(after.last(KEY));
        after.setCompleted(requestId, "prebuild", "url");
        assertNotNull(open().completed(BUILT_COMMITS, COMMIT));
    }

    @Test
    void olderCommitThanTheRequestedOneLeavesAMissedChange() {
        CommitHistory history = open();
        history.add(KEY, OTHER, UUID.randomUUID());
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        assertTrue(history.setBuiltFrom(BUILT_COMMITS, requestId, OTHER, null));
        assertTrue(open().hasMissedChange(KEY));
        assertFalse(open().hasMissedChange(BUILT_COMMITS));
    }

    @Test
    void requestedCommitLeavesNoMissedChange() {
        CommitHistory history = open();
        history.add(KEY, OTHER, UUID.randomUUID());
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        assertFalse(history.setBuiltFrom(BUILT_COMMITS, requestId, COMMIT, null));
        assertFalse(open().hasMissedChange(KEY));
    }

    @Test
    void commitThatGitpodDidNotBuildIsRequestedOnceMore() {
        CommitHistory history = open();
        UUID asking = UUID.randomUUID();
        assertFalse(history.isHandled(KEY, COMMIT, asking));
        UUID first = UUID.randomUUID();
        history.add(KEY, COMMIT, first);
        assertTrue(history.isHandled(KEY, COMMIT, asking), "nobody knows what it is built from");
        assertFalse(history.isHandled(KEY, OTHER, asking));
        assertFalse(history.isHandled(KEY, COMMIT, first), "it is its own request");
        history.setBuiltFrom(BUILT_COMMITS, first, OTHER, null);
        assertFalse(history.isHandled(KEY, COMMIT, asking));
        assertTrue(history.isHandled(KEY, OTHER, asking), "it was built");

        UUID second = UUID.randomUUID();
        history.add(KEY, COMMIT, second);
        history.setBuiltFrom(BUILT_COMMITS, second, OTHER, null);
        assertTrue(history.isHandled(KEY, COMMIT, asking), "the project may be pinned to a commit");
    }

    @Test
    void damagedFileIsSetAsideAndReadAsEmpty() throws Exception {
        open().add(KEY, COMMIT, UUID.randomUUID());
        for (Path file : files()) {
            Files.writeString(file, "<gitpod-commits><entries>");
        }
        assertNull(open().last(KEY));
        open().add(KEY, OTHER, UUID.randomUUID());
        assertTrue(open().last(KEY).isOfRevision(OTHER));
    }

    @Test
    void numberOfEntriesAndFilesIsLimited() throws Exception {
        CommitHistory history = open();
        UUID first = UUID.randomUUID();
        history.add(KEY, COMMIT, first);
        for (int i = 0; i < 30; i++) {
            history.add(KEY, OTHER, UUID.randomUUID());
        }
        assertFalse(history.isFor(KEY, first, COMMIT));
        addBranches(history, 0, 990);
        assertEquals(500, files().size(), "when the directory has just been listed");
        addBranches(history, 990, 1040);
        assertEquals(550, files().size(), "a few more until the directory is listed again");
        addBranches(history, 1040, 1041);
        assertEquals(500, files().size());
    }

    private static void addBranches(CommitHistory history, int from, int to) {
        for (int i = from; i < to; i++) {
            history.add(key("", "branch-" + i), COMMIT, UUID.randomUUID());
        }
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    // ---- new commits

    @Test
    void newCommitsAreCountedOnceEachSinceTheLastRequest() {
        CommitHistory history = open();
        assertNull(history.newCommits(KEY));
        history.countCommits(KEY, "a", List.of("a"));
        assertNull(history.newCommits(KEY), "there was no request yet");
        history.add(KEY, "a", UUID.randomUUID());
        assertEquals(0, history.newCommits(KEY));
        history.countCommits(KEY, "c", List.of("b", "c"));
        history.countCommits(KEY, "c", List.of("b", "c"));
        assertEquals(2, history.newCommits(KEY));
        history.countCommits(KEY, "d", List.of());
        assertEquals(3, history.newCommits(KEY), "without a change log, the revision counts");
        assertEquals(3, open().newCommits(KEY), "after a restart");
        assertNull(history.newCommits(key("", "feature")));
        history.add(KEY, "d", UUID.randomUUID());
        assertEquals(0, open().newCommits(KEY));
    }

    @Test
    void commitsOfTheLastRequestAreNotNewForAnotherJob() {
        CommitHistory history = open();
        history.add(KEY, "a", UUID.randomUUID());
        history.countCommits(KEY, "c", List.of("b", "c"));
        history.add(KEY, "c", UUID.randomUUID());
        history.countCommits(KEY, "c", List.of("a", "b", "c"));
        assertEquals(0, history.newCommits(KEY), "the same revision");
        history.countCommits(KEY, "d", List.of("a", "b", "c", "d"));
        assertEquals(1, history.newCommits(KEY), "a newer one");
    }

    @Test
    void commitsOfARequestThatCreatedNothingAreNewAgain() {
        CommitHistory history = open();
        history.add(KEY, "a", UUID.randomUUID());
        history.countCommits(KEY, "c", List.of("b", "c"));
        UUID refused = UUID.randomUUID();
        history.add(KEY, "c", refused);
        history.add(KEY, "c", refused);
        history.countCommits(KEY, "d", List.of("d"));
        open().remove(refused);
        CommitHistory after = open();
        assertEquals(3, after.newCommits(KEY));
        after.countCommits(KEY, "c", List.of());
        assertEquals(3, after.newCommits(KEY));
    }

    @Test
    void anOlderRequestThatCreatedNothingLeavesTheCountAlone() {
        CommitHistory history = open();
        UUID older = UUID.randomUUID();
        history.countCommits(KEY, "a", List.of());
        history.add(KEY, "a", older);
        history.countCommits(KEY, "b", List.of());
        history.add(KEY, "b", UUID.randomUUID());
        history.remove(older);
        assertEquals(0, history.newCommits(KEY));
    }

    @Test
    void noMoreCommitsAreKeptThanADecisionNeeds() {
        CommitHistory history = open();
        history.add(KEY, "a", UUID.randomUUID());
        List<String> many =
                Stream.iterate(0, i -> i + 1).limit(1100).map(i -> "c" + i).toList();
        history.countCommits(KEY, "z", many);
        assertEquals(1000, open().newCommits(KEY));
    }

    @Test
    void changesInQuickSuccessionAreWrittenTogetherAndCountAtOnce() {
        List<Runnable> writes = new ArrayList<>();
        CommitHistory history = new CommitHistory(directory, () -> now, writes::add);
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        history.setCompleted(requestId, "prebuild", "url");
        assertEquals("prebuild", history.completed(KEY, COMMIT).prebuildId());
        assertNull(open().last(KEY));

        writes.remove(0).run();
        assertEquals("prebuild", open().completed(KEY, COMMIT).prebuildId());
    }

    @Test
    void aRequestIsWrittenBeforeItIsSent() {
        CommitHistory history = new CommitHistory(directory, () -> now, task -> {});
        UUID requestId = UUID.randomUUID();
        history.add(KEY, COMMIT, requestId);
        history.writeRequest(UUID.randomUUID());
        assertNull(open().last(KEY), "another request need not wait for it");
        history.writeRequest(requestId);
        assertTrue(open().last(KEY).isOf(requestId));
    }

    @Test
    void theEndOfARequestIsWrittenBeforeTheRequestIsClosed() {
        CommitHistory history = new CommitHistory(directory, () -> now, task -> {});
        UUID completed = UUID.randomUUID();
        UUID nothing = UUID.randomUUID();
        history.add(KEY, COMMIT, completed);
        history.add(KEY, OTHER, nothing);
        history.writeChanged();

        history.setCompleted(completed, "prebuild", "url");
        history.writeRequest(completed);
        assertEquals("prebuild", open().completed(KEY, COMMIT).prebuildId());

        history.remove(nothing);
        history.writeRequest(nothing);
        assertTrue(open().hasMissedChange(KEY));
    }

    @Test
    void aBranchThatChangedIsNotForgottenWhenItsOldFileIsDeleted() {
        CommitHistory[] history = new CommitHistory[1];
        XmlFolder<BranchCommits> files = CommitHistory.folder(directory);
        List<Runnable> later = new ArrayList<>();
        UUID meanwhile = UUID.randomUUID();
        XmlFolder<BranchCommits> full = new XmlFolder<>(directory, new XStream2(), BranchCommits.class, "") {
            @Override
            void write(String name, BranchCommits value) throws IOException {
                files.write(name, value);
                if (later.size() == 1) {
                    history[0].add(key("", "branch-0"), OTHER, meanwhile);
                }
            }

            @Override
            List<String> deleteOldest(int maximum) {
                return super.deleteOldest(59);
            }
        };
        history[0] = new CommitHistory(full, () -> now, later::add);
        addBranches(history[0], 0, 60);
        later.get(0).run();
        history[0].writeChanged();
        assertTrue(open().last(key("", "branch-0")).isOf(meanwhile));
    }

    @Test
    void whatChangesWhileAFileIsWrittenIsWrittenNext() {
        CommitHistory[] history = new CommitHistory[1];
        XmlFolder<BranchCommits> files = CommitHistory.folder(directory);
        List<Runnable> later = new ArrayList<>();
        XmlFolder<BranchCommits> slow = new XmlFolder<>(directory, new XStream2(), BranchCommits.class, "") {
            @Override
            void write(String name, BranchCommits value) throws IOException {
                if (later.size() == 1) {
                    history[0].add(KEY, OTHER, UUID.randomUUID());
                    assertEquals(1, value.entries.size(), "what is being written does not change");
                }
                files.write(name, value);
            }
        };
        history[0] = new CommitHistory(slow, () -> now, later::add);
        history[0].add(KEY, COMMIT, UUID.randomUUID());
        later.get(0).run();
        assertTrue(open().last(KEY).isOfRevision(COMMIT));
        later.get(1).run();
        assertTrue(open().last(KEY).isOfRevision(OTHER));
    }
}
