package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;

/** Hears of each answer when the server sent it by its own clock. Called on the thread of the call; must not block. */
public interface AnswerTimes {

    /** Hears nothing. */
    @NonNull
    AnswerTimes IGNORED = new AnswerTimes() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void answered(Instant date, long sent, long received) {
            // not wanted
        }
    };

    /**
     * Reads the clock that calls are timed with.
     *
     * @return nanoseconds since some moment, as {@link System#nanoTime()}
     */
    long nanoTime();

    /**
     * A call was answered, and the answer is the API's own.
     *
     * @param date the answer's {@code Date} header, cut to whole seconds as HTTP has it
     * @param sent a time of {@link #nanoTime()} before the request was sent
     * @param received a time of {@link #nanoTime()} after the answer's headers arrived
     */
    void answered(@NonNull Instant date, long sent, long received);
}
