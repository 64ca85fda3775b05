package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.WarmPoolEnd;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is known so far about the prebuild of one request. */
final class KnownPrebuild {

    private final PrebuildRequest request;
    private final String url;
    private final Instant since;
    private final PhaseHistory phases = new PhaseHistory();

    @CheckForNull
    private PrebuildResult result;

    private volatile boolean skipPublishingChecks;
    private volatile boolean automatic;

    private boolean resumed;

    /**
     * @param url the prebuild's page
     * @param since when the request was made
     */
    KnownPrebuild(@NonNull PrebuildRequest request, @NonNull String url, @NonNull Instant since) {
        this.request = request;
        this.url = url;
        this.since = since;
    }

    /** The options of the request say whether to publish checks. */
    void skipPublishingChecks(boolean skip) {
        skipPublishingChecks = skip;
    }

    /** The job property has made the request. */
    void automatic(boolean byProperty) {
        automatic = byProperty;
    }

    /** The last state, or null if no prebuild is known. */
    @CheckForNull
    synchronized PrebuildResult result() {
        return result;
    }

    /** From the request to the end, or zero if the end was not seen. */
    @NonNull
    synchronized Duration duration() {
        return Duration.ofMillis(result == null ? 0 : result.getDurationMillis());
    }

    /** The prebuild was known before the request joined it. @return false if this request knew it already */
    synchronized boolean adopt(@NonNull PrebuildResult known) {
        if (result != null) {
            return false;
        }
        result = known;
        phases.see(known.getPhase(), Instant.now());
        return true;
    }

    /** The prebuild is known from the ledger. */
    synchronized void restore(@NonNull PrebuildResult known) {
        if (result == null) {
            result = known;
        }
    }

    /** The phases that the build's record has from before a restart. */
    void addEarlierPhases(@NonNull List<PhaseChange> earlier) {
        phases.addEarlier(earlier);
    }

    @NonNull
    Timeline timeline() {
        return Timeline.of(since, phases.list());
    }

    /** The request continues after a restart. */
    synchronized void resumed(@NonNull String prebuildId, @Nullable EnvironmentGit git) {
        resumed = true;
        if (git != null) {
            builtFrom(prebuildId, git);
        }
    }

    /** After a restart, a build that waits for nothing is loaded for the end only. */
    synchronized boolean isSavedAtEnd() {
        return resumed && request.detached();
    }

    /** The prebuild was read. */
    @NonNull
    synchronized PrebuildResult see(@NonNull Prebuild prebuild) {
        PrebuildResult before = result == null ? new PrebuildResult(prebuild.id(), url, PrebuildPhase.UNKNOWN) : result;
        long millis = prebuild.status().phase().isEnd()
                ? Math.max(0, Instant.now().toEpochMilli() - since.toEpochMilli())
                : 0;
        result = before.with(prebuild, millis);
        phases.see(result.getPhase(), Instant.now());
        return result;
    }

    /** The warm pool is no longer waited for. */
    synchronized void warmPool(@NonNull WarmPoolEnd end) {
        result = result == null ? null : result.warmPool(end);
    }

    /** Gitpod says which commit the prebuild is built from. */
    synchronized void builtFrom(@NonNull String prebuildId, @NonNull EnvironmentGit git) {
        result = orNew(prebuildId, PrebuildPhase.UNKNOWN).builtFrom(git);
    }

    /** The prebuild no longer exists. */
    synchronized void gone(@NonNull String prebuildId) {
        result = orNew(prebuildId, PrebuildPhase.DELETED).in(PrebuildPhase.DELETED);
        phases.see(result.getPhase(), Instant.now());
    }

    private PrebuildResult orNew(String prebuildId, PrebuildPhase phase) {
        return result == null ? new PrebuildResult(prebuildId, url, phase).ofProject(request.projectId()) : result;
    }

    /** The record for the build, which does not change any more. */
    @NonNull
    synchronized PrebuildRecord record(@Nullable EndStatus how, @Nullable String message) {
        return new PrebuildRecord(
                        request.requestId().toString(),
                        request.projectId(),
                        request.connection().name(),
                        request.detached(),
                        result,
                        how,
                        message)
                .with(since, phases.list())
                .ofClass(request.environmentClassId())
                .skipPublishingChecks(skipPublishingChecks)
                .automatic(automatic);
    }

    /** The phases of a prebuild that Jenkins has seen since its start, each one once. */
    private static final class PhaseHistory {

        private final List<PhaseChange> changes = new ArrayList<>();

        /** @param phase without Gitpod's prefix. A missing phase is ignored */
        synchronized void see(@NonNull String phase, @NonNull Instant at) {
            boolean isKnown = changes.stream().anyMatch(each -> each.getPhase().equals(phase));
            if (!isKnown && !phase.equals("UNKNOWN")) {
                changes.add(new PhaseChange(phase, at));
            }
        }

        /** Adds the phases that were seen before the start of Jenkins. */
        synchronized void addEarlier(@NonNull List<PhaseChange> earlier) {
            List<PhaseChange> later = List.copyOf(changes);
            changes.clear();
            earlier.forEach(each -> see(each.getPhase(), each.startedAt()));
            later.forEach(each -> see(each.getPhase(), each.startedAt()));
        }

        @NonNull
        synchronized List<PhaseChange> list() {
            return List.copyOf(changes);
        }
    }
}
