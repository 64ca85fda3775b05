package io.jenkins.plugins.gitpod.store;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerTest {

    private static final String PREBUILD = "0192f0c1-0000-7000-8000-000000000001";

    @TempDir
    private Path directory;

    private Instant now = Instant.now();
    private Ledger ledger;

    @BeforeEach
    void open() {
        ledger = new Ledger(Ledger.folder(directory), Ledger.folder(directory.resolve("closed")), () -> now);
    }

    private static SavedRequest saved(UUID requestId) throws Exception {
        return new SavedRequest(
                new PrebuildRequest(
                        requestId,
                        new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), true),
                        "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                        "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                        Duration.ofMinutes(90),
                        false,
                        true),
                Stage.WATCHING,
                Instant.ofEpochMilli(1_790_000_000_123L),
                PREBUILD,
                false,
                CancelReason.ABORTED,
                Duration.ofSeconds(77));
    }

    private static RequestOrigin origin() {
        return new RequestOrigin("team/shop#7", "team/shop", "12", "team-credential");
    }

    private SavedRequest save() throws Exception {
        SavedRequest saved = saved(UUID.randomUUID());
        ledger.announce(saved.request().requestId(), origin());
        ledger.save(saved);
        return saved;
    }

    private Path file(SavedRequest saved) {
        return directory.resolve(saved.request().requestId() + ".xml");
    }

    private List<String> names(String below) throws IOException {
        Path in = directory.resolve(below);
        if (!Files.isDirectory(in)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    @Test
    void whatIsSavedIsReadAgain() throws Exception {
        SavedRequest saved = save();
        assertEquals(List.of(alone(saved, origin())), new Ledger(directory).readOpen());
    }

    @Test
    void theCommitThatAPrebuildIsBuiltFromIsKept() throws Exception {
        EnvironmentGit git = new EnvironmentGit(
                "https://git.example.com/team/shop.git", "main", "0123456789abcdef0123456789abcdef01234567");
        SavedRequest saved = saved(UUID.randomUUID()).withBuiltFrom(git);
        UUID requestId = saved.request().requestId();
        ledger.announce(requestId, origin());
        ledger.save(saved);
        assertEquals(git, new Ledger(directory).readOpen().get(0).saved().builtFrom());
        ledger.relocate("team", "guild");
        assertEquals(git, new Ledger(directory).readOpen().get(0).saved().builtFrom());
    }

    @Test
    void aRequestThatIsClosedWhileItsJobIsRenamedHasTheNewName() throws Exception {
        UUID first = new UUID(0, 0); // visited before the other one
        UUID other = new UUID(0, 5);
        ledger.announce(first, origin());
        Supplier<RequestOrigin> closed = ledger.announce(other, origin());
        CountDownLatch isHeld = new CountDownLatch(1);
        CountDownLatch isClosed = new CountDownLatch(1);
        Thread holder = new Thread(() -> ledger.share(first, () -> {
            isHeld.countDown();
            awaitUninterruptibly(isClosed);
            return Owners.FIRST_ONLY;
        }));
        Thread rename = new Thread(() -> ledger.relocate("team", "guild"));
        holder.start();
        isHeld.await();
        rename.start();
        await().until(rename::getState, Thread.State.BLOCKED::equals);
        ledger.close(other);
        isClosed.countDown();
        holder.join();
        rename.join();
        assertEquals("guild/shop", closed.get().jobFullName());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPartKnowsItsRequestAndAllClassesAlsoIfItHasJoinedAnother() throws Exception {
        PartOf whole = new PartOf(UUID.randomUUID(), "all", List.of("", "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f"));
        SavedRequest saved = saved(UUID.randomUUID());
        UUID requestId = saved.request().requestId();
        ledger.announce(requestId, origin().part(whole));
        ledger.save(saved);
        ledger.relocate("team", "guild");
        ledger.waitsElsewhere(requestId, "13");
        ledger.credentialFound(requestId, "other");
        UUID joined = UUID.randomUUID();
        ledger.announce(joined, origin().part(whole));
        ledger.share(
                requestId, () -> new Owners(List.of(new Owners.Owner(joined, true, true)), false, false, false, null));
        Ledger.Read read = new Ledger(directory).readOpen().get(0);
        for (RequestOrigin origin : List.of(read.origin(), read.joined().get(0).origin())) {
            assertTrue(origin.isPartOf(whole.requestId()));
            assertEquals(whole.requestId(), origin.whole(requestId));
            assertEquals("all", origin.askedClass(null));
            assertEquals(whole.classIds(), origin.partOf().classIds());
            assertEquals(whole.partIds(), origin.partOf().partIds());
        }
    }

    @Test
    void aRequestWithoutACreateThatMayHaveMadeAPrebuildHasNoneWhenItIsReadAgain() throws Exception {
        SavedRequest known = saved(UUID.randomUUID());
        SavedRequest unsent = new SavedRequest(
                        known.request(), Stage.CREATING, known.intentTime(), null, false, null, Duration.ZERO)
                .with(List.of(), null);
        ledger.announce(unsent.request().requestId(), origin());
        ledger.save(unsent);
        assertEquals(List.of(), new Ledger(directory).readOpen().get(0).saved().attempts());
    }

    @Test
    void originsFollowTheirJobsEvenOnceTheRequestIsClosedOrWithdrawn() throws Exception {
        UUID requestId = save().request().requestId();
        Supplier<RequestOrigin> origin = ledger.live(requestId);
        UUID unsentId = UUID.randomUUID();
        Supplier<RequestOrigin> unsent = ledger.announce(unsentId, origin());
        ledger.relocate("team", "guild");
        assertEquals("guild/shop", origin.get().jobFullName());
        ledger.close(requestId);
        ledger.withdraw(unsentId);
        ledger.relocate("guild", "crew");
        assertEquals("crew/shop", origin.get().jobFullName());
        assertEquals("crew/shop", unsent.get().jobFullName());
        assertNull(ledger.origin(requestId));
    }

    @Test
    void createsThatMayHaveMadeAPrebuildAreReadAgainToTheMillisecond() throws Exception {
        SavedRequest known = saved(UUID.randomUUID());
        SavedRequest unknown = new SavedRequest(
                        known.request(),
                        Stage.LOOKING_UP,
                        known.intentTime(),
                        null,
                        false,
                        CancelReason.SURPLUS,
                        Duration.ZERO)
                .with(
                        List.of(
                                new CreateAttempt(1, Instant.ofEpochMilli(1_790_000_000_123L), null),
                                new CreateAttempt(
                                        2,
                                        Instant.ofEpochMilli(1_790_000_040_456L),
                                        Instant.ofEpochMilli(1_790_000_640_456L))),
                        UUID.randomUUID());
        ledger.announce(known.request().requestId(), origin());
        ledger.save(unknown);
        assertEquals(List.of(alone(unknown, origin())), new Ledger(directory).readOpen());
    }

    @Test
    void whatCleansUpAfterARequestHasItsOriginAndOutlivesIt() throws Exception {
        SavedRequest saved = save();
        SavedRequest after = saved(UUID.randomUUID());
        ledger.follows(after.request().requestId(), saved.request().requestId());
        ledger.save(after);
        ledger.close(saved.request().requestId());
        ledger.relocate("team", "crew");
        RequestOrigin moved = new RequestOrigin("crew/shop#7", "crew/shop", "12", "team-credential");
        assertEquals(List.of(alone(after, moved)), new Ledger(directory).readOpen());
    }

    @Test
    void writingLeavesNothingButTheEntry() throws Exception {
        SavedRequest saved = save();
        ledger.save(saved);
        assertEquals(List.of(file(saved).getFileName().toString()), names("."));
        assertTrue(Files.size(file(saved)) < 2_000, "an entry is small");
    }

    @Test
    void whatACrashLeftHalfWrittenIsDroppedAndTheEntryBeforeItCounts() throws Exception {
        SavedRequest saved = save();
        Files.writeString(directory.resolve("new.xml-atomic123.tmp"), "<gitpod-preb");
        assertEquals(1, new Ledger(directory).readOpen().size());
        assertEquals(List.of(file(saved).getFileName().toString()), names("."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<gitpod-prebuild-request>",
                "<gitpod-prebuild-request/>",
                "<string>something else</string>",
                "<no.such.Class/>",
                "not XML at all"
            })
    void damagedFileIsSetAsideAndTheOthersAreRead(String content) throws Exception {
        SavedRequest whole = save();
        SavedRequest damaged = save();
        Files.writeString(file(damaged), content);
        Ledger next = new Ledger(directory);
        assertEquals(
                List.of(whole), next.readOpen().stream().map(Ledger.Read::saved).toList());
        assertEquals(List.of(file(damaged).getFileName().toString()), names("damaged"));
        assertTrue(next.hasLost(damaged.request().requestId()));
        assertFalse(next.hasLost(whole.request().requestId()));
        assertEquals(1, new Ledger(directory).readOpen().size(), "set aside for good");
    }

    @Test
    void entryWithoutItsTimeOrUnderAnothersNameIsDamaged() throws Exception {
        SavedRequest saved = save();
        String text = Files.readString(file(saved));
        Files.writeString(file(saved), text.replace("1790000000123", "soon"));
        Files.writeString(directory.resolve(UUID.randomUUID() + ".xml"), text);
        assertEquals(List.of(), new Ledger(directory).readOpen());
        assertEquals(2, names("damaged").size());
    }

    @Test
    void fieldsAndReasonsOfALaterVersionAreNoDamage() throws Exception {
        SavedRequest saved = save();
        Files.writeString(
                file(saved),
                Files.readString(file(saved))
                        .replace(">ABORTED<", ">LATER_REASON<")
                        .replace("<stage>", "<laterField>x</laterField><stage>"));
        SavedRequest read = new Ledger(directory).readOpen().get(0).saved();
        assertEquals(CancelReason.OWNER_GONE, read.cancelReason());
        assertEquals(saved.prebuildId(), read.prebuildId());
    }

    @Test
    void closedEntryIsRememberedForAWhileAndThenDropped() throws Exception {
        SavedRequest saved = save();
        ledger.close(saved.request().requestId());
        assertEquals(List.of(), names("."));
        Ledger next = new Ledger(directory);
        assertEquals(List.of(PREBUILD), next.readClosed(false));
        assertTrue(next.hasLost(saved.request().requestId()));
        Path closed = directory.resolve("closed").resolve(file(saved).getFileName());
        now = now.plus(Duration.ofMinutes(14));
        ledger.close(save().request().requestId());
        assertTrue(Files.exists(closed));
        now = now.plus(Duration.ofMinutes(2));
        SavedRequest last = save();
        ledger.close(last.request().requestId());
        assertFalse(Files.exists(closed), "the next close drops it");
        assertEquals(2, names("closed").size());
        now = now.plus(Duration.ofMinutes(14));
        ledger.close(last.request().requestId());
        assertEquals(1, names("closed").size());
    }

    private Path closedLongAgo() throws Exception {
        SavedRequest saved = save();
        ledger.close(saved.request().requestId());
        Path closed = directory.resolve("closed").resolve(file(saved).getFileName());
        Files.setLastModifiedTime(closed, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        return closed;
    }

    @Test
    void whatWasClosedLongAgoIsStillToldOnceAfterALongDowntime() throws Exception {
        Path closed = closedLongAgo();
        assertEquals(List.of(PREBUILD), new Ledger(directory).readClosed(false));
        assertFalse(Files.exists(closed));
    }

    @Test
    void whatWasClosedLongAgoSurvivesFurtherCrashesWhileAPrebuildIsLookedFor() throws Exception {
        closedLongAgo();
        assertEquals(List.of(PREBUILD), new Ledger(directory).readClosed(true));
        assertEquals(List.of(PREBUILD), new Ledger(directory).readClosed(true));
    }

    @Test
    void closedRequestIsNeverSavedAgain() throws Exception {
        SavedRequest saved = save();
        ledger.close(saved.request().requestId());
        assertThrows(IOException.class, () -> ledger.save(saved));
        ledger.relocate("team", "crew");
        assertEquals(List.of(), names("."));
    }

    @Test
    void entryFollowsItsJobAndTheFoldersAroundItAndNoOther() throws Exception {
        SavedRequest saved = save();
        ledger.relocate("team", "crew");
        ledger.relocate("te", "wrong");
        ledger.relocate("crew/shop", "crew/store");
        RequestOrigin moved = new RequestOrigin("crew/store#7", "crew/store", "12", "team-credential");
        assertEquals(List.of(alone(saved, moved)), new Ledger(directory).readOpen());
    }

    /** A build joins while another one leaves: whichever comes last saves both. */
    @Test
    void aLaterSaveNeverHasAnEarlierStateOfTheOwners() throws Exception {
        UUID requestId = save().request().requestId();
        UUID joined = UUID.randomUUID();
        ledger.announce(joined, origin());
        AtomicReference<Owners> owners = new AtomicReference<>(Owners.FIRST_ONLY);
        Thread joins = new Thread(() -> {
            owners.set(new Owners(List.of(new Owners.Owner(joined, true, true)), false, false, false, null));
            ledger.share(requestId, owners::get);
        });
        ledger.share(requestId, () -> {
            Owners before = owners.get();
            joins.start();
            await().until(joins::getState, state -> state == Thread.State.BLOCKED || state == Thread.State.TERMINATED);
            return before;
        });
        joins.join();
        assertEquals(
                owners.get().joined(),
                new Ledger(directory).readOpen().get(0).owners().joined());
    }

    private static Ledger.Read alone(SavedRequest saved, RequestOrigin origin) {
        return new Ledger.Read(saved, origin, List.of(), Owners.FIRST_ONLY);
    }
}
