package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.util.Objects;

/** Tells the history of commits what becomes of one request. Its methods may read small files; what they change is written a little later. */
final class HistoryUpdates {

    private final PrebuildRequest request;
    private final CommitHistory history;
    private volatile boolean completed;
    private volatile boolean over;
    private volatile Runnable whenCompleted = () -> {};

    HistoryUpdates(@NonNull PrebuildRequest request, @NonNull CommitHistory history) {
        this.request = request;
        this.history = history;
    }

    /** Has a task run when the prebuild has completed, although builds may still wait for the warm pool. */
    void whenCompleted(@NonNull Runnable task) {
        whenCompleted = task;
    }

    /** Whether the prebuild has completed, and the history has that. */
    boolean isCompleted() {
        return completed;
    }

    /**
     * Whether the prebuild does not run any longer. A prebuild beyond its time limits counts as over as well: Gitpod may never
     * end it, and others must not wait for that.
     */
    boolean isOver() {
        return over;
    }

    private String apiUrl() {
        return request.connection().endpoint().apiUrl().toString();
    }

    void created() {
        history.add(CommitHistory.ofProject(apiUrl(), request.projectId()), null, request.requestId());
    }

    /**
     * Gitpod says which commit the prebuild is built from.
     *
     * @param classId the environment class that Gitpod used, or null if it is not known
     * @return whether the commit is known to be older than the one that the request was made for
     */
    boolean builtFrom(@NonNull EnvironmentGit git, @Nullable String classId) {
        return history.setBuiltFrom(
                CommitHistory.ofBuiltCommits(apiUrl(), request.projectId()),
                request.requestId(),
                Objects.requireNonNull(git.commit(), "commit"),
                classId == null ? request.environmentClassId() : classId);
    }

    /** May be called more than once. */
    void completed(@NonNull Prebuild prebuild) {
        String url =
                request.connection().endpoint().projectPage(request.projectId()).toString();
        history.setCompleted(request.requestId(), prebuild.id(), url);
        completed = true;
        whenCompleted.run();
    }

    /** What finally happened to the prebuild after its outcome was reported. */
    void settled(@NonNull Outcome outcome) {
        if (outcome instanceof Outcome.Ended
                || outcome instanceof Outcome.Gone
                || outcome instanceof Outcome.OverLimit) {
            over = true;
        }
    }

    void ended(@NonNull Outcome outcome) {
        settled(outcome);
        if (outcome instanceof Outcome.Ended ended && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED) {
            completed(ended.prebuild());
        } else if (outcome instanceof Outcome.NotCreated
                || outcome instanceof Outcome.CreateRefused
                || outcome instanceof Outcome.NotSent
                || outcome instanceof Outcome.NotSaved
                || outcome instanceof Outcome.NoToken noToken && noToken.prebuildId() == null) {
            history.remove(request.requestId());
        }
    }
}
