package io.jenkins.plugins.gitpod.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.CancelReason;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.request.SharedPrebuild;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The saved form of one open request, a file of its own in the {@link Ledger}. Fields may be added but never renamed,
 * removed or given another meaning: later versions must be able to read what this one wrote.
 */
public final class LedgerEntry {

    // Only strings, numbers and flags, so that nothing but this class shapes the file.
    private final String requestId;
    private final String connection;
    private final String apiUrl;
    private final boolean sharedAccount;
    private final String credentialsId;
    private final String projectId;
    private final String environmentClassId;
    private final long timeoutSeconds;
    private final boolean startedDetached;
    private final boolean cancelOnAbort;
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
    private boolean goesOn;
    private boolean foreign;
    private final List<Sent> sends;
    private final String surplusOf;

    /** A create that may have made a prebuild. Saved: fields may be added but not renamed. */
    private static final class Sent {
        private final int number;
        private final long intentTime;
        private final long serverTime;

        Sent(CreateAttempt send) {
            number = send.number();
            intentTime = send.intentTime().toEpochMilli();
            serverTime = send.serverTime() == null ? 0 : send.serverTime().toEpochMilli();
        }

        CreateAttempt toSent() {
            return new CreateAttempt(
                    number,
                    Instant.ofEpochMilli(intentTime),
                    serverTime == 0 ? null : Instant.ofEpochMilli(serverTime));
        }
    }

    /** One who joined. Saved: fields may be added but not renamed. */
    public static final class Joined {
        private final String requestId;
        private final String buildId;
        private final String jobFullName;
        private final String nodeId;
        private final boolean cancelOnAbort;
        private final boolean waiting;

        Joined(@NonNull UUID requestId, @NonNull RequestOrigin origin, boolean cancelOnAbort, boolean waiting) {
            this.requestId = requestId.toString();
            this.buildId = origin.buildId();
            this.jobFullName = origin.jobFullName();
            this.nodeId = origin.nodeId();
            this.cancelOnAbort = cancelOnAbort;
            this.waiting = waiting;
        }

        @NonNull
        public UUID id() {
            return UUID.fromString(requestId);
        }

        @NonNull
        public RequestOrigin origin() {
            return new RequestOrigin(buildId, jobFullName, nodeId, null);
        }

        boolean isComplete() {
            return requestId != null && buildId != null && jobFullName != null;
        }

        public boolean isCancelOnAbort() {
            return cancelOnAbort;
        }

        public boolean isWaiting() {
            return waiting;
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
        sends = new ArrayList<>(saved.attempts().stream().map(Sent::new).toList());
        surplusOf = saved.surplusOf() == null ? null : saved.surplusOf().toString();
    }

    /** This entry with all who wait. */
    @NonNull
    LedgerEntry with(@NonNull List<Joined> others, @NonNull SharedPrebuild.Owners owners) {
        joined = others.isEmpty() ? null : new ArrayList<>(others);
        firstLeft = owners.firstLeft();
        goesOn = owners.goesOn();
        foreign = owners.foreign();
        // Nobody waits any longer, though somebody once did.
        detached |= owners.firstLeft() && others.isEmpty();
        return this;
    }

    /** Who joined and has not left. */
    @NonNull
    List<Joined> joined() {
        return joined == null
                ? List.of()
                : joined.stream().filter(Joined::isComplete).toList();
    }

    @NonNull
    SharedPrebuild.Owners owners() {
        List<Joined> others = joined();
        return new SharedPrebuild.Owners(
                others.stream().map(Joined::id).toList(),
                others.stream().map(Joined::isCancelOnAbort).toList(),
                others.stream().map(Joined::isWaiting).toList(),
                firstLeft,
                goesOn,
                foreign);
    }

    /** @throws IOException if the file does not say what an entry must say */
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
                    cancelOnAbort);
            SavedRequest saved = new SavedRequest(
                    request,
                    Stage.valueOf(stage),
                    Instant.ofEpochMilli(intentTime),
                    prebuildId,
                    detached,
                    reason(),
                    Duration.ofSeconds(observedSeconds));
            SavedRequest withSends = sends == null
                    ? saved // an earlier version sent each create once
                    : saved.with(
                            sends.stream().map(Sent::toSent).toList(),
                            surplusOf == null ? null : UUID.fromString(surplusOf));
            return withSends.withBuiltFrom(
                    builtCommit == null ? null : new EnvironmentGit(builtCloneUrl, builtBranch, builtCommit));
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
            // A later version's: that it is to be cancelled is what matters.
            return CancelReason.OWNER_GONE;
        }
    }

    @NonNull
    public RequestOrigin origin() {
        return new RequestOrigin(buildId, jobFullName, nodeId, credentialsId);
    }

    @Nullable
    String prebuildId() {
        return prebuildId;
    }
}
