package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.AfterCompletion;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The saved form of one open request in the {@link Ledger}. Fields may be added but not renamed, removed or given another
 * meaning: later versions must read what this one has written.
 */
@Restricted(NoExternalUse.class)
public final class LedgerEntry {

    // Only strings, numbers and flags, so that the format of the file depends on this class only.
    private final String requestId;
    private final String connection;
    private final String apiUrl;
    private final boolean sharedAccount;
    private final String credentialsId;

    /** The id of the credential that {@link #credentialsId} led to, if it is another one. */
    private final String resolvedId;

    private final String projectId;
    private final String environmentClassId;
    private final long timeoutSeconds;
    private final boolean startedDetached;

    /** Null in a file without it: as the option's default, true. */
    private final Boolean cancelOnAbort;

    private final String buildId;
    private final String jobFullName;
    private final String nodeId;
    private final String stage;
    private final long intentTime;
    private final String prebuildId;
    private boolean detached;
    private final String cancelReason;
    private final long observedSeconds;
    private final String builtCommit;
    private final String builtBranch;
    private final String builtCloneUrl;
    private List<Joined> joined;
    private boolean firstLeft;
    private boolean keepsRunning;
    private boolean foreign;

    /** Null if it replaces none. */
    private Long replacesSince;

    private long logLines;
    private final List<Attempt> attempts;
    private final String surplusOf;
    private final boolean waitForWarmPool;
    private final int keepPrebuilds;
    private final String poolSnapshot;
    private final Part partOf;

    /** The request for several environment classes that a request is a part of. Saved: fields may be added but not renamed. */
    private static final class Part {
        private final String requestId;
        private final String asked;
        private final String classIds;

        Part(PartOf of) {
            requestId = of.requestId().toString();
            asked = of.asked();
            classIds = String.join(",", of.classIds());
        }

        @CheckForNull
        static Part of(RequestOrigin origin) {
            return origin.partOf() == null ? null : new Part(origin.partOf());
        }

        @CheckForNull
        static PartOf toPartOf(@Nullable Part part) {
            return part == null || part.requestId == null || part.asked == null || part.classIds == null
                    ? null
                    : new PartOf(UUID.fromString(part.requestId), part.asked, List.of(part.classIds.split(",", -1)));
        }
    }

    /** A create request that may have created a prebuild. Saved: fields may be added but not renamed. */
    private static final class Attempt {
        private final int number;
        private final long intentTime;
        private final long serverTime;

        Attempt(CreateAttempt attempt) {
            number = attempt.number();
            intentTime = attempt.intentTime().toEpochMilli();
            serverTime = attempt.serverTime() == null ? 0 : attempt.serverTime().toEpochMilli();
        }

        CreateAttempt toAttempt() {
            return new CreateAttempt(
                    number,
                    Instant.ofEpochMilli(intentTime),
                    serverTime == 0 ? null : Instant.ofEpochMilli(serverTime));
        }
    }

    /** A request that joined this one's prebuild. Saved: fields may be added but not renamed. */
    public static final class Joined {
        private final String requestId;
        private final String buildId;
        private final String jobFullName;
        private final String nodeId;

        // As the defaults of the options, true, in a file without them.
        private final Boolean cancelOnAbort;
        private final Boolean waiting;
        private final boolean waitForWarmPool;
        private final int keepPrebuilds;
        private final Part partOf;

        Joined(@NonNull Owners.Owner owner, @NonNull RequestOrigin origin) {
            this.requestId = owner.requestId().toString();
            this.buildId = origin.buildId();
            this.jobFullName = origin.jobFullName();
            this.nodeId = origin.nodeId();
            this.cancelOnAbort = owner.cancelOnAbort();
            this.waiting = owner.waiting();
            this.waitForWarmPool = owner.after().waitForWarmPool();
            this.keepPrebuilds = owner.after().keepPrebuilds();
            this.partOf = Part.of(origin);
        }

        @NonNull
        public UUID id() {
            return UUID.fromString(requestId);
        }

        @NonNull
        public RequestOrigin origin() {
            return new RequestOrigin(buildId, jobFullName, nodeId, null, null, Part.toPartOf(partOf));
        }

        boolean isComplete() {
            return requestId != null && buildId != null && jobFullName != null;
        }

        public boolean isCancelOnAbort() {
            return cancelOnAbort == null || cancelOnAbort;
        }

        public boolean isWaiting() {
            return waiting == null || waiting;
        }

        @NonNull
        public AfterCompletion after() {
            return new AfterCompletion(waitForWarmPool, keepPrebuilds);
        }
    }

