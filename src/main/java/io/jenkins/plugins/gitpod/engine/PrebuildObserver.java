package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Is told about one request, in order, by threads of {@link WorkQueue#DELIVERY}. */
public interface PrebuildObserver {

    /**
     * Whether the request's owner is known to be there. After a restart, a build may not have come back yet, and may never
     * come back; until it does, no create is sent again for it. Called by any thread; must not block.
     */
    default boolean isThere() {
        return true;
    }

    /**
     * Whether a build that waits wants the warm pool of the environment class to serve the snapshot before it is told that the
     * prebuild has completed. Called by any thread; must not block.
     *
     * @param request the observed request
     */
    default boolean waitsForWarmPool(@NonNull PrebuildRequest request) {
        return request.after().waitForWarmPool() && !request.detached();
    }

    /**
     * The job that wants the prebuild, by any name: creates of different jobs take turns. Called by any thread; must not block.
     */
    @NonNull
    default String job() {
        return "";
    }

    /** Something happened before the outcome. */
    void update(@NonNull Update update);

    /** The outcome, once. The request stays open until this has returned. */
    void concluded(@NonNull Outcome outcome);

    /**
     * What finally happened to the prebuild, at most once, if the outcome did not wait for it: for example, after Gitpod
     * accepted a cancel. It is for a record only.
     *
     * @param end usually an {@link Outcome.Ended} or {@link Outcome.Gone}
     */
    default void settled(@NonNull Outcome end) {
        // Most observers need only the outcome.
    }
}
