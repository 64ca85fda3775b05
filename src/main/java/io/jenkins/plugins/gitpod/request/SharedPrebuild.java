package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Owners;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * The builds that share one prebuild: the build that requested it and the builds that joined. When the last one leaves, the
 * prebuild is cancelled, unless a build that left wanted it to keep running.
 */
public final class SharedPrebuild implements PrebuildObserver {

    private static final String UPDATE_HISTORY = "update the history of commits";
    private static final String NOTE_TOKEN = "note whether Gitpod accepts a token";
    private static final String READ_LOG = "read the log of a prebuild";
    private static final String NOTIFY_BUILD = "tell a build what becomes of its prebuild";

    private final PrebuildRequest request;
    private final CommitHistory history;
    private final List<RequestRecorder> members = new ArrayList<>();

    /** Requests whose builds left the prebuild to others. The pages of these builds show its end too. */
    private final List<RequestRecorder> formerMembers = new ArrayList<>();

    private final RequestRecorder first;

    @CheckForNull
    private volatile LogOutput log;

    private boolean foreign;
    private boolean keepsRunning;
    private boolean over;
    private boolean cancelled;
    private volatile String prebuildId;
    private volatile String classId;

    SharedPrebuild(
            @NonNull PrebuildRequest request, @NonNull RequestRecorder recorder, @NonNull CommitHistory history) {
        this.request = request;
        this.first = recorder;
        this.history = history;
        members.add(recorder);
    }

    /**
     * Has the prebuild's log printed as the builds want. To be called before the prebuild is followed.
     *
     * @param printed how many lines may have been printed before a restart
     * @param savePrinted saves this number
     */
    @NonNull
    SharedPrebuild with(
            @NonNull LogOutput.Follower logs,
            @NonNull TokenSource tokens,
            long printed,
            @NonNull LongConsumer savePrinted) {
        log = new LogOutput(logs, request.connection(), tokens, this::members, printed, savePrinted);
        return this;
    }

    /** The prebuild was not created by this Jenkins. */
    @NonNull
    synchronized SharedPrebuild ofForeign(@NonNull String id) {
        foreign = true;
        prebuildId = id;
        return this;
    }

    public synchronized boolean isForeign() {
        return foreign;
    }

    /** The build that requested the prebuild. */
    @NonNull
    RequestOrigin firstOrigin() {
        return first.origin();
    }

    /** The request that the engine knows. */
    @NonNull
    PrebuildRequest request() {
        return request;
    }

    @NonNull
    public UUID requestId() {
        return request.requestId();
    }

    /** Whether the prebuild is of this project at this API. */
    boolean isOf(@NonNull String apiUrl, @NonNull String projectId) {
        return request.projectId().equalsIgnoreCase(projectId)
                && request.connection().endpoint().apiUrl().toString().equals(apiUrl);
    }

    /** The prebuild's id, or null if it is not known. */
    @CheckForNull
    String prebuildId() {
        return prebuildId;
    }

    /** The prebuild is being cancelled for all builds. No build may join any longer. */
    synchronized void cancelled() {
        cancelled = true;
    }

    /** Whether the prebuild runs and is not being cancelled. */
    synchronized boolean isActive() {
        return !over && !cancelled;
    }

    /** Adds a build. @return false if the prebuild has ended or is being cancelled; then nothing has changed */
    synchronized boolean join(@NonNull RequestRecorder recorder) {
        if (!isActive()) {
            return false;
        }
        members.add(recorder);
        return true;
    }

    /** Restores the builds from the ledger after a restart. */
    synchronized void restore(
            @NonNull List<RequestRecorder> joined, @NonNull Owners saved, @Nullable String savedPrebuildId) {
        prebuildId = savedPrebuildId;
        if (saved.firstLeft()) {
            formerMembers.addAll(members);
            members.clear();
        }
        members.addAll(joined);
        keepsRunning = saved.keepsRunning();
        foreign = saved.foreign();
    }

    /** What happens to the prebuild when a build leaves. */
    enum Left {
        /** It keeps running, for other builds or because one of them wanted that. */
        KEEPS_RUNNING,
        /** No build waits any longer. The request's options say what happens to the prebuild. */
        LAST,
        /** No build waits any longer, and the request, which had no owner of its own, is not wanted either. */
        CANCEL,
        /** Nothing: the build was not among the owners, or the prebuild has ended. */
        NOTHING
    }

