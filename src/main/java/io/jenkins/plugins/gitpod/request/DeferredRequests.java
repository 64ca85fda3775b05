package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.Job;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.CommitRequestStore.Pending;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Requests for new commits that the job property makes later: when the build has succeeded, or at night. They are saved, so
 * that a restart loses none. A request without a due time waits for the end of its build.
 */
@Restricted(NoExternalUse.class)
public final class DeferredRequests {

    private final CommitRequestStore store;
    private final CommitRequests requests;

    /** @param store of its own directory */
    DeferredRequests(@NonNull CommitRequestStore store, @NonNull CommitRequests requests) {
        this.store = store;
        this.requests = requests;
    }

    private static void check(PrebuildOptions options, NewCommit commit) throws AbortException {
        String problem = options.problem() == null ? commit.conditions().problem() : options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        ConfiguredConnection.named(options.getConnection());
    }

    /**
     * Keeps a request until the build has succeeded.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public synchronized void untilSuccess(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit)
            throws AbortException {
        check(options, commit);
        store.save(new Pending(requestId, run.getExternalizableId(), options, commit, Instant.now()));
    }

    /**
     * Keeps a request until a certain time. It replaces that of an earlier commit of the job and branch. A change that matters
     * and is in one of these commits counts for all of them.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public synchronized void until(
            @NonNull Instant due,
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit)
            throws AbortException {
        check(options, commit);
        Job<?, ?> job = run.getParent();
        Instant first = due;
        NewCommit all = commit;
        List<Pending> replaced = new ArrayList<>();
        for (Pending each : store.all()) {
            NewCommit earlier = each.commit();
            Instant dueBefore = each.due();
            if (dueBefore != null
                    && each.jobFullName().equals(job.getFullName())
                    && earlier.checkout().isOfSameBranch(commit.checkout())) {
                // One that is late must not wait for another night.
                first = dueBefore.isBefore(first) ? dueBefore : first;
                all = all.including(earlier);
                replaced.add(each);
            }
        }
        // Saved first, so that a crash in between loses no commit.
        store.save(new Pending(requestId, run.getExternalizableId(), options, all, Instant.now(), first));
        replaced.forEach(each -> {
            store.forget(each.requestId());
            replaced(job, each, commit);
        });
    }

    private static void replaced(Job<?, ?> job, Pending earlier, NewCommit by) {
        String before = earlier.commit().checkout().revision();
        String newer = by.checkout().revision();
        if (before != null && newer != null && !before.equals(newer)) {
            int number = Integer.parseInt(
                    earlier.buildId().substring(earlier.jobFullName().length() + 1));
            String reason = Messages.DeferredRequests_newer(newer.substring(0, Math.min(newer.length(), 8)));
            DecisionLog.addSkipped(job, number, before, Messages.Decision_skipped(reason));
        }
    }

    /** A request is not wanted any longer. */
    public synchronized void forget(@NonNull UUID requestId) {
        store.forget(requestId);
    }

    /** A build has ended: makes its requests if it succeeded, else drops them. */
    public synchronized void buildEnded(@NonNull Run<?, ?> run, @NonNull RequestListener listener) {
        String buildId = run.getExternalizableId();
        for (Pending each : store.all()) {
            if (each.due() == null && each.buildId().equals(buildId)) {
                if (Result.SUCCESS.equals(run.getResult())) {
                    submit(each, run, listener);
                } else {
                    String line = Messages.Decision_skipped(Messages.DeferredRequests_noSuccess(run.getResult()));
                    listener.line(line);
                    DecisionLog.addSkipped(run, each.commit().checkout().revision(), line);
                    store.forget(each.requestId());
                }
            }
        }
    }

    /** Makes the requests whose time has come. Loads their builds. */
    public synchronized void submitDue(@NonNull Instant now) {
        Guarded.forEach("request a prebuild at night", store.all(), each -> {
            Instant due = each.due();
            if (due != null && !due.isAfter(now)) {
                Run<?, ?> run = BuildRecorder.build(each.buildId());
                if (run == null) {
                    store.forget(each.requestId());
                } else {
                    submit(each, run, new CommitRequests.NoListener());
                }
            }
        });
    }

    private void submit(Pending pending, Run<?, ?> run, RequestListener listener) {
        submit(pending.requestId(), run, pending.options(), pending.commit(), listener);
        store.forget(pending.requestId());
    }

    /** Makes a request for the commit of a build that may be over. */
    public void submit(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options, @NonNull NewCommit commit) {
        submit(UUID.randomUUID(), run, options, commit, new CommitRequests.NoListener());
    }

    private void submit(
            UUID requestId, Run<?, ?> run, PrebuildOptions options, NewCommit commit, RequestListener listener) {
        try {
            check(options, commit);
            requests.submit(requestId, run, options, commit, listener);
        } catch (AbortException e) {
            String line = Messages.CommitPrebuildsAction_none(e.getMessage());
            listener.line(line);
            DecisionLog.addSkipped(run, commit.checkout().revision(), line);
        }
    }

    /** Reads what was saved before Jenkins stopped. Loads the builds whose end was awaited, in case they have ended since. */
    void resume() {
        for (Pending each : store.readAll()) {
            Run<?, ?> run = each.due() == null ? BuildRecorder.build(each.buildId()) : null;
            if (run != null && !run.isBuilding()) {
                buildEnded(run, new CommitRequests.NoListener());
            } else if (run == null && each.due() == null) {
                store.forget(each.requestId());
            }
        }
    }

    /** A job or a folder was renamed or moved. */
    void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        store.relocate(oldFullName, newFullName);
    }
}
