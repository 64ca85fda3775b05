package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import java.util.function.Supplier;

/** The numbers in the configuration of a connection. Each is optional, and a whole number in a range. */
enum ConnectionSetting {
    /** Prebuilds. */
    MAXIMUM_CONCURRENT("maximumConcurrent", 1, 999_999_999, Messages::GitpodConnection_badMaximumConcurrent),
    /** Seconds. With more than two minutes, the time between two reads would not fully count for the limits of a wait. */
    SHORTEST_POLL("shortestPollSeconds", 5, 120, Messages::GitpodConnection_badShortestPoll),
    /** Seconds. */
    LONGEST_POLL("longestPollSeconds", 5, 120, Messages::GitpodConnection_badLongestPoll),
    /** Calls. */
    MAXIMUM_CALLS("maximumCalls", 1, SessionLimits.MOST_CALLS_AT_ONCE, Messages::GitpodConnection_badMaximumCalls),
    /** Seconds. */
    CALL_TIMEOUT("callTimeoutSeconds", 5, 120, Messages::GitpodConnection_badCallTimeout);

    private final String field;
    private final int minimum;
    private final int maximum;
    private final Supplier<String> problem;

    ConnectionSetting(String field, int minimum, int maximum, Supplier<String> problem) {
        this.field = field;
        this.minimum = minimum;
        this.maximum = maximum;
        this.problem = problem;
    }

    /** The name of the field in the form. */
    @NonNull
    String field() {
        return field;
    }

    boolean accepts(@Nullable Integer value) {
        return value == null || (value >= minimum && value <= maximum);
    }

    /** A message about an invalid text in the form, or null if it is valid. */
    @CheckForNull
    String problem(@Nullable String typed) {
        String text = Util.fixEmptyAndTrim(typed);
        boolean isNumber = text == null || text.matches("\\d{1,9}");
        return isNumber && accepts(text == null ? null : Integer.valueOf(text)) ? null : problem();
    }

    /** The message about a number outside the range. */
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
