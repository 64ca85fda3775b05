package io.jenkins.plugins.gitpod.mail;

import static io.jenkins.plugins.gitpod.mail.MailReason.FAILED;
import static io.jenkins.plugins.gitpod.mail.MailReason.WELL_AGAIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jenkins.plugins.gitpod.record.EndStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which ends of automatic prebuilds people hear of. */
class MailReasonTest {

    private boolean failing;

    private MailReason after(EndStatus end) {
        return MailReason.of(end, fails -> {
            boolean isChange = failing != fails;
            failing = fails;
            return isChange;
        });
    }

    @Test
    void aStreakIsMailedOnceAndItsEndOnce() {
        assertNull(after(EndStatus.COMPLETED));
        assertEquals(FAILED, after(EndStatus.FAILED));
        assertNull(after(EndStatus.FAILED));
        assertNull(after(EndStatus.ERROR));
        assertEquals(WELL_AGAIN, after(EndStatus.COMPLETED));
        assertNull(after(EndStatus.COMPLETED));
        assertEquals(FAILED, after(EndStatus.ERROR));
        assertNull(after(EndStatus.FAILED));
        assertEquals(WELL_AGAIN, after(EndStatus.COMPLETED));
    }

    @ParameterizedTest
    @EnumSource(
            value = EndStatus.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"COMPLETED", "FAILED", "ERROR"})
    void whatNeitherFailedNorCompletedNeitherBeginsNorEndsAStreak(EndStatus end) {
        assertNull(after(end));
        assertEquals(FAILED, after(EndStatus.FAILED));
        assertNull(after(end));
        assertNull(after(EndStatus.FAILED));
        assertEquals(WELL_AGAIN, after(EndStatus.COMPLETED));
    }
}
