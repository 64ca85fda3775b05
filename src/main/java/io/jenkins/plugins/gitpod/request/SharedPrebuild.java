package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.decision.RequestOrder;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Owners;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    private static final String DELETE_OLD = "remember a completed prebuild";
    private static final String NOTIFY_BUILD = "tell a build what becomes of its prebuild";

    private final PrebuildRequest request;
    private final HistoryUpdates history;
    private final List<RequestRecorder> members = new ArrayList<>();

    /** Requests whose builds left the prebuild to others. The pages of these builds show its end too. */
    private final List<RequestRecorder> formerMembers = new ArrayList<>();

    private final RequestRecorder first;
    private final TokenNotes tokenNotes;
    private final long order = RequestOrder.next();

    @CheckForNull
    private volatile LogOutput log;

    @CheckForNull
    private volatile OldPrebuilds oldPrebuilds;

    @CheckForNull
    private volatile TokenSource tokens;

    private boolean foreign;
    private boolean keepsRunning;
    private boolean over;
    /** Whether the prebuild has completed, and the builds wait for the warm pool. */
    private boolean completed;

    private boolean cancelled;

    /** When the first prebuild of the row was requested, or null if none was cancelled in favor of this one. */
    @CheckForNull
    private Instant replacesSince;

    private volatile String prebuildId;
    private volatile String classId;

    SharedPrebuild(
            @NonNull PrebuildRequest request, @NonNull RequestRecorder recorder, @NonNull CommitHistory history) {
        this.request = request;
        this.first = recorder;
        this.tokenNotes = new TokenNotes(request.connection().name(), recorder::origin);
        this.history = new HistoryUpdates(request, history);
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
            @NonNull TokenSource source,
            long printed,
            @NonNull LongConsumer savePrinted) {
        log = new LogOutput(logs, request.connection(), source, this::members, printed, savePrinted);
        return this;
    }

    /** Has older prebuilds deleted as the builds want. To be called before the prebuild is followed. */
    @NonNull
    SharedPrebuild with(@NonNull OldPrebuilds old, @NonNull TokenSource source) {
        oldPrebuilds = old;
        tokens = source;
        return this;
    }

    @NonNull
    HistoryUpdates history() {
        return history;
    }

    /** The prebuild was not created by this Jenkins. */
    @NonNull
    synchronized SharedPrebuild ofForeign(@NonNull String id) {
        foreign = true;
        prebuildId = id;
        return this;
    }

    /** The prebuild was requested instead of others, the first of which was requested at this time. */
    synchronized void insteadOf(@NonNull Instant since) {
        replacesSince = since;
    }

    /** When the first prebuild of the row was requested: those that were cancelled, each in favor of the next one. */
    @NonNull
    synchronized Instant rowSince() {
        return replacesSince == null ? first.since() : replacesSince;
    }

    long order() {
        return order;
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
        return !over && !cancelled && !completed;
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
        replacesSince = saved.replacesSince();
    }

    /** What happens to the prebuild when a build leaves. */
    enum Left {
        /** It keeps running, for other builds or because one of them wanted that. */
        KEEPS_RUNNING,
        /** No build waits any longer. The request's options say what happens to the prebuild. */
        LAST,
        /** No build waits any longer, and the request has no owner that the engine heeds: it has to be cancelled. */
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
        if (completed && members.size() == 1) {
            return Left.LAST; // ends the wait for the warm pool
        } else if (isLast && cancels) {
            cancelled = true;
            return request.detached() && (isMade || !isFirst) ? Left.CANCEL : Left.LAST;
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
                joined.add(new Owners.Owner(
                        member.requestId(),
                        member.isCancelOnAbort(),
                        member.isOwned(),
                        member.request().after()));
            }
        }
        return new Owners(joined, firstLeft, keepsRunning, foreign, replacesSince);
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

    /** Prints a line in the consoles of all builds that wait. @param line makes the line of a build */
    void line(@NonNull Function<RequestOrigin, String> line) {
        members().forEach(member -> member.line(line.apply(member.origin())));
    }

    /** Whether one of the owners is known to be there, and not only to have been there before a restart. */
    @Override
    public boolean isThere() {
        return members().stream().anyMatch(RequestRecorder::isThere);
    }

    @Override
    public String job() {
        return firstOrigin().jobFullName();
    }

    @Override
    public boolean waitsForWarmPool(PrebuildRequest ofRequest) {
        return members().stream()
                .anyMatch(member -> member.isOwned() && member.request().after().waitForWarmPool());
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
            Guarded.run(UPDATE_HISTORY, history::created);
        } else if (update instanceof Update.Completed done) {
            synchronized (this) {
                completed = true;
            }
            Guarded.run(UPDATE_HISTORY, () -> history.completed(done.prebuild()));
        }
        Guarded.run(NOTE_TOKEN, () -> tokenNotes.note(update));
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.update(update));
        LogOutput output = log;
        if (output != null) {
            Guarded.run(READ_LOG, () -> output.update(update));
        }
    }

    /** The history comes first, because a build that is told may request a prebuild of the same commit. */
    private void builtFrom(Update.BuiltFrom built) {
        boolean isOlder = history.builtFrom(built.git(), classId);
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
        Guarded.run(UPDATE_HISTORY, () -> history.ended(outcome)); // before a told build requests this commit
        OldPrebuilds old = isForeign() ? null : oldPrebuilds;
        if (old != null) {
            Guarded.run(DELETE_OLD, () -> old.ended(request, outcome));
        }
        Guarded.run(NOTE_TOKEN, () -> tokenNotes.note(outcome));
        // Each record is saved at once. The builds are told when the rest of the log is printed.
        List<Runnable> notifications = new ArrayList<>();
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.concluded(outcome, notifications::add));
        AtomicBoolean isNotified = new AtomicBoolean();
        Runnable notifyOnce = () -> {
            if (!isNotified.getAndSet(true)) {
                deleteOld(old, outcome, () -> notifications.forEach(Runnable::run));
            }
        };
        LogOutput output = log;
        if (output == null) {
            notifyOnce.run();
        } else {
            Guarded.run(READ_LOG, () -> output.endedOrFailed(outcome, notifyOnce));
        }
        Guarded.forEach(NOTIFY_BUILD, formerMembers(), former -> former.endedWithout(outcome));
    }

    /** Has older prebuilds deleted if one of the builds wants that, then tells the builds. */
    private void deleteOld(@Nullable OldPrebuilds old, Outcome outcome, Runnable tellBuilds) {
        TokenSource source = tokens;
        if (old == null || source == null) {
            tellBuilds.run();
            return;
        }
        List<RequestRecorder> all = new ArrayList<>(members());
        all.addAll(formerMembers());
        int keep = OldPrebuilds.keep(all.stream().map(RequestRecorder::request).toList());
        old.delete(request, outcome, keep, source, text -> line(reader -> text), tellBuilds);
    }

    @Override
    public void settled(Outcome end) {
        history.settled(end);
        Guarded.forEach(NOTIFY_BUILD, members(), member -> member.settled(end));
        Guarded.forEach(NOTIFY_BUILD, formerMembers(), former -> former.settled(end));
    }
}
