package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.UUID;

/** A request that is open. All methods return at once, from any thread. */
public interface PrebuildHandle {

    @NonNull
    UUID requestId();

    /** How things stand. */
    @NonNull
    RequestView view();

    /** Lets an observer hear from now on, instead of any earlier one; it also hears an outcome that nobody heard yet. */
    void attach(@NonNull PrebuildObserver observer);

    /** The one who waited leaves early: cancels if the request says so. The observer still hears what became of it. */
    void leave(@NonNull CancelReason reason);

    /** Nobody listens any longer. What is under way goes on. */
    void forgetObserver();

    /** Cancels the prebuild, whoever waits for it. */
    void cancel();

    /** Whether a create has been sent and is not answered. */
    boolean isCreateOut();
}