    /**
     * A build leaves early. If its leaving cancels the prebuild, it stays a member, so that it is told the end.
     *
     * @param isMade whether the prebuild is known to exist
     */
    synchronized Left leave(@NonNull RequestRecorder recorder, boolean isMade) {
        if (over || !members.contains(recorder)) {
            return Left.NOTHING;
        }
        boolean isLast = members.size() == 1 && !keepsRunning;
        boolean isFirst = recorder.requestId().equals(request.requestId());
        boolean cancels = !foreign && recorder.isCancelOnAbort();
        if (isLast && cancels) {
            cancelled = true;
            return request.detached() && !isFirst ? Left.CANCEL : Left.LAST;
        } else if (isLast && isFirst && !isMade) {
            // It may still turn out that none was created.
            cancelled = true;
            return Left.LAST;
        }
        members.remove(recorder);
        formerMembers.add(recorder);
        keepsRunning |= !foreign && !recorder.isCancelOnAbort();
        return Left.KEEPS_RUNNING;
    }

    /** A request for a commit is no longer wanted. Like {@link #leave}, but the request has no owner that waits. */
    synchronized Left drop(@NonNull RequestRecorder recorder) {
        if (over || !members.contains(recorder)) {
            return Left.NOTHING;
        }
        if (members.size() == 1 && !keepsRunning && !foreign) {
            cancelled = true;
            return Left.CANCEL;
        }
        members.remove(recorder);
        formerMembers.add(recorder);
        return Left.KEEPS_RUNNING;
    }

    /** What the ledger has to keep of the builds that share the prebuild. */
    @NonNull
    synchronized Owners owners() {
        List<Owners.Owner> joined = new ArrayList<>();
        boolean firstLeft = true;
        for (RequestRecorder member : members) {
            if (member.requestId().equals(request.requestId())) {
                firstLeft = false;
            } else {
                joined.add(new Owners.Owner(member.requestId(), member.isCancelOnAbort(), member.isOwned()));
            }
        }
        return new Owners(joined, firstLeft, keepsRunning, foreign);
    }

    private synchronized List<RequestRecorder> members() {
        return List.copyOf(members);
    }

    private synchronized List<RequestRecorder> formerMembers() {
        return List.copyOf(formerMembers);
    }

    @NonNull
    synchronized List<UUID> memberIds() {
        List<UUID> ids = new ArrayList<>();
        members.forEach(member -> ids.add(member.requestId()));
        return ids;
    }

    /** The requests whose builds left the prebuild to others. */
    @NonNull
    synchronized List<UUID> formerMemberIds() {
        return formerMembers.stream().map(RequestRecorder::requestId).toList();
    }

    /**
     * Prints a line in the consoles of all builds that wait.
     *
     * @param line makes the line of a build
     */
    void line(@NonNull Function<RequestOrigin, String> line) {
        members().forEach(member -> member.line(line.apply(member.origin())));
    }

    /** Whether one of the owners is known to be there, and not only to have been there before a restart. */
    @Override
    public boolean isThere() {
        return members().stream().anyMatch(RequestRecorder::isThere);
    }

