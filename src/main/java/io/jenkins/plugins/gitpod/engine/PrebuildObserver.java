package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;

/** Hears of one request, one thing after the other, on {@link Lane#DELIVERY}. */
public interface PrebuildObserver {

    /** Something happened on the way. */
    void update(@NonNull Update update);

    /** The last word, once. The request's book-keeping ends only after this returned. */
    void concluded(@NonNull Outcome outcome);
}
