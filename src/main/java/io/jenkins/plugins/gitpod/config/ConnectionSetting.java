package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import java.util.function.Supplier;

/** The numbers of a connection: each may be left out, else it is a whole number within a range. */
enum ConnectionSetting {
    /** Prebuilds. */
    MOST_UNDER_WAY("mostUnderWay", 1, 999_999_999, Messages::GitpodConnection_badMost),
    /** Seconds. Above two minutes the time between two reads would not count whole for a wait's own limits. */
    SHORTEST_POLL("shortestPollSeconds", 5, 120, Messages::GitpodConnection_badShortestPoll),
    /** Seconds. */
    LONGEST_POLL("longestPollSeconds", 5, 120, Messages::GitpodConnection_badLongestPoll),
    /** Calls. */
    MOST_CALLS_AT_ONCE(
            "mostCallsAtOnce", 1, SessionLimits.MAX_CONCURRENT_CALLS, Messages::GitpodConnection_badMostCallsAtOnce),
    /** Seconds. */
    CALL_TIMEOUT("callTimeoutSeconds", 5, 120, Messages::GitpodConnection_badCallTimeout);

    private final String field;
    private final int least;
    private final int most;
    private final Supplier<String> problem;

    ConnectionSetting(String field, int least, int most, Supplier<String> problem) {
        this.field = field;
        this.least = least;
        this.most = most;
        this.problem = problem;
    }

    /** The name of the form's field. */
    @NonNull
    String field() {
        return field;
    }

    boolean accepts(@Nullable Integer value) {
        return value == null || (value >= least && value <= most);
    }

    /** What is wrong with what was typed, in words, or null. */
    @CheckForNull
    String problem(@Nullable String typed) {
        String text = Util.fixEmptyAndTrim(typed);
        boolean isNumber = text == null || text.matches("\\d{1,9}");
        return isNumber && accepts(text == null ? null : Integer.valueOf(text)) ? null : problem();
    }

    /** What to say of a number outside the range. */
    @NonNull
    String problem() {
        return problem.get();
    }

    @NonNull
    FormValidation check(@Nullable String typed) {
        String wrong = problem(typed);
        return wrong == null ? FormValidation.ok() : FormValidation.error(wrong);
    }
}
