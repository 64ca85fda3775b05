package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        CommitHistory book = open();
        book.act(KEY, COMMIT, UUID.randomUUID());
        assertTrue(book.last(KEY).isOfRevision(COMMIT));
        assertNull(book.last(key("large", "main")));
        assertNull(book.last(key("", "feature")));
        assertNull(book.last(new CommitHistory.Key("https://gitpod.example.com/api", "other", "", "main")));
        assertNull(book.last(new CommitHistory.Key("https://other.example.com/api", "project", "", "main")));
    }

    @Test
    void whatIsBookedOutlivesJenkins() {
        UUID requestId = UUID.randomUUID();
        open().act(KEY, COMMIT, requestId);
        CommitHistory after = open();
        assertTrue(after.last(KEY).isOf(requestId));
        assertTrue(after.isFor(KEY, requestId, COMMIT));
        assertFalse(after.isFor(KEY, requestId, OTHER));
        assertNull(after.completed(KEY, COMMIT));
        // by a book that has read nothing of it yet
        open().completed(requestId, "prebuild", "url");
        assertEquals("prebuild", open().completed(KEY, COMMIT).prebuildId());
        assertEquals("url", open().completed(KEY, COMMIT).url());
    }

    @Test
    void completedPrebuildIsGoodAsLongAsGitpodKeepsIt() {
        CommitHistory book = open();
        UUID requestId = UUID.randomUUID();
        book.act(KEY, COMMIT, requestId);
        book.completed(requestId, "prebuild", "url");
        now = now.plus(Duration.ofDays(5));
        assertNotNull(book.completed(KEY, COMMIT));
        now = now.plus(Duration.ofDays(1));
        assertNull(book.completed(KEY, COMMIT));
    }

    @Test
    void requestThatMadeNothingWasNotActedOnButItsChangeIsOwed() {
        CommitHistory book = open();
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        CommitHistory.Key ofProject = CommitHistory.ofProject("api", "project");
        book.act(KEY, COMMIT, first);
        book.act(ofProject, null, first);
        now = now.plusSeconds(90);
        book.act(KEY, OTHER, second);
        book.act(ofProject, null, second);
        assertEquals(Duration.ZERO, book.sinceLast(ofProject));
        open().nothingMade(second);
        CommitHistory after = open();
        assertTrue(after.last(KEY).isOfRevision(COMMIT));
        assertEquals(Duration.ofSeconds(90), after.sinceLast(ofProject));
        assertTrue(after.isOwed(KEY), "its change may have mattered");
        assertFalse(after.isOwed(ofProject));
    }

    @Test
    void changeThatMatteredIsOwedUntilTheNextPrebuild() {
        CommitHistory book = open();
        assertFalse(book.isOwed(KEY));
        book.owe(KEY);
        assertTrue(open().isOwed(KEY));
        open().act(KEY, COMMIT, UUID.randomUUID());
        assertFalse(open().isOwed(KEY));
    }

    private static final CommitHistory.Key FACTS = CommitHistory.ofFacts("https://gitpod.example.com/api", "project");

    @Test
    void whatGitpodBuiltCountsAndNotWhatWasAskedFor() {
        CommitHistory book = open();
        UUID requestId = UUID.randomUUID();
        book.act(KEY, COMMIT, requestId);
        assertFalse(book.builtFrom(FACTS, requestId, OTHER, "regular"), "not known to be older");
        book.completed(requestId, "prebuild", "url");

        CommitHistory after = open();
        assertNull(after.completed(KEY, COMMIT), "asked for, but not built");
        assertEquals("prebuild", after.completed(KEY, OTHER).prebuildId());
        assertFalse(after.isFor(KEY, requestId, COMMIT));
        assertTrue(after.isFor(KEY, requestId, OTHER));
    }

    @Test
    void whatWasBuiltForSomebodyWhoNamedNoCommitCountsForItsClass() {
        UUID requestId = UUID.randomUUID();
        open().builtFrom(FACTS, requestId, COMMIT, "regular");
        // by a book that has read nothing of it yet
        open().completed(requestId, "prebuild", "url");
        assertEquals(
                "prebuild", open().completed(FACTS, COMMIT, "regular"::equals).prebuildId());
        assertNull(open().completed(FACTS, COMMIT, "large"::equals));
        assertNull(open().completed(FACTS, OTHER, "regular"::equals));
        assertTrue(open().isFor(FACTS, requestId, COMMIT));
    }

    @Test
    void afterARestartTheEndIsBookedOnAllPagesThoughOneOfThemWasReadBefore() {
        UUID requestId = UUID.randomUUID();
        CommitHistory before = open();
        before.act(KEY, COMMIT, requestId);
        before.builtFrom(FACTS, requestId, COMMIT, "regular");
        CommitHistory after = open();
        assertNotNull(after.last(KEY));
        after.completed(requestId, "prebuild", "url");
        assertNotNull(open().completed(FACTS, COMMIT));
    }

    @Test
    void olderCommitThanTheOneAskedForLeavesItsChangeOwed() {
        CommitHistory book = open();
        book.act(KEY, OTHER, UUID.randomUUID());
        UUID requestId = UUID.randomUUID();
        book.act(KEY, COMMIT, requestId);
        assertTrue(book.builtFrom(FACTS, requestId, OTHER, null));
        assertTrue(open().isOwed(KEY));
        assertFalse(open().isOwed(FACTS));
    }

    @Test
    void ownCommitOwesNothing() {
        CommitHistory book = open();
        book.act(KEY, OTHER, UUID.randomUUID());
        UUID requestId = UUID.randomUUID();
        book.act(KEY, COMMIT, requestId);
        assertFalse(book.builtFrom(FACTS, requestId, COMMIT, null));
        assertFalse(open().isOwed(KEY));
    }

    @Test
    void commitThatGitpodDidNotBuildIsAskedForOnceMoreByItself() {
        CommitHistory book = open();
        UUID asking = UUID.randomUUID();
        assertFalse(book.isActedOn(KEY, COMMIT, asking));
        UUID first = UUID.randomUUID();
        book.act(KEY, COMMIT, first);
        assertTrue(book.isActedOn(KEY, COMMIT, asking), "nobody knows what it is built from");
        assertFalse(book.isActedOn(KEY, OTHER, asking));
        assertFalse(book.isActedOn(KEY, COMMIT, first), "it is its own request");
        book.builtFrom(FACTS, first, OTHER, null);
        assertFalse(book.isActedOn(KEY, COMMIT, asking));
        assertTrue(book.isActedOn(KEY, OTHER, asking), "it was built");

        UUID second = UUID.randomUUID();
        book.act(KEY, COMMIT, second);
        book.builtFrom(FACTS, second, OTHER, null);
        assertTrue(book.isActedOn(KEY, COMMIT, asking), "the project may be pinned to a commit");
    }

    @Test
    void damagedFileIsAnEmptyOne() throws Exception {
        open().act(KEY, COMMIT, UUID.randomUUID());
        for (Path file : files()) {
            Files.writeString(file, "<gitpod-commits><acts>");
        }
        assertNull(open().last(KEY));
        open().act(KEY, OTHER, UUID.randomUUID());
        assertTrue(open().last(KEY).isOfRevision(OTHER));
    }

    @Test
    void growsNotForEver() throws Exception {
        CommitHistory book = open();
        UUID first = UUID.randomUUID();
        book.act(KEY, COMMIT, first);
        for (int i = 0; i < 30; i++) {
            book.act(KEY, OTHER, UUID.randomUUID());
        }
        assertFalse(book.isFor(KEY, first, COMMIT));
        for (int i = 0; i < 520; i++) {
            book.act(key("", "branch-" + i), COMMIT, UUID.randomUUID());
        }
        assertEquals(500, files().size());
    }

    private List<Path> files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
