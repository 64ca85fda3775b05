package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.checkout.BuildCommit;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.record.Timeline;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Saves a build's record of one request, then tells the listener. The record is saved before the waiter hears of the
 * end, so that a step which resumes after a crash finds what it missed. What Gitpod or the ledger still has after a crash is
 * saved a little later: phases on the way, and the commit.
 */
final class RequestRecorder implements PrebuildObserver, LogOutput.Reader {

    private static final String NOTIFY_CREATED = "tell a build that its prebuild was created";

    private final PrebuildRequest request;
    private final Supplier<RequestOrigin> origin;
    private final PrebuildMessages messages;
    private final Instant since;
    private final KnownPrebuild known;
    private volatile boolean left;

    @CheckForNull
    private RequestListener listener;

    private boolean ownerGone;
    private boolean ownerLeaves;

    private final RecordSaver saver;

    @CheckForNull
    private UnusedSnapshotCheck check;

    @CheckForNull
    private PrebuildRecord conclusion;

    /** @param origin with the current names of its job and build */
    RequestRecorder(
            PrebuildRequest request,
            Supplier<RequestOrigin> origin,
            Instant since,
            @Nullable RequestListener listener) {
        this.request = request;
        this.origin = origin;
        this.since = since;
        this.listener = listener;
        this.saver = new RecordSaver(origin);
        this.messages = new PrebuildMessages(request);
        this.known = new KnownPrebuild(request, messages.url(), since);
    }

    /** Sets what is checked once the prebuild was created. */
    @NonNull
    RequestRecorder with(@Nullable UnusedSnapshotCheck unusedSnapshot) {
        check = unusedSnapshot;
        return this;
    }

    /** Sets what the record has of the options of the request, and whether the job property made it. */
    @NonNull
    RequestRecorder with(@NonNull PrebuildOptions options, boolean automatic) {
        known.automatic(automatic);
        known.skipPublishingChecks(options.isSkipPublishingChecks());
        return this;
    }

    @NonNull
    UUID requestId() {
        return request.requestId();
    }

    @NonNull
    Instant since() {
        return since;
    }

    @NonNull
    RequestOrigin origin() {
        return origin.get();
    }

    /** Whether the request has an owner whose early end matters. */
    boolean isOwned() {
        return !request.detached() && !left;
    }

    /** The owner has left, and the prebuild keeps running. */
    void left() {
        left = true;
    }

    boolean isCancelOnAbort() {
        return request.cancelOnAbort();
    }

    /** Whether the owner has not come back since a restart of Jenkins. */
    synchronized boolean isUnclaimed() {
        return isOwned() && listener == null && !ownerGone;
    }

    /** Whether the owner, if the request has one, is known to be there. */
    @Override
    public synchronized boolean isThere() {
        return !isOwned() || listener != null && !ownerGone;
    }

    /**
     * The owner is gone and must not be told anything any longer.
     *
     * @return true if the owner neither was told the end nor left by itself
     */
    synchronized boolean ownerGone() {
        boolean silently = !ownerGone && !ownerLeaves && conclusion == null;
        ownerGone = true;
        listener = null;
        return silently;
    }

    /** The owner was told to stop and has said that it leaves. */
    synchronized void ownerLeaves() {
        ownerLeaves = true;
    }

    /** The build is being deleted. Saving it would bring half of it back. */
    void buildDeleted() {
        saver.buildDeleted();
    }

    @NonNull
    PrebuildMessages messages() {
        return messages;
    }

    /** What is known about the prebuild so far. */
    @CheckForNull
    PrebuildResult result() {
        return known.result();
    }

    /** Sets the listener. It is told the end at once if the request has ended already. */
    void attach(RequestListener newListener) {
        PrebuildRecord already;
        synchronized (this) {
            listener = newListener;
            already = conclusion;
        }
        if (already != null) {
            newListener.concluded(already);
        }
    }

    /**
     * Sets the listener in place of an owner that has not come back since a restart.
     *
     * @return false if the owner is there, or there is none
     */
    boolean takeOver(@NonNull RequestListener successor) {
        synchronized (this) {
            if (!isUnclaimed()) {
                return false;
            }
            listener = successor;
        }
        attach(successor);
        return true;
    }

    @NonNull
    PrebuildRequest request() {
        return request;
    }

    /** The request for pages. */
    @NonNull
    OpenPrebuild shown(@Nullable PrebuildHandle.View view) {
        return new OpenPrebuild(request, origin(), since, view);
    }

    @NonNull
    Timeline timeline() {
        return known.timeline();
    }

    /** After a restart: the build's record has the phases that were seen before it. */
    void remember(@NonNull PrebuildRecord saved) {
        known.addEarlierPhases(saved.getPhases());
    }

    @Override
    public Logs logs() {
        RequestListener to = listener();
        return to == null ? Logs.NONE : to.logs();
    }

    /** Prints a line in the console of the owner. */
    @Override
    public void line(@NonNull String line) {
        notifyListener("print: " + line, to -> to.line(line));
    }

    @CheckForNull
    private synchronized RequestListener listener() {
        return listener;
    }

