package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import io.jenkins.plugins.gitpod.engine.AfterCompletion;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files that the plugin keeps in directories of its own. The ones in {@code golden} set every field and stay as they are;
 * see {@link SavedFilesTest}.
 */
class StoredFilesTest {

    private static final UUID REQUEST = UUID.fromString("6f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e");
    private static final UUID JOINED = UUID.fromString("7f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e");
    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String CLASS = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String PREBUILD = "0192f0c1-0000-7000-8000-000000000001";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String BUILT = "89abcdef0123456789abcdef0123456789abcdef";
    private static final CommitHistory.Key KEY =
            new CommitHistory.Key("https://gitpod.example.com/api", PROJECT, CLASS, "main");

    /** The digest of {@link #KEY}: a change of it would lose the history. */
    private static final String KEY_FILE = "6a27ba707fb98ada62a081496c6c3f1c";

    @TempDir
    private Path directory;

    private static String golden(String name) throws IOException {
        try (InputStream file = StoredFilesTest.class.getResourceAsStream("golden/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private Path place(String golden, String name) throws IOException {
        Path file = directory.resolve(name + ".xml");
        Files.writeString(file, golden(golden));
        return file;
    }

    // ---- golden files

    @Test
    void ledgerEntry() throws Exception {
        Path file = place("ledger-entry.xml", REQUEST.toString());
        Ledger ledger = new Ledger(directory);
        Ledger.Read read = ledger.readOpen().get(0);
        SavedRequest saved = read.saved();
        assertEquals(REQUEST, saved.request().requestId());
        assertEquals("eu", saved.request().connection().name());
        assertEquals(
                "https://gitpod.example.com/api",
                saved.request().connection().endpoint().apiUrl().toString());
        assertTrue(saved.request().connection().sharedAccount());
        assertEquals(PROJECT, saved.request().projectId());
        assertEquals(CLASS, saved.request().environmentClassId());
        assertEquals(Duration.ofMinutes(90), saved.request().timeout());
        assertFalse(saved.request().detached());
        assertFalse(saved.request().cancelOnAbort());
        assertEquals(
                new RequestOrigin("team/shop#7", "team/shop", "12", "team-credential", "shared-credential"),
                read.origin());
        assertEquals(Stage.WATCHING, saved.stage());
        assertEquals(Instant.ofEpochMilli(1_790_000_000_123L), saved.intentTime());
        assertEquals(PREBUILD, saved.prebuildId());
        assertTrue(saved.detached());
        assertEquals(CancelReason.SURPLUS, saved.cancelReason());
        assertEquals(Duration.ofSeconds(77), saved.observed());
        assertEquals(new EnvironmentGit("https://git.example.com/team/shop.git", "main", COMMIT), saved.builtFrom());
        assertEquals(
                List.of(new CreateAttempt(
                        2, Instant.ofEpochMilli(1_790_000_040_456L), Instant.ofEpochMilli(1_790_000_640_456L))),
                saved.attempts());
        assertEquals(UUID.fromString("8f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e"), saved.surplusOf());
        assertEquals(new AfterCompletion(true, 3), saved.request().after());
        assertEquals("9f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e", saved.poolSnapshot());
        assertEquals(
                new Owners(
                        List.of(new Owners.Owner(JOINED, false, false, new AfterCompletion(true, 4))),
                        true,
                        true,
                        true,
                        Instant.ofEpochMilli(1_789_999_000_123L)),
                read.owners());
        assertEquals(
                new RequestOrigin("team/web#3", "team/web", "15", null),
                read.joined().get(0).origin());
        assertEquals(1234, ledger.printed(REQUEST));
        ledger.save(saved);
        assertEquals(golden("ledger-entry.xml"), Files.readString(file).strip());
    }

    @Test
    void commitHistory() throws Exception {
        Path file = place("commit-history.xml", KEY_FILE);
        CommitHistory history = new CommitHistory(directory, () -> Instant.ofEpochMilli(1_790_000_001_123L));
        BranchCommits.Entry entry = history.last(KEY);
        assertTrue(entry.isOf(REQUEST));
        assertTrue(entry.isOfRevision(COMMIT));
        assertTrue(entry.isFor(BUILT));
        assertEquals(BUILT, entry.builtFrom().commit());
        assertEquals(PREBUILD, entry.prebuildId());
        assertEquals("https://gitpod.example.com/projects/shop", entry.url());
        assertEquals(PREBUILD, history.completed(KEY, BUILT, CLASS::equals).prebuildId());
        assertEquals(Duration.ofSeconds(1), history.sinceLast(KEY));
        assertTrue(history.hasMissedChange(KEY));
        assertEquals(2, history.newCommits(KEY));
        history.countCommits(KEY, "c2", List.of("c1", "c0"));
        assertEquals(2, history.newCommits(KEY), "c0 was requested");
        history.setCompleted(REQUEST, PREBUILD, entry.url());
        assertEquals(golden("commit-history.xml"), Files.readString(file).strip());
    }

    @Test
    void aCommitRequestFollowsItsJob() throws Exception {
        place("commit-request.xml", REQUEST.toString());
        CommitRequestStore store = new CommitRequestStore(directory);
        store.readAll();
        store.relocate("tea", "guild");
        assertEquals(
                "team/shop#7",
                new CommitRequestStore(directory).readAll().get(0).buildId());
        store.relocate("team", "guild");
        assertEquals(
                "guild/shop#7",
                new CommitRequestStore(directory).readAll().get(0).buildId());
        store.relocate("guild/shop", "guild/store");
        CommitRequestStore.Pending pending =
                new CommitRequestStore(directory).readAll().get(0);
        assertEquals("guild/store#7", pending.buildId());
        assertEquals(COMMIT, pending.commit().checkout().revision());
        assertEquals(Instant.ofEpochMilli(1_790_000_000_456L), pending.due());
        assertTrue(pending.isUnsuccessful());
        store.forget(REQUEST);
        store.relocate("guild/store", "guild/shop");
        assertEquals(List.of(), new CommitRequestStore(directory).readAll());
    }

    @Test
    void commitRequestsAreReadInTheirOrder() throws Exception {
        CommitRequestStore store = new CommitRequestStore(directory);
        CheckedOut found = new CheckedOut(List.of(), List.of("main"), List.of(), COMMIT, CheckedOut.Kind.BRANCH, false);
        NewCommit commit = new NewCommit(
                new Checkout(found, Checkout.From.OWN_SCM, null),
                ChangedPaths.MATCH,
                false,
                null,
                CommitConditions.NONE);
        for (int build : List.of(3, 1, 2, 5, 4)) {
            store.save(new CommitRequestStore.Pending(
                    UUID.randomUUID(), "shop#" + build, new PrebuildOptions(), commit, Instant.ofEpochSecond(build)));
        }
        assertEquals(
                List.of("shop#1", "shop#2", "shop#3", "shop#4", "shop#5"),
                new CommitRequestStore(directory)
                        .readAll().stream()
                                .map(CommitRequestStore.Pending::buildId)
                                .toList());
    }

    @Test
    void commitRequest() throws Exception {
        Path file = place("commit-request.xml", REQUEST.toString());
        CommitRequestStore store = new CommitRequestStore(directory);
        CommitRequestStore.Pending pending = store.readAll().get(0);
        assertEquals(REQUEST, pending.requestId());
        assertEquals("team/shop#7", pending.buildId());
        assertEquals(PROJECT, pending.options().getProjectId());
        assertFalse(pending.options().isWait());
        assertFalse(pending.options().isOnlyProjectBranch());
        assertEquals(12, pending.options().getMaxAge());
        assertTrue(pending.commit().isInherited());
        Checkout checkout = pending.commit().checkout();
        assertEquals(2, checkout.remotes().size());
        assertEquals(COMMIT, checkout.revision());
        assertEquals(CheckedOut.Kind.TAG, checkout.kind());
        assertTrue(checkout.isOwn());
        assertTrue(checkout.shownBranch().contains("main"), checkout.shownBranch());
        assertEquals(ChangedPaths.NO_MATCH, pending.commit().changed());
        assertEquals(
                ChangedPaths.MATCH, pending.commit().changes().match(PathPatterns.of(".devcontainer/**, unchanged")));
        assertEquals(ChangedPaths.NO_MATCH, pending.commit().changes().match(PathPatterns.of("unchanged")));
        assertEquals(List.of(COMMIT, BUILT), pending.commit().changes().commits());
        assertEquals(5, pending.commit().conditions().minimumCommits());
        assertEquals("22:00-06:00", pending.commit().conditions().quietHours());
        assertEquals(120, pending.commit().conditions().dailyBudget());
        assertTrue(pending.isUnsuccessful());
        store.save(pending);
        assertEquals(golden("commit-request.xml"), Files.readString(file).strip());
    }

    @Test
    void prebuildLengths() throws Exception {
        place("prebuild-lengths.xml", PROJECT);
        UsualLengths.Usual usual = new UsualLengths(directory).of(PROJECT, CLASS);
        assertEquals(1, usual.prebuilds());
        assertEquals(Duration.ofSeconds(660), usual.total());
        assertEquals(Duration.ofSeconds(659), usual.phase("RUNNING"));
        Path written = directory.resolve("written");
        new UsualLengths(written).add(completed());
        assertEquals(
                golden("prebuild-lengths.xml"),
                Files.readString(written.resolve(PROJECT + ".xml")).strip());
    }

    @Test
    void completedPrebuilds() throws Exception {
        place("completed-prebuilds.xml", PROJECT);
        Instant then = Instant.ofEpochMilli(1_790_000_000_123L);
        assertEquals(Set.of(PREBUILD), new CompletedPrebuilds(directory, () -> then, Runnable::run).of(PROJECT));
        Path written = directory.resolve("written");
        new CompletedPrebuilds(written, () -> then, Runnable::run).add(PROJECT, PREBUILD, REQUEST);
        assertEquals(
                golden("completed-prebuilds.xml"),
                Files.readString(written.resolve(PROJECT + ".xml")).strip());
    }

    private static PrebuildRecord completed() {
        Instant start = Instant.ofEpochSecond(1_790_000_000);
        Prebuild prebuild = new Prebuild(
                PREBUILD,
                new Prebuild.Metadata(PROJECT, CLASS, null, null, Trigger.MANUAL),
                new Prebuild.Spec(PrebuildPhase.COMPLETED, null),
                new Prebuild.Status(PrebuildPhase.COMPLETED, "", null, null, null, null, null, 100, 1, null));
        PrebuildResult result = new PrebuildResult(
                        PREBUILD, "https://gitpod.example.com/projects/shop", PrebuildPhase.RUNNING)
                .with(prebuild, 660_000);
        return new PrebuildRecord(REQUEST.toString(), PROJECT, "eu", false, result, EndStatus.COMPLETED, null)
                .with(
                        start,
                        List.of(
                                new PhaseChange("PENDING", start),
                                new PhaseChange("RUNNING", start.plusSeconds(1)),
                                new PhaseChange("COMPLETED", start.plusSeconds(660))));
    }

    // ---- minimal files, as a person may write them

    @Test
    void prebuildLengthsWithoutPrebuildsAreUnknown() throws Exception {
        for (String prebuilds : List.of("", "<prebuilds/>", "<prebuilds><prebuild/></prebuilds>")) {
            Files.writeString(
                    directory.resolve(PROJECT + ".xml"),
                    "<gitpod-prebuild-lengths>" + prebuilds + "</gitpod-prebuild-lengths>");
            assertEquals(UsualLengths.Usual.UNKNOWN, new UsualLengths(directory).of(PROJECT, CLASS));
        }
    }

    @Test
    void ledgerEntryWithoutFlagsHasTheDefaults() throws Exception {
        Files.writeString(
                directory.resolve(REQUEST + ".xml"),
                "<gitpod-prebuild-request><requestId>" + REQUEST + "</requestId><connection>eu</connection>"
                        + "<apiUrl>https://gitpod.example.com/api</apiUrl><projectId>" + PROJECT + "</projectId>"
                        + "<buildId>shop#7</buildId><jobFullName>shop</jobFullName><stage>WATCHING</stage>"
                        + "<intentTime>1790000000123</intentTime><joined>"
                        + "<io.jenkins.plugins.gitpod.store.LedgerEntry_-Joined><requestId>" + JOINED
                        + "</requestId><buildId>web#3</buildId><jobFullName>web</jobFullName>"
                        + "</io.jenkins.plugins.gitpod.store.LedgerEntry_-Joined></joined></gitpod-prebuild-request>");
        Ledger.Read read = new Ledger(directory).readOpen().get(0);
        assertTrue(read.saved().request().cancelOnAbort());
        assertFalse(read.saved().request().detached());
        assertFalse(read.saved().detached());
        assertEquals(1, read.saved().attempts().size());
        assertEquals(
                new Owners(List.of(new Owners.Owner(JOINED, true, true)), false, false, false, null), read.owners());
    }

    @Test
    void commitRequestWithoutOptionsHasTheDefaults() throws Exception {
        for (String options : List.of("", "<options/>")) {
            Files.writeString(
                    directory.resolve(REQUEST + ".xml"),
                    "<gitpod-commit-request><requestId>" + REQUEST + "</requestId><buildId>shop#7</buildId>" + options
                            + "<checkout><revision>" + COMMIT + "</revision></checkout></gitpod-commit-request>");
            CommitRequestStore.Pending pending =
                    new CommitRequestStore(directory).readAll().get(0);
            assertNull(pending.due());
            assertFalse(pending.isUnsuccessful());
            assertFalse(pending.options().isWait());
            assertTrue(pending.options().isOnlyProjectBranch());
            assertTrue(pending.options().isCancelOnAbort());
            assertEquals(ChangedPaths.UNKNOWN, pending.commit().changed());
            assertFalse(pending.commit().isInherited());
            assertEquals(CheckedOut.Kind.BRANCH, pending.commit().checkout().kind());
            assertEquals(List.of(), pending.commit().checkout().remotes());
        }
    }

    @Test
    void commitRequestWithoutCommitIsSetAside() throws Exception {
        Files.writeString(
                directory.resolve(REQUEST + ".xml"),
                "<gitpod-commit-request><requestId>" + REQUEST + "</requestId><buildId>shop#7</buildId>"
                        + "<checkout/></gitpod-commit-request>");
        assertEquals(List.of(), new CommitRequestStore(directory).readAll());
        assertTrue(Files.exists(directory.resolve("damaged").resolve(REQUEST + ".xml")));
    }

    @Test
    void commitHistoryWithoutEntriesIsEmpty() throws Exception {
        Files.writeString(directory.resolve(KEY_FILE + ".xml"), "<gitpod-commits/>");
        CommitHistory history = new CommitHistory(directory, Instant::now);
        assertNull(history.last(KEY));
        assertFalse(history.hasMissedChange(KEY));
    }

    // ---- no class of the JDK is named in a file

    @Test
    void noFileHoldsAClassOfTheJdk() throws Exception {
        place("ledger-entry.xml", REQUEST.toString());
        Ledger ledger = new Ledger(directory);
        SavedRequest saved = ledger.readOpen().get(0).saved();
        ledger.save(saved.with(List.copyOf(saved.attempts()), null));
        new CommitHistory(directory.resolve("commits"), Instant::now).add(KEY, COMMIT, REQUEST);
        CheckedOut ofTwoRemotes = new CheckedOut(
                List.of("https://git.example.com/a.git", "https://git.example.com/b.git"),
                List.of("main"),
                List.of(""),
                COMMIT,
                CheckedOut.Kind.BRANCH,
                false);
        Checkout checkout = new Checkout(ofTwoRemotes, Checkout.From.OTHER, null);
        new CommitRequestStore(directory.resolve("requests"))
                .save(new CommitRequestStore.Pending(
                        REQUEST,
                        "shop#7",
                        new PrebuildOptions(),
                        new NewCommit(checkout, ChangedPaths.MATCH, false, null, CommitConditions.NONE),
                        Instant.EPOCH,
                        new PartOf(UUID.randomUUID(), "all", List.of("a", "b"))));
        new UsualLengths(directory.resolve("lengths")).add(completed());
        new CompletedPrebuilds(directory.resolve("completed"), Instant::now, Runnable::run)
                .add(PROJECT, PREBUILD, REQUEST);
        List<Path> files;
        try (Stream<Path> found = Files.walk(directory)) {
            files = found.filter(Files::isRegularFile).toList();
        }
        assertEquals(5, files.size());
        for (Path file : files) {
            String text = Files.readString(file);
            for (String trace : List.of("java.", "resolves-to", "serialization=", "Immutable", "CollSer")) {
                assertFalse(text.contains(trace), text);
            }
        }
    }
}