    @Override
    public void update(Update update) {
        if (update instanceof Update.BuiltFrom built) {
            builtFrom(built);
            return;
        } else if (update instanceof Update.PhaseChanged changed) {
            prebuildId = changed.prebuild().id();
            classId = changed.prebuild().metadata().environmentClassId();
        } else if (update instanceof Update.Created created) {
            prebuildId = created.prebuild().id();
            Guarded.run(
                    UPDATE_HISTORY,
                    () -> history.add(
                            CommitHistory.ofProject(
                                    request.connection().endpoint().apiUrl().toString(), request.projectId()),
                            null,
                            request.requestId()));
        }
        Guarded.run(NOTE_TOKEN, () -> noteToken(update));
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.update(update));
        LogOutput output = log;
        if (output != null && update instanceof Update.PhaseChanged changed) {
            Guarded.run(READ_LOG, () -> output.read(changed.prebuild()));
        } else if (output != null
                && update instanceof Update.Cancelling cancelling
                && (cancelling.reason() == CancelReason.OVER_TIME
                        || cancelling.reason() == CancelReason.SNAPSHOT_STALLED)) {
            Guarded.run(READ_LOG, output::cancelling);
        }
    }

    /** The history comes first, because a build that is told may request a prebuild of the same commit. */
    private void builtFrom(Update.BuiltFrom built) {
        CommitHistory.Key facts = CommitHistory.ofBuiltCommits(
                request.connection().endpoint().apiUrl().toString(), request.projectId());
        String known = classId == null ? request.environmentClassId() : classId;
        String commit = Objects.requireNonNull(built.git().commit(), "commit");
        boolean isOlder = history.setBuiltFrom(facts, request.requestId(), commit, known);
        // What the history has for the first build's commit says nothing about the commits of the others.
        Guarded.forEach(
                NOTIFY_BUILD,
                members(),
                member -> member.builtFrom(
                        built.prebuildId(),
                        built.git(),
                        isOlder && member.requestId().equals(request.requestId())));
    }

    @Override
    public void concluded(Outcome outcome) {
        synchronized (this) {
            over = true;
        }
        // The history comes first, because a build that is told may request a prebuild of the same commit.
        Guarded.run(UPDATE_HISTORY, () -> updateHistory(outcome));
        Guarded.run(NOTE_TOKEN, () -> noteToken(outcome));
        // Each record is saved at once. The builds are told when the rest of the log is printed.
        List<Runnable> notifications = new ArrayList<>();
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.concluded(outcome, notifications::add));
        AtomicBoolean isNotified = new AtomicBoolean();
        Runnable notifyOnce = () -> {
            if (!isNotified.getAndSet(true)) {
                notifications.forEach(Runnable::run);
            }
        };
        LogOutput output = log;
        if (output == null) {
            notifyOnce.run();
        } else {
            Guarded.run(READ_LOG, () -> endLog(output, outcome, notifyOnce));
        }
        Guarded.forEach(NOTIFY_BUILD, formerMembers(), former -> former.endedWithout(outcome));
    }

    private static void endLog(LogOutput output, Outcome outcome, Runnable notifyOnce) {
        try {
            output.ended(outcome, notifyOnce);
        } catch (RuntimeException | Error e) {
            notifyOnce.run();
            throw e;
        }
    }

    @Override
    public void settled(Outcome end) {
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.settled(end));
        Guarded.forEach(NOTIFY_BUILD, formerMembers(), former -> former.settled(end));
    }

    private void updateHistory(Outcome outcome) {
        if (outcome instanceof Outcome.Ended ended && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED) {
            history.setCompleted(
                    request.requestId(),
                    ended.prebuild().id(),
                    request.connection()
                            .endpoint()
                            .projectPage(request.projectId())
                            .toString());
        } else if (outcome instanceof Outcome.NotCreated
                || outcome instanceof Outcome.CreateRefused
                || outcome instanceof Outcome.NotSent
                || outcome instanceof Outcome.NotSaved
                || outcome instanceof Outcome.NoToken noToken && noToken.prebuildId() == null) {
            history.remove(request.requestId());
        }
    }

    private void noteToken(Update update) {
        if (update instanceof Update.Retrying retrying) {
            noteRefusal(retrying.failure());
        } else if (update instanceof Update.Created || update instanceof Update.PhaseChanged) {
            noteToken(true);
        }
    }

    private void noteToken(Outcome outcome) {
        if (outcome instanceof Outcome.CreateRefused refused) {
            noteRefusal(refused.failure());
        } else if (outcome instanceof Outcome.WatchLost lost) {
            noteRefusal(lost.failure());
        } else if (outcome instanceof Outcome.Ended) {
            noteToken(true);
        }
    }

    private void noteRefusal(GitpodException failure) {
        if (failure.code() == ErrorCode.UNAUTHENTICATED) {
            noteToken(false);
        }
    }

    /** Tells the administrators' monitor whether Gitpod accepts the token of the request. */
    private void noteToken(boolean isAccepted) {
        RequestOrigin origin = first.origin();
        RefusedTokensMonitor.get()
                .note(request.connection().name(), origin.credentialsId(), origin.jobFullName(), isAccepted);
    }
}
