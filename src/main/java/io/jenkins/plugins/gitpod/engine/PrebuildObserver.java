package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Hears of one request, one thing after the other, on {@link WorkQueue#DELIVERY}. */
public interface PrebuildObserver {

    /**
     * Whether the one who asked is known to be still there. After a restart a build may not have come back yet, or never
     * will; nothing is sent again for it until then. Called on any thread; must not block.
     */
    default boolean isThere() {
        return true;
    }

    /** Something happened on the way. */
    void update(@NonNull Update update);

    /** The last word, once. The request's book-keeping ends only after this returned. */
    void concluded(@NonNull Outcome outcome);

    /**
     * What became of the prebuild in the end, at most once, after a last word that could not wait for it: that Gitpod has
     * taken the cancel, say. Nothing depends on it any longer; it is for whoever keeps a record.
     *
     * @param end mostly an {@link Outcome.Ended} or {@link Outcome.Gone}
     */
    default void settled(@NonNull Outcome end) {
        // Most need no more than the last word.
    }
}
