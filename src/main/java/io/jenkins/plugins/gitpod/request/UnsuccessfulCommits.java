package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.CommitRequestStore.Pending;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The changes of commits that got no prebuild because their builds did not succeed. They count for the next commit of the job
 * and branch. Of each branch, only one file is kept.
 */
final class UnsuccessfulCommits {

    /** A branch that is not built for so long is most likely gone. */
    static final Duration KEPT = Duration.ofDays(14);

    private final CommitRequestStore store;

    UnsuccessfulCommits(@NonNull CommitRequestStore store) {
        this.store = store;
    }

    /** Those whose changes a commit contains. An older commit that is built once more does not contain them. */
    @NonNull
    List<Pending> before(@NonNull Job<?, ?> job, @NonNull NewCommit commit) {
        List<Pending> all = store.all().stream()
                .filter(Pending::isUnsuccessful)
                .filter(each -> each.isOfSameBranch(job.getFullName(), commit))
                .toList();
        String revision = commit.checkout().revision();
        return all.isEmpty() || revision == null || !DecisionLog.of(job).contains(revision)
                ? all
                : all.stream()
                        .filter(each -> revision.equals(each.commit().checkout().revision()))
                        .toList();
    }

    /** A commit together with the changes of earlier ones. */
    @NonNull
    static NewCommit including(@NonNull NewCommit commit, @NonNull List<Pending> earlier) {
        NewCommit all = commit;
        for (Pending each : earlier) {
            all = all.including(each.commit());
        }
        return all;
    }

    /** Keeps the changes of a request whose build did not succeed, if they can matter for another commit; else drops it. */
    void keep(@NonNull Job<?, ?> job, @NonNull Pending pending) {
        NewCommit commit = pending.commit();
        String revision = commit.checkout().revision();
        boolean dependsOnChanges = pending.options().getOnlyIfChanged() != null
                || commit.conditions().minimumCommits() != null;
        // The changes of a commit that was built before counted then.
        if (!dependsOnChanges || revision != null && DecisionLog.of(job).contains(revision)) {
            store.forget(pending.requestId());
            return;
        }
        List<Pending> earlier = before(job, commit);
        NewCommit all = including(commit, earlier);
        Pending kept = store.update(pending.requestId(), request -> request.unsuccessful(all, Instant.now()));
        if (kept != null && kept.isUnsuccessful()) {
            earlier.forEach(each -> store.forget(each.requestId()));
        }
    }

    /** Drops what was not asked for in a long time. */
    void forgetOld(@NonNull Instant now) {
        store.all().stream()
                .filter(each -> each.isUnsuccessful() && each.time().plus(KEPT).isBefore(now))
                .forEach(each -> store.forget(each.requestId()));
    }
}
