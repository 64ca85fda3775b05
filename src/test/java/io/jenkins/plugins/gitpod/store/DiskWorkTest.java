package io.jenkins.plugins.gitpod.store;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work on the disk grows with the number of events, and not with the number of files that are there already. */
class DiskWorkTest {

    private static final int MANY = 1000;

    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** Tasks that write files later. */
    private final List<Runnable> later = new ArrayList<>();

    /** Counts what it is asked for. A listed file counts like a read one. */
    private static class Counting<T> extends XmlFolder<T> {

        private final XmlFolder<T> files;
        private int reads;
        private int writes;
        private int listed;

        Counting(Path directory, Class<T> type, XmlFolder<T> files) {
            super(directory, new XStream2(), type, "");
            this.files = files;
        }

        @Override
        boolean contains(@NonNull String name) {
            reads++;
            return files.contains(name);
        }

        @NonNull
        @Override
        T read(@NonNull String name) throws IOException {
            reads++;
            return files.read(name);
        }

        @Override
        void write(@NonNull String name, @NonNull T value) throws IOException {
            writes++;
            files.write(name, value);
        }

        @NonNull
        @Override
        List<String> names() {
            List<String> names = super.names();
            listed += names.size();
            return names;
        }

        int all() {
            return reads + writes + listed;
        }
    }

    private Counting<LedgerEntry> ledgerFolder(Path in) {
        return new Counting<>(in, LedgerEntry.class, Ledger.folder(in));
    }