    LedgerEntry(@NonNull SavedRequest saved, @NonNull RequestOrigin origin) {
        PrebuildRequest request = saved.request();
        requestId = request.requestId().toString();
        connection = request.connection().name();
        apiUrl = request.connection().endpoint().apiUrl().toString();
        sharedAccount = request.connection().sharedAccount();
        projectId = request.projectId();
        environmentClassId = request.environmentClassId();
        timeoutSeconds = request.timeout() == null ? 0 : request.timeout().toSeconds();
        startedDetached = request.detached();
        cancelOnAbort = request.cancelOnAbort();
        credentialsId = origin.credentialsId();
        resolvedId = origin.resolvedId();
        buildId = origin.buildId();
        jobFullName = origin.jobFullName();
        nodeId = origin.nodeId();
        stage = saved.stage().name();
        intentTime = saved.intentTime().toEpochMilli();
        prebuildId = saved.prebuildId();
        detached = saved.detached();
        cancelReason =
                saved.cancelReason() == null ? null : saved.cancelReason().name();
        observedSeconds = saved.observed().toSeconds();
        EnvironmentGit git = saved.builtFrom();
        builtCommit = git == null ? null : git.commit();
        builtBranch = git == null ? null : git.branch();
        builtCloneUrl = git == null ? null : git.cloneUrl();
        attempts = new ArrayList<>(saved.attempts().stream().map(Attempt::new).toList());
        surplusOf = saved.surplusOf() == null ? null : saved.surplusOf().toString();
        waitForWarmPool = request.after().waitForWarmPool();
        keepPrebuilds = request.after().keepPrebuilds();
        poolSnapshot = saved.poolSnapshot();
        partOf = Part.of(origin);
    }

    /** This entry with its owners. */
    @NonNull
    LedgerEntry with(@NonNull List<Joined> others, @NonNull Owners owners) {
        joined = others.isEmpty() ? null : new ArrayList<>(others);
        firstLeft = owners.firstLeft();
        keepsRunning = owners.keepsRunning();
        foreign = owners.foreign();
        replacesSince =
                owners.replacesSince() == null ? null : owners.replacesSince().toEpochMilli();
        // All builds that waited have left.
        detached |= owners.firstLeft() && others.isEmpty();
        return this;
    }

    /** This entry with the number of lines of the prebuild's log that may have been printed. */
    @NonNull
    LedgerEntry withLogLines(long lines) {
        logLines = lines;
        return this;
    }

    long logLines() {
        return Math.max(0, logLines);
    }

    /** The requests that joined and have not left. */
    @NonNull
    List<Joined> joined() {
        return joined == null
                ? List.of()
                : joined.stream().filter(Joined::isComplete).toList();
    }

    @NonNull
    Owners owners() {
        List<Owners.Owner> others = joined().stream()
                .map(each -> new Owners.Owner(each.id(), each.isCancelOnAbort(), each.isWaiting(), each.after()))
                .toList();
        Instant since = replacesSince == null ? null : Instant.ofEpochMilli(replacesSince);
        return new Owners(others, firstLeft, keepsRunning, foreign, since);
    }

    /** @throws IOException if a value that each entry needs is missing or invalid */
    @NonNull
    SavedRequest toSaved() throws IOException {
        if (requestId == null
                || connection == null
                || apiUrl == null
                || projectId == null
                || stage == null
                || buildId == null
                || jobFullName == null
                || intentTime <= 0) {
            throw new IOException("Not a complete entry");
        }
        try {
            PrebuildRequest request = new PrebuildRequest(
                    UUID.fromString(requestId),
                    new Connection(connection, GitpodEndpoint.parse(apiUrl), sharedAccount),
                    projectId,
                    environmentClassId,
                    timeoutSeconds == 0 ? null : Duration.ofSeconds(timeoutSeconds),
                    startedDetached,
                    cancelOnAbort == null || cancelOnAbort,
                    new AfterCompletion(waitForWarmPool, keepPrebuilds));
            SavedRequest saved = new SavedRequest(
                    request,
                    Stage.valueOf(stage),
                    Instant.ofEpochMilli(intentTime),
                    prebuildId,
                    detached,
                    reason(),
                    Duration.ofSeconds(observedSeconds));
            SavedRequest withAttempts = attempts == null
                    ? saved
                    : saved.with(
                            attempts.stream().map(Attempt::toAttempt).toList(),
                            surplusOf == null ? null : UUID.fromString(surplusOf));
            EnvironmentGit git =
                    builtCommit == null ? null : new EnvironmentGit(builtCloneUrl, builtBranch, builtCommit);
            return withAttempts.withBuiltFrom(git).withPoolSnapshot(poolSnapshot);
        } catch (IllegalArgumentException | InvalidEndpointException e) {
            throw new IOException("Not a complete entry", e);
        }
    }

    @CheckForNull
    private CancelReason reason() {
        if (cancelReason == null) {
            return null;
        }
        try {
            return CancelReason.valueOf(cancelReason);
        } catch (IllegalArgumentException e) {
            // A reason of a later version: the prebuild is to be cancelled anyway.
            return CancelReason.OWNER_GONE;
        }
    }

    @NonNull
    RequestOrigin origin() {
        return new RequestOrigin(buildId, jobFullName, nodeId, credentialsId, resolvedId, Part.toPartOf(partOf));
    }

    @Nullable
    String prebuildId() {
        return prebuildId;
    }
}
