package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
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
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.springframework.security.access.AccessDeniedException;

/**
 * Requests for new commits that the job property makes later: when the build has succeeded, or at night. They are saved, so
 * that a restart loses none. A request without a due time waits for the end of its build.
 */
@Restricted(NoExternalUse.class)
public final class DeferredRequests {

    private static final int SHORT_HASH = 8;

    private final CommitRequestStore store;
    private final CommitRequests requests;
    private final UnsuccessfulCommits unsuccessful;

    /** The requests that a thread makes, replaces or drops right now. No other thread does so. */
    private final Set<UUID> claimed = ConcurrentHashMap.newKeySet();

    /**
     * Reads what was saved before Jenkins stopped.
     *
     * @param store of its own directory
     */
    DeferredRequests(@NonNull CommitRequestStore store, @NonNull CommitRequests requests) {
        this.store = store;
        this.requests = requests;
        this.unsuccessful = new UnsuccessfulCommits(store);
        store.readAll();
    }

    private static void check(PrebuildOptions options, NewCommit commit) throws AbortException {
        String problem = options.problem() == null ? commit.conditions().problem() : options.problem();
        if (problem != null) {
            throw new AbortException(problem);
        }
        ConfiguredConnection.named(options.getConnection());
    }

    /** @return false if the request is gone, or another thread does something about it */
    private boolean claim(UUID requestId) {
        if (!claimed.add(requestId)) {
            return false;
        } else if (store.find(requestId) == null) {
            claimed.remove(requestId);
            return false;
        }
        return true;
    }

    /** Does something about a request, unless another thread does so or did. */
    @CheckForNull
    private String once(UUID requestId, Function<Pending, String> task) {
        if (!claim(requestId)) {
            return null;
        }
        try {
            Pending pending = store.find(requestId);
            return pending == null ? null : task.apply(pending);
        } finally {
            claimed.remove(requestId);
        }
    }

    // ---- later

