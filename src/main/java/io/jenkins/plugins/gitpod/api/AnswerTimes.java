package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/** Receives the server's time of each response. Called on the thread of the call; must not block. */
public interface AnswerTimes {

    /** Ignores all times. */
    @NonNull
    AnswerTimes IGNORED = new AnswerTimes() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void answered(Instant date, long sent, long received) {
            // ignored
        }
    };

    /**
     * Reads the clock that calls are timed with.
     *
     * @return nanoseconds since some moment, as {@link System#nanoTime()}
     */
    long nanoTime();

    /**
     * Called when the API itself has responded to a call.
     *
     * @param date the answer's {@code Date} header, in whole seconds
     * @param sent a time of {@link #nanoTime()} before the request was sent
     * @param received a time of {@link #nanoTime()} after the answer's headers arrived
     */
    void answered(@NonNull Instant date, long sent, long received);
}
