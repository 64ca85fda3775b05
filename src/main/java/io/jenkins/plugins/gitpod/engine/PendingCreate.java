package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/**
 * One create that is unanswered or lost, and the time within which Gitpod may have carried it out: by Gitpod's clock if an
 * answer told it, else by this machine's clock plus or minus the clock skew. Guarded by {@link LostCreates}.
 */
final class PendingCreate {

    /** How long after it was saved a create that was lost in a crash may have been sent: the machine may have paused. */
    private static final Duration MAX_PAUSE = Duration.ofMinutes(60);

    /** A moment by both clocks of this machine. */
    record Moment(Instant wall, long nanos) {
        Moment earlier(Duration by) {
            return new Moment(wall.minus(by), nanos - by.toNanos());
        }
    }

    private final ServerClock clock;
    private final Duration clockSkew;
    private final Moment sent;

    /** Gitpod's time when it was sent, if that was known then. */
    @CheckForNull
    private final Instant serverSent;

    /** When the call was over, or the latest time at which it can have been sent; null while it is out. */
    @CheckForNull
    private Moment over;

    private Duration late;
    private PrebuildRequest request;
    private boolean surplus;
    private boolean lagOver;

    @CheckForNull
    private String subjectId;

    private PendingCreate(
            PrebuildRequest request,
            ServerClock clock,
            Duration clockSkew,
            Moment sent,
            @Nullable Instant serverSent,
            Duration late) {
        this.request = request;
        this.clock = clock;
        this.clockSkew = clockSkew;
        this.sent = sent;
        this.serverSent = serverSent;
        this.late = late;
    }

    /** A create that is being sent. */
    static PendingCreate out(
            PrebuildRequest request, ServerClock clock, Duration clockSkew, Moment now, Duration late) {
        return new PendingCreate(request, clock, clockSkew, now, clock.earliest(now.nanos()), late);
    }

    /** A create from before a restart, which may have been sent after its intent and before now. */
    static PendingCreate restored(
            PrebuildRequest request,
            ServerClock clock,
            Duration clockSkew,
            CreateAttempt intent,
            Moment now,
            Duration late) {
        Duration ago = Duration.between(intent.intentTime(), now.wall());
        Moment sent = now.earlier(ago);
        PendingCreate create = new PendingCreate(request, clock, clockSkew, sent, intent.serverTime(), late);
        Moment latest = sent.earlier(MAX_PAUSE.negated());
        // If the clock was set back, the intent may seem to be later than now.
        boolean longAgo = !ago.isNegative() && ago.compareTo(MAX_PAUSE) > 0;
        create.over = longAgo ? latest : now;
        return create;
    }

    /** The answer was lost. @param mayActFor how long Gitpod may still carry it out */
    void lost(Moment now, Duration mayActFor) {
        over = now;
        late = mayActFor;
    }

    boolean isLost() {
        return over != null;
    }

    PrebuildRequest request() {
        return request;
    }

    /** A surplus request looks for it: what it made is not wanted. */
    void becomeSurplusOf(PrebuildRequest other) {
        request = other;
        surplus = true;
    }

    void surplus() {
        surplus = true;
    }

    boolean isSurplus() {
        return surplus;
    }

    /** A look-up began after the read lag: what the create made at once is visible by now. */
    void lagOver() {
        lagOver = true;
    }

    boolean isLagOver() {
        return lagOver;
    }

    void subject(String id) {
        subjectId = id;
    }

    @CheckForNull
    String subjectId() {
        return subjectId;
    }

    private URI apiUrl() {
        return request.connection().endpoint().apiUrl();
    }

    boolean isSameProject(PendingCreate other) {
        return apiUrl().equals(other.apiUrl()) && isOfProject(other.request.projectId());
    }

    private boolean isOfProject(String projectId) {
        return request.projectId().equals(projectId);
    }

    /** Whether it may have made this prebuild, before its call was over or later. */
    boolean fits(Prebuild prebuild) {
        return isAlike(prebuild) && isWithin(createdAt(prebuild), late);
    }

    /** Whether it may have made this prebuild before its call was over. */
    boolean fitsAtOnce(Prebuild prebuild) {
        return isAlike(prebuild) && isWithin(createdAt(prebuild), Duration.ZERO);
    }

    private boolean isAlike(Prebuild prebuild) {
        String classId = request.environmentClassId();
        Duration timeout = request.timeout();
        Duration used = prebuild.spec().timeout();
        return isOfProject(prebuild.metadata().projectId())
                && (classId == null || classId.equals(prebuild.metadata().environmentClassId()))
                && (timeout == null || used == null || timeout.equals(used));
    }

    private boolean isWithin(Instant createdAt, Duration after) {
        Instant until = until();
        return !createdAt.isBefore(from()) && (until == null || !createdAt.isAfter(until.plus(after)));
    }

    private Instant from() {
        if (serverSent != null) {
            return serverSent;
        }
        // Also after a restart: if the clock was wrong before it, it is assumed to be as wrong now.
        Instant byServer = clock.earliest(sent.nanos());
        return byServer == null ? sent.wall().minus(clockSkew) : byServer;
    }

    @CheckForNull
    private Instant until() {
        Moment end = over;
        if (end == null) {
            return null;
        }
        Instant byServer = clock.latest(end.nanos());
        return byServer == null ? end.wall().plus(clockSkew) : byServer;
    }

    /** When its time is over. */
    Instant order() {
        Instant until = until();
        return until == null ? Instant.MAX : until.plus(late);
    }

    static Instant createdAt(Prebuild prebuild) {
        Instant createdAt = prebuild.metadata().createdAt();
        return createdAt == null ? Instant.EPOCH : createdAt;
    }
}