    /**
     * Keeps a request until the build has succeeded.
     *
     * @throws AbortException if the options cannot be used; the message is for people
     */
    public void untilSuccess(
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
     * @return why it is not kept, for people: an older commit that is built once more replaces none; or null if it is kept
     * @throws AbortException if the options cannot be used; the message is for people
     */
    // Locked, so that of two concurrent builds one replaces the other.
    @CheckForNull
    public synchronized String until(
            @NonNull Instant due,
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @NonNull PrebuildOptions options,
            @NonNull NewCommit commit)
            throws AbortException {
        check(options, commit);
        Job<?, ?> job = run.getParent();
        List<Pending> earlier = store.all().stream()
                .filter(each -> each.due() != null && each.isOfSameBranch(job.getFullName(), commit))
                .filter(each -> claim(each.requestId()))
                .toList();
        try {
            String newer = newer(job, earlier, commit);
            if (newer != null) {
                String reason = Messages.DeferredRequests_builtBefore(brief(newer));
                DecisionLog.addSkipped(run, commit.checkout().revision(), Messages.Decision_skipped(reason));
                return reason;
            }
            // One that is late must not wait for another night.
            Instant first = earlier.stream()
                    .map(Pending::due)
                    .filter(each -> each != null && each.isBefore(due))
                    .min(Instant::compareTo)
                    .orElse(due);
            NewCommit all = UnsuccessfulCommits.including(commit, earlier);
            // Saved first, so that a crash in between loses no commit.
            store.save(new Pending(requestId, run.getExternalizableId(), options, all, Instant.now(), first));
            earlier.forEach(each -> replaced(job, each, commit));
            return null;
        } finally {
            earlier.forEach(each -> claimed.remove(each.requestId()));
        }
    }

    /** The commit of a kept request, if the other commit was built before that one; else null. */
    @CheckForNull
    private static String newer(Job<?, ?> job, List<Pending> kept, NewCommit commit) {
        String revision = commit.checkout().revision();
        if (revision == null) {
            return null;
        }
        return kept.stream()
                .filter(each -> DecisionLog.of(job).contains(revision) || each.containsChange(revision))
                .map(each -> each.commit().checkout().revision())
                .filter(each -> each != null && !each.equals(revision))
                .findFirst()
                .orElse(null);
    }

    private void replaced(Job<?, ?> job, Pending earlier, NewCommit by) {
        store.forget(earlier.requestId());
        String before = earlier.commit().checkout().revision();
        String newer = by.checkout().revision();
        if (before != null && newer != null && !before.equals(newer)) {
            String reason = Messages.DeferredRequests_newer(brief(newer));
            DecisionLog.addSkipped(job, earlier.buildNumber(), before, Messages.Decision_skipped(reason));
        }
    }

    private static String brief(String revision) {
        return revision.substring(0, Math.min(revision.length(), SHORT_HASH));
    }

    // ---- now

    /**
     * A build has ended: makes its requests if it succeeded, else drops them, and keeps only the changes. Does nothing, and
     * waits for nothing, if the build has none.
     */
    public void buildEnded(@NonNull Run<?, ?> run, @NonNull RequestListener listener) {
        for (Pending each : store.ofBuild(run.getExternalizableId())) {
            if (each.waitsForEnd()) {
                String line = once(
                        each.requestId(),
                        pending -> Result.SUCCESS.equals(run.getResult())
                                ? submit(pending, run, listener)
                                : noSuccess(pending, run));
                // The console may hang.
                if (line != null) {
                    listener.line(line);
                }
            }
        }
    }

    private String noSuccess(Pending pending, Run<?, ?> run) {
        String line = Messages.Decision_skipped(Messages.DeferredRequests_noSuccess(run.getResult()));
        unsuccessful.keep(run.getParent(), pending);
        DecisionLog.addSkipped(run, pending.commit().checkout().revision(), line);
        return line;
    }

    /**
     * Makes the requests whose time has come. Loads their builds.
     *
     * @param isWanted whether new commits of a job get prebuilds now
     */
    public void submitDue(@NonNull Instant now, @NonNull Predicate<Job<?, ?>> isWanted) {
        unsuccessful.forgetOld(now);
        Guarded.forEach("request a prebuild at night", store.all(), each -> {
            Instant due = each.due();
            if (due != null && !due.isAfter(now)) {
                once(each.requestId(), pending -> submitDue(pending, isWanted));
            }
        });
    }

    @CheckForNull
    private String submitDue(Pending pending, Predicate<Job<?, ?>> isWanted) {
        Job<?, ?> job = job(pending.jobFullName());
        Run<?, ?> run = job == null ? null : BuildLookup.find(pending.buildId());
        if (job != null && !isWanted.test(job)) {
            drop(job, pending, Messages.DeferredRequests_off());
            return null;
        }
        return run == null ? deleted(job, pending) : submit(pending, run, new CommitRequests.NoListener());
    }

    @CheckForNull
    private static Job<?, ?> job(String fullName) {
        try {
            return Jenkins.get().getItemByFullName(fullName, Job.class);
        } catch (AccessDeniedException e) {
            return null;
        }
    }

    @CheckForNull
    private String deleted(@Nullable Job<?, ?> job, Pending pending) {
        if (job == null) {
            store.forget(pending.requestId());
        } else {
            drop(job, pending, Messages.DeferredRequests_deleted(pending.buildNumber()));
        }
        return null;
    }

    private void drop(Job<?, ?> job, Pending pending, String reason) {
        String revision = pending.commit().checkout().revision();
        DecisionLog.addSkipped(job, pending.buildNumber(), revision, Messages.Decision_skipped(reason));
        store.forget(pending.requestId());
    }

    /** @return why there is no request, as a line for people; or null if there is one */
    @CheckForNull
    private String submit(Pending pending, Run<?, ?> run, RequestListener listener) {
        List<Pending> earlier = unsuccessful.before(run.getParent(), pending.commit());
        NewCommit all = UnsuccessfulCommits.including(pending.commit(), earlier);
        String line = submit(pending.requestId(), run, pending.options(), all, listener);
        store.forget(pending.requestId());
        if (line == null) {
            earlier.forEach(each -> store.forget(each.requestId()));
        }
        return line;
    }

    /** Makes a request for the commit of a build that may be over. */
    public void submit(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options, @NonNull NewCommit commit) {
        submit(UUID.randomUUID(), run, options, commit, new CommitRequests.NoListener());
    }

    @CheckForNull
    private String submit(
            UUID requestId, Run<?, ?> run, PrebuildOptions options, NewCommit commit, RequestListener listener) {
        try {
            check(options, commit);
            requests.submit(requestId, run, options, commit, listener);
            return null;
        } catch (AbortException e) {
            String line = Messages.CommitPrebuildsAction_none(e.getMessage());
            DecisionLog.addSkipped(run, commit.checkout().revision(), line);
            return line;
        }
    }

    // ---- restarts and jobs

    /** Drops what was requested right before Jenkins was killed: it continues by itself. Called once the ledger is read. */
    void forgetKnown() {
        store.all().stream().map(Pending::requestId).filter(requests::isKnown).forEach(store::forget);
    }

    /** Looks for builds that have ended while Jenkins was down. Loads the builds whose end is awaited. */
    void resume() {
        Guarded.forEach("request a prebuild after a restart", store.all(), each -> {
            Run<?, ?> run = each.waitsForEnd() ? BuildLookup.find(each.buildId()) : null;
            if (run != null && !run.isBuilding()) {
                buildEnded(run, new CommitRequests.NoListener());
            } else if (run == null && each.waitsForEnd()) {
                once(each.requestId(), pending -> deleted(job(pending.jobFullName()), pending));
            }
        });
    }

    /** A job or a folder was renamed or moved. */
    void relocate(@NonNull String oldFullName, @NonNull String newFullName) {
        store.relocate(oldFullName, newFullName);
    }

    /** A job or a folder was deleted. */
    public void jobsDeleted(@NonNull String fullName) {
        store.all().stream().filter(each -> each.isOf(fullName)).forEach(each -> store.forget(each.requestId()));
    }
}
