package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.Owners;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * All who wait for one prebuild: the one who asked for it first and those who joined. The last of them to leave takes the
 * prebuild along, unless one that left wanted it to go on.
 */
public final class SharedPrebuild implements PrebuildObserver {

    private final PrebuildRequest request;
    private final TokenHealth tokenNews;
    private final CommitHistory commits;
    private final List<RequestRecorder> members = new ArrayList<>();

    /** Those who left it to others; their builds' pages show its end all the same. */
    private final List<RequestRecorder> leavers = new ArrayList<>();

    private final String firstBuild;
    private boolean foreign;
    private boolean keepsRunning;
    private boolean over;
    private boolean cancelled;
    private volatile String prebuildId;
    private volatile String classId;

    SharedPrebuild(
            @NonNull PrebuildRequest request, @NonNull RequestRecorder observer, @NonNull CommitHistory commits) {
        this.request = request;
        this.tokenNews = observer.tokenNews();
        this.commits = commits;
        this.firstBuild = observer.origin().buildId();
        members.add(observer);
    }

    /** Somebody else made the prebuild. */
    @NonNull
    synchronized SharedPrebuild ofForeign(@NonNull String id) {
        foreign = true;
        prebuildId = id;
        return this;
    }

    public synchronized boolean isForeign() {
        return foreign;
    }

    /** The build that asked first. */
    @NonNull
    public String shownFirstBuild() {
        return firstBuild;
    }

    /** What the engine was asked for. */
    @NonNull
    PrebuildRequest request() {
        return request;
    }

    @NonNull
    public UUID requestId() {
        return request.requestId();
    }

    /** Whether it is of this project of this Gitpod. */
    boolean isOf(@NonNull String apiUrl, @NonNull String projectId) {
        return request.projectId().equalsIgnoreCase(projectId)
                && request.connection().endpoint().apiUrl().toString().equals(apiUrl);
    }

    /** The prebuild's id as far as it was told, or null. */
    @CheckForNull
    String prebuildId() {
        return prebuildId;
    }

    /** Somebody cancels it for all: nobody should join any longer. */
    synchronized void cancelled() {
        cancelled = true;
    }

    /** Whether it is under way and meant to go on. */
    synchronized boolean isActive() {
        return !over && !cancelled;
    }

    /** @return false if it is too late: then nothing has changed */
    synchronized boolean join(@NonNull RequestRecorder observer) {
        if (!isActive()) {
            return false;
        }
        members.add(observer);
        return true;
    }

    /** After a restart: as the ledger has it. */
    synchronized void restore(
            @NonNull List<RequestRecorder> joined, @NonNull Owners saved, @Nullable String savedPrebuildId) {
        prebuildId = savedPrebuildId;
        if (saved.firstLeft()) {
            leavers.addAll(members);
            members.clear();
        }
        members.addAll(joined);
        keepsRunning = saved.keepsRunning();
        foreign = saved.foreign();
    }

    /** What became of the prebuild when somebody left. */
    enum Left {
        /** It goes on, for others or because one of them wanted so. */
        GOES_ON,
        /** Nobody waits any longer: the request says what becomes of the prebuild. */
        LAST,
        /** Nobody waits any longer, and the request, though nobody ever waited by it, is no longer wanted either. */
        CANCEL,
        /** Who leaves was not there, or the prebuild is over. */
        NOTHING
    }

    /**
     * Somebody leaves early. Who takes the prebuild along stays a member, to hear what becomes of it.
     *
     * @param isMade whether the prebuild is known to exist
     */
    synchronized Left leave(@NonNull RequestRecorder observer, boolean isMade) {
        if (over || !members.contains(observer)) {
            return Left.NOTHING;
        }
        boolean isLast = members.size() == 1 && !keepsRunning;
        boolean isFirst = observer.requestId().equals(request.requestId());
        boolean cancels = !foreign && observer.isCancelOnAbort();
        if (isLast && cancels) {
            cancelled = true;
            return request.detached() && !isFirst ? Left.CANCEL : Left.LAST;
        } else if (isLast && isFirst && !isMade) {
            // It may come to nothing yet.
            cancelled = true;
            return Left.LAST;
        }
        members.remove(observer);
        leavers.add(observer);
        keepsRunning |= !foreign && !observer.isCancelOnAbort();
        return Left.GOES_ON;
    }

    /** An automatic request is no longer wanted: as {@link #leave}, but though nobody waits by it. */
    synchronized Left drop(@NonNull RequestRecorder observer) {
        if (over || !members.contains(observer)) {
            return Left.NOTHING;
        }
        if (members.size() == 1 && !keepsRunning && !foreign) {
            cancelled = true;
            return Left.CANCEL;
        }
        members.remove(observer);
        leavers.add(observer);
        return Left.GOES_ON;
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

    private synchronized List<RequestRecorder> leavers() {
        return List.copyOf(leavers);
    }

    @NonNull
    synchronized List<UUID> memberIds() {
        List<UUID> ids = new ArrayList<>();
        members.forEach(member -> ids.add(member.requestId()));
        return ids;
    }

    /** A line for the console of all who wait. */
    void line(@NonNull String line) {
        members().forEach(member -> member.line(line));
    }

    /** Whether one of those who wait is known to be there, not only to have been there before a restart. */
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
            commits.act(
                    CommitHistory.ofProject(
                            request.connection().endpoint().apiUrl().toString(), request.projectId()),
                    null,
                    request.requestId());
        }
        tokenNews.update(update);
        for (RequestRecorder member : members()) {
            member.update(update);
        }
    }

    /** First of all into the book, for a build that hears of it may ask for the same commit again. */
    private void builtFrom(Update.BuiltFrom built) {
        CommitHistory.Key facts =
                CommitHistory.ofFacts(request.connection().endpoint().apiUrl().toString(), request.projectId());
        String known = classId == null ? request.environmentClassId() : classId;
        String commit = Objects.requireNonNull(built.git().commit(), "commit");
        boolean isOlder = commits.builtFrom(facts, request.requestId(), commit, known);
        for (RequestRecorder member : members()) {
            // What was booked for the first one's commit says nothing about the commits of the others.
            member.builtFrom(
                    built.prebuildId(),
                    built.git(),
                    isOlder && member.requestId().equals(request.requestId()));
        }
    }

    @Override
    public void concluded(Outcome outcome) {
        synchronized (this) {
            over = true;
        }
        // First of all, for whoever is told may ask for the same commit again.
        book(outcome);
        tokenNews.concluded(outcome);
        for (RequestRecorder member : members()) {
            member.concluded(outcome);
        }
        leavers().forEach(leaver -> leaver.endedWithout(outcome));
    }

    @Override
    public void settled(Outcome end) {
        for (RequestRecorder member : members()) {
            member.settled(end);
        }
        leavers().forEach(leaver -> leaver.settled(end));
    }

    private void book(Outcome outcome) {
        if (outcome instanceof Outcome.Ended ended && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED) {
            commits.completed(
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
            commits.nothingMade(request.requestId());
        }
    }
}
