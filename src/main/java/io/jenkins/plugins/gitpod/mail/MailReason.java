package io.jenkins.plugins.gitpod.mail;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.record.EndStatus;
import java.util.function.Predicate;

/** Why there is a mail. Several failures one after the other are one reason only. */
enum MailReason {
    /** A prebuild failed, and the one before did not. */
    FAILED,
    /** A prebuild completed, and the one before failed. */
    WELL_AGAIN;

    /**
     * What an end is a reason for. A prebuild that was cancelled, deleted, or not needed says nothing about the next one.
     *
     * @param changes is told whether the last prebuild failed, and says whether that is a change
     * @return null if no mail is sent
     */
    @CheckForNull
    static MailReason of(@Nullable EndStatus end, Predicate<Boolean> changes) {
        if (end == EndStatus.FAILED || end == EndStatus.ERROR) {
            return changes.test(true) ? FAILED : null;
        }
        return end == EndStatus.COMPLETED && changes.test(false) ? WELL_AGAIN : null;
    }
}