    private static SavedRequest saved(UUID requestId) throws Exception {
        return new SavedRequest(
                new PrebuildRequest(
                        requestId,
                        new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false),
                        "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                        null,
                        null,
                        false,
                        true),
                Stage.WATCHING,
                Instant.ofEpochMilli(1_790_000_000_123L),
                "0192f0c1-0000-7000-8000-000000000001",
                false,
                null,
                Duration.ZERO);
    }

    private static UUID save(Ledger ledger, String job) throws Exception {
        UUID requestId = UUID.randomUUID();
        ledger.announce(requestId, new RequestOrigin(job + "#1", job, null, null));
        ledger.save(saved(requestId));
        return requestId;
    }

    @Test
    void endsOfPrebuildsListNoClosedEntries() throws Exception {
        Counting<LedgerEntry> closed = ledgerFolder(directory.resolve("closed"));
        Ledger ledger = new Ledger(ledgerFolder(directory), closed, () -> now);
        for (int i = 0; i < MANY; i++) {
            ledger.close(save(ledger, "shop"));
            now = now.plusSeconds(1);
        }
        assertEquals(0, closed.all());
        assertEquals(901, closed.names().size(), "those of the last 15 minutes are kept");
    }

    @Test
    void moveOfAFolderWritesEachEntryOfItOnceAndNoOther() throws Exception {
        Counting<LedgerEntry> open = ledgerFolder(directory);
        Ledger ledger = new Ledger(open, ledgerFolder(directory.resolve("closed")), InstantSource.system());
        int entries = 50;
        for (int i = 0; i < entries; i++) {
            UUID inside = save(ledger, "team/job-" + i);
            UUID elsewhere = save(ledger, "other/job-" + i);
            ledger.share(
                    inside,
                    () -> new Owners(List.of(new Owners.Owner(elsewhere, true, true)), false, false, false, null));
            UUID shared = save(ledger, "other/shared-" + i);
            ledger.share(
                    shared, () -> new Owners(List.of(new Owners.Owner(inside, true, true)), false, false, false, null));
            UUID apart = save(ledger, "other/apart-" + i);
            ledger.share(
                    apart,
                    () -> new Owners(List.of(new Owners.Owner(elsewhere, true, true)), false, false, false, null));
        }
        open.writes = 0;
        open.reads = 0;
        // As Jenkins tells it: of the folder first, then of each job inside.
        ledger.relocate("team", "crew");
        for (int i = 0; i < MANY; i++) {
            ledger.relocate("team/job-" + i, "crew/job-" + i);
        }
        assertEquals(2 * entries, open.writes, "its own entries, and those that its requests joined");
        assertThat(open.reads, lessThanOrEqualTo(4 * entries));
        long moved = new Ledger(directory)
                .readOpen().stream()
                        .filter(each -> each.joined().stream()
                                .anyMatch(
                                        joined -> joined.origin().jobFullName().startsWith("crew/")))
                        .count();
        assertEquals(entries, moved);
    }

    @Test
    void deletedPrebuildsCostTheFilesThatHaveThem() {
        Counting<BranchCommits> folder =
                new Counting<>(directory, BranchCommits.class, CommitHistory.folder(directory));
        CommitHistory history = new CommitHistory(folder, () -> now);
        for (int i = 0; i < 5; i++) {
            UUID requestId = UUID.randomUUID();
            history.add(new CommitHistory.Key("api", "project", "", "branch-" + i), "commit", requestId);
            history.setCompleted(requestId, "prebuild-" + i, "url");
        }
        int before = folder.writes;
        history.deleted(List.of("prebuild-1", "prebuild-3", "of another Jenkins"));
        assertEquals(before + 2, folder.writes);
        history.deleted(List.of("prebuild-1"));
        assertEquals(before + 2, folder.writes, "the history has that already");
    }

    @Test
    void endsOfPrebuildsReadTheFileOfTheirProjectOnce() {
        Counting<CompletedPrebuilds.Saved> folder =
                new Counting<>(directory, CompletedPrebuilds.Saved.class, CompletedPrebuilds.folder(directory));
        CompletedPrebuilds completed = new CompletedPrebuilds(folder, () -> now, Runnable::run);
        for (int i = 0; i < MANY; i++) {
            completed.add("project-" + i % 2, "prebuild-" + i, UUID.randomUUID());
        }
        assertEquals(2, folder.reads);
        assertEquals(500, completed.of("project-1").size());
        assertEquals(completed.of("project-1"), restarted().of("project-1"), "all are saved");
    }

    private CompletedPrebuilds restarted() {
        return new CompletedPrebuilds(directory, () -> now, Runnable::run);
    }

    @Test
    void endsAtTheSameMomentWriteTheFileOfTheirProjectOnce() {
        Counting<CompletedPrebuilds.Saved> folder =
                new Counting<>(directory, CompletedPrebuilds.Saved.class, CompletedPrebuilds.folder(directory));
        CompletedPrebuilds completed = new CompletedPrebuilds(folder, () -> now, later::add);
        List<UUID> requests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            requests.add(UUID.randomUUID());
            completed.add("project-" + i % 2, "prebuild-" + i, requests.get(i));
        }
        assertEquals(0, folder.writes);
        assertEquals(1, later.size());
        requests.forEach(completed::writeRequest);
        assertEquals(2, folder.writes);
        assertEquals(10, restarted().of("project-0").size());
        later.forEach(Runnable::run);
        completed.writeRequest(UUID.randomUUID());
        assertEquals(2, folder.writes, "nothing has changed since");
        completed.add("project-0", "one more", requests.get(0));
        assertEquals(2, later.size());
        completed.writeRequest(requests.get(0));
        assertEquals(3, folder.writes);
    }

    @Test
    void whatIsNotWrittenYetStaysInMemory() {
        CompletedPrebuilds completed = new CompletedPrebuilds(directory, () -> now, later::add);
        int projects = 60;
        for (int i = 0; i < projects; i++) {
            completed.add("project-" + i, "prebuild", UUID.randomUUID());
        }
        completed.writeChanged();
        for (int i = 0; i < projects; i++) {
            assertEquals(Set.of("prebuild"), completed.of("project-" + i));
            assertEquals(Set.of("prebuild"), restarted().of("project-" + i));
        }
    }

    private static PrebuildRecord ended(String project, int number) {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        return new PrebuildRecord(
                        new UUID(0, number).toString(),
                        project,
                        "eu",
                        false,
                        new PrebuildResult("prebuild-" + number, "https://gitpod.example.com", PrebuildPhase.COMPLETED),
                        EndStatus.COMPLETED,
                        null)
                .with(
                        start,
                        List.of(
                                new PhaseChange("RUNNING", start.plusSeconds(1)),
                                new PhaseChange("COMPLETED", start.plusSeconds(60))));
    }

    @Test
    void endsOfManyPrebuildsWriteTheStatisticsOfTheirProjectOnceLater() {
        Path ofLengths = directory.resolve("lengths");
        Counting<UsualLengths.Saved> lengthsFolder =
                new Counting<>(ofLengths, UsualLengths.Saved.class, UsualLengths.folder(ofLengths));
        UsualLengths lengths = new UsualLengths(lengthsFolder, later::add);
        Path ofTimes = directory.resolve("run-times");
        Counting<RunTimes.Saved> timesFolder = new Counting<>(ofTimes, RunTimes.Saved.class, RunTimes.folder(ofTimes));
        RunTimes times = new RunTimes(timesFolder, () -> now, later::add);
        for (int i = 0; i < 100; i++) {
            lengths.add(ended("project-" + i % 2, i));
            times.add(ended("project-" + i % 2, i));
        }
        assertEquals(10, lengths.of("project-1", null).prebuilds(), "it counts at once");
        assertEquals(50, times.of("project-1").size(), "it counts at once");
        assertEquals(0, lengthsFolder.writes + timesFolder.writes);
        assertEquals(2, later.size());
        later.forEach(Runnable::run);
        assertEquals(2, lengthsFolder.writes);
        assertEquals(2, timesFolder.writes);
        assertEquals(10, new UsualLengths(ofLengths).of("project-1", null).prebuilds());
        assertEquals(times.of("project-1"), new RunTimes(ofTimes, () -> now, Runnable::run).of("project-1"));
        lengths.add(ended("project-1", 100));
        times.add(ended("project-1", 100));
        assertEquals(4, later.size(), "each change is written");
        lengths.writeChanged();
        times.writeChanged();
        assertEquals(3, lengthsFolder.writes, "at the end of Jenkins");
        assertEquals(3, timesFolder.writes, "at the end of Jenkins");
    }

    @Test
    void theLockIsNotHeldWhileAFileIsWritten() {
        AtomicReference<Object> content = new AtomicReference<>();
        List<Boolean> locked = new ArrayList<>();
        CompletedPrebuilds completed = new CompletedPrebuilds(
                new Counting<>(directory, CompletedPrebuilds.Saved.class, CompletedPrebuilds.folder(directory)) {
                    @Override
                    void write(@NonNull String name, @NonNull CompletedPrebuilds.Saved value) throws IOException {
                        locked.add(Thread.holdsLock(content.get()));
                        super.write(name, value);
                    }
                },
                () -> now,
                Runnable::run);
        content.set(completed);
        completed.add("project", "prebuild", UUID.randomUUID());
        assertEquals(List.of(false), locked);
    }

    @Test
    void aFileThatCouldNotBeWrittenIsWrittenTheNextTime() {
        AtomicBoolean isFull = new AtomicBoolean(true);
        CompletedPrebuilds completed = new CompletedPrebuilds(
                new Counting<>(directory, CompletedPrebuilds.Saved.class, CompletedPrebuilds.folder(directory)) {
                    @Override
                    void write(@NonNull String name, @NonNull CompletedPrebuilds.Saved value) throws IOException {
                        if (isFull.get()) {
                            throw new IOException("no space left");
                        }
                        super.write(name, value);
                    }
                },
                () -> now,
                Runnable::run);
        completed.add("project", "prebuild", UUID.randomUUID());
        isFull.set(false);
        completed.writeChanged();
        assertEquals(Set.of("prebuild"), new CompletedPrebuilds(directory, () -> now, Runnable::run).of("project"));
    }

    @Test
    void decisionsListTheHistoryNowAndThen() throws Exception {
        Counting<BranchCommits> folder =
                new Counting<>(directory, BranchCommits.class, CommitHistory.folder(directory));
        CommitHistory history = new CommitHistory(folder, () -> now);
        CommitHistory.Key project = CommitHistory.ofProject("https://gitpod.example.com/api", "project");
        for (int i = 0; i < MANY; i++) {
            CommitHistory.Key branch =
                    new CommitHistory.Key("https://gitpod.example.com/api", "project", "", "branch-" + i);
            history.add(branch, "commit", UUID.randomUUID());
            history.add(project, null, UUID.randomUUID());
        }
        assertEquals(2 * MANY, folder.writes);
        assertThat(folder.listed, lessThanOrEqualTo(12 * 2 * MANY));
        assertThat(folder.reads, lessThanOrEqualTo(2 * MANY));
    }
}
