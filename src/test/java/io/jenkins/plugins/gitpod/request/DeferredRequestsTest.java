package io.jenkins.plugins.gitpod.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.CommitRequestStore.Pending;
import io.jenkins.plugins.gitpod.store.Ledger;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deferred requests that were saved before Jenkins stopped. */
class DeferredRequestsTest {

    private static final NewCommit COMMIT = new NewCommit(
            new Checkout(
                    new CheckedOut(List.of(), List.of("main"), List.of(), "c1", CheckedOut.Kind.BRANCH, false),
                    Checkout.From.OWN_SCM,
                    null),
            ChangedPaths.MATCH,
            false,
            null,
            CommitConditions.NONE);

    @TempDir
    private Path directory;

    private CommitRequestStore made;

    @BeforeEach
    void newStore() {
        made = new CommitRequestStore(directory.resolve("new-commits"));
    }

    private CommitRequestStore onDisk() {
        return new CommitRequestStore(directory.resolve("deferred"));
    }

    private static Pending pending(UUID requestId, String buildId) {
        return new Pending(requestId, buildId, new PrebuildOptions(), COMMIT, Instant.now());
    }

    /** As after a restart. */
    private DeferredRequests started() {
        RequestRegistry registry = new RequestRegistry(null, null, null, null, null, null, null, null);
        Ledger ledger = new Ledger(directory);
        // The requests of another object, because what Jenkins has read is lost at its end.
        CommitRequestStore afterwards = new CommitRequestStore(directory.resolve("new-commits"));
        return new DeferredRequests(onDisk(), new CommitRequests(afterwards, ledger, null, registry, null));
    }

    private List<String> builds() {
        return onDisk().readAll().stream().map(Pending::buildId).toList();
    }

    @Test
    void theyAreKnownAsSoonAsTheServiceStarts() {
        onDisk().save(pending(UUID.randomUUID(), "shop#1"));
        started().relocate("shop", "store");
        assertEquals(List.of("store#1"), builds());
        started().jobsDeleted("store");
        assertEquals(List.of(), builds());
    }

    @Test
    void oneThatWasMadeRightBeforeAKillIsNotMadeTwice() {
        UUID twice = UUID.randomUUID();
        onDisk().save(pending(twice, "shop#1"));
        made.save(pending(twice, "shop#1"));
        onDisk().save(pending(UUID.randomUUID(), "shop#2"));
        started().forgetKnown();
        assertEquals(List.of("shop#2"), builds());
    }

    @Test
    void theChangesOfUnsuccessfulBuildsAreNotKeptForever() {
        CommitRequestStore store = onDisk();
        Pending pending = pending(UUID.randomUUID(), "shop#1");
        store.save(pending);
        Instant failed = Instant.ofEpochMilli(1_790_000_000_123L);
        store.update(pending.requestId(), each -> each.unsuccessful(COMMIT, failed));
        UnsuccessfulCommits unsuccessful = new UnsuccessfulCommits(store);
        unsuccessful.forgetOld(failed.plus(UnsuccessfulCommits.KEPT));
        assertEquals(List.of("shop#1"), builds());
        unsuccessful.forgetOld(failed.plus(UnsuccessfulCommits.KEPT).plus(Duration.ofSeconds(1)));
        assertEquals(List.of(), builds());
    }
}