    @CheckForNull
    private synchronized PrebuildRecord conclusion() {
        return conclusion;
    }

    /** Tells the listener, if there is one. */
    private void notifyListener(String what, Consumer<RequestListener> how) {
        RequestListener to = listener();
        if (to != null) {
            Guarded.run(what, () -> how.accept(to));
            letGo(to);
        }
    }

    /** Forgets a step that does not wait once it has ended: its prebuild may run for hours, and would hold the build. */
    private synchronized void letGo(RequestListener to) {
        if (request.detached() && listener == to && to.isDone()) {
            listener = null;
        }
    }

    /** The prebuild was known already when this request joined it. */
    void adopt(@NonNull PrebuildResult running) {
        if (!known.adopt(running)) {
            return;
        }
        save();
        notifyListener(NOTIFY_CREATED, to -> to.created(running));
        EnvironmentGit git = running.builtFrom();
        if (git != null) {
            tellCommit(git, false);
        }
    }

    /** After a restart: a crash came before the build's record of the prebuild was saved. */
    void restore(@NonNull PrebuildResult running) {
        known.restore(running);
        save();
    }

    /** The owner left, and the prebuild keeps running. */
    void left(@NonNull String message) {
        if (conclusion() == null) {
            conclude(known.record(EndStatus.LEFT_RUNNING, message), Runnable::run);
        }
    }

    /** A prebuild that the owner left running has ended. The build's page shows it. */
    void endedWithout(@NonNull Outcome end) {
        if (conclusion() != null) {
            settled(end);
        } else {
            concluded(end);
        }
    }

    @Override
    public void update(Update update) {
        String line = messages.line(update);
        if (line != null) {
            line(line);
        }
        if (update instanceof Update.Created created) {
            PrebuildResult result = known.see(created.prebuild());
            save();
            UnusedSnapshotCheck now = check;
            check = null; // it holds the build
            notifyListener(NOTIFY_CREATED, to -> {
                if (now == null) {
                    to.created(result);
                } else {
                    now.created(to, result);
                }
            });
        } else if (update instanceof Update.PhaseChanged changed) {
            PrebuildResult before = result();
            PrebuildResult now = known.see(changed.prebuild());
            boolean isNew = before == null || !before.getPhase().equals(now.getPhase());
            if (isNew && !changed.prebuild().status().phase().isEnd() && !known.isSavedAtEnd()) {
                saveLater();
            }
        } else if (update instanceof Update.WarmPoolEnded pool) {
            known.warmPool(pool.end());
        } else if (update instanceof Update.Resumed resumed) {
            known.resumed(resumed.prebuildId(), resumed.builtFrom());
        }
    }

    /**
     * Gitpod says which commit the prebuild is built from.
     *
     * @param isOlder whether it is known to be older than the build's own commit
     */
    void builtFrom(@NonNull String prebuildId, @NonNull EnvironmentGit git, boolean isOlder) {
        known.builtFrom(prebuildId, git);
        if (!known.isSavedAtEnd()) {
            saveLater(); // the ledger has it
            tellCommit(git, isOlder);
        }
    }

    private void tellCommit(EnvironmentGit git, boolean isOlder) {
        BuildCommit own = BuildCommit.of(BuildLookup.find(origin().buildId()), git);
        switch (own.relation(isOlder)) {
            case OLDER -> line(messages.builtFromOlder(git, own.revision()));
            case OTHER -> line(messages.builtFromOther(git, own.revision()));
            default -> line(messages.builtFrom(git));
        }
    }

    @Override
    public void concluded(Outcome outcome) {
        concluded(outcome, Runnable::run);
    }

    /** @param notifications is given the task that tells the listener; the record has been saved then */
    void concluded(@NonNull Outcome outcome, @NonNull Consumer<Runnable> notifications) {
        if (outcome instanceof Outcome.Ended ended) {
            known.see(ended.prebuild());
        }
        conclude(known.record(EndStatus.of(outcome), messages.outcome(outcome, known.duration())), notifications);
    }

    private void conclude(PrebuildRecord record, Consumer<Runnable> notifications) {
        saver.save(record);
        synchronized (this) {
            conclusion = record;
        }
        notifications.accept(() -> notifyListener("tell a build the end of its prebuild", to -> to.concluded(record)));
    }

    /** The build was told already and has mostly ended. Its page shows the final state. */
    @Override
    public void settled(Outcome end) {
        if (end instanceof Outcome.Ended ended) {
            known.see(ended.prebuild());
        } else if (end instanceof Outcome.Gone gone) {
            known.gone(gone.prebuildId());
        } else {
            return;
        }
        PrebuildRecord told = conclusion();
        if (told == null || result() == null) {
            return;
        }
        boolean outdated =
                told.getConclusion() == EndStatus.CANCELLED || told.getConclusion() == EndStatus.LEFT_RUNNING;
        String message = outdated
                ? messages.outcome(end, known.duration())
                : told.getMessage(); // the reason why Jenkins gave up still matters
        saver.save(known.record(told.getConclusion(), message));
    }

    private void save() {
        saver.save(known.record(null, null));
    }

    private void saveLater() {
        saver.saveLater(known.record(null, null));
    }
}
