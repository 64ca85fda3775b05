package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.BallColor;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PhaseNames;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The state of a saved record in words and colors. */
@Restricted(NoExternalUse.class)
public final class RecordTexts {

    private RecordTexts() {}

    /** Whether the end of the prebuild is known. */
    static boolean isEnded(@NonNull PrebuildRecord record) {
        return color(record) != BallColor.NOTBUILT;
    }

    /** Whether the prebuild completed with a warning. */
    public static boolean isWarned(@NonNull PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        return record.finalStatus() == EndStatus.COMPLETED && result != null && result.getWarningMessage() != null;
    }

    /** Whether the prebuild failed, or could not be created or followed. */
    static boolean isFailed(@NonNull PrebuildRecord record) {
        return record.finalStatus() == EndStatus.FAILED || record.finalStatus() == EndStatus.ERROR;
    }

    /** How it ended, or its last known phase. */
    @NonNull
    public static String state(@NonNull PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        String phase = PhaseNames.of(result == null ? "UNKNOWN" : result.getPhase());
        EndStatus how = record.finalStatus();
        if (how == null) {
            return Messages.RecordTexts_lastSeen(phase);
        }
        return switch (how) {
            case COMPLETED -> isWarned(record) ? Messages.RecordTexts_warned() : Messages.PhaseNames_completed();
            case FAILED -> Messages.PhaseNames_failed();
            case CANCELLED_IN_GITPOD -> Messages.RecordTexts_cancelledInGitpod();
            case DELETED -> Messages.RecordTexts_deletedInGitpod();
            case CANCELLED -> Messages.PhaseNames_cancelled();
            case LEFT_RUNNING -> Messages.RecordTexts_leftRunning(phase);
            case SKIPPED ->
                result != null && result.isReused() ? Messages.RecordTexts_reused() : Messages.RecordTexts_skipped();
            case ERROR -> Messages.RecordTexts_error();
        };
    }

    /** The warning, the failure or the reason; the empty text for a prebuild that completed. */
    @NonNull
    public static String message(@NonNull PrebuildRecord record) {
        PrebuildResult result = record.getResult();
        if (record.getConclusion() == EndStatus.COMPLETED) {
            return Objects.toString(result == null ? null : result.getWarningMessage(), "");
        }
        String failure = result == null ? null : result.getFailureMessage();
        if (record.getConclusion() == EndStatus.FAILED && failure != null) {
            return failure;
        }
        return Objects.toString(record.getMessage(), "");
    }

    @NonNull
    static BallColor color(@NonNull PrebuildRecord record) {
        EndStatus how = record.finalStatus();
        if (how == null) {
            return BallColor.NOTBUILT;
        }
        return switch (how) {
            case COMPLETED -> isWarned(record) ? BallColor.YELLOW : BallColor.BLUE;
            case FAILED, ERROR -> BallColor.RED;
            case CANCELLED_IN_GITPOD, CANCELLED, DELETED -> BallColor.ABORTED;
            default -> BallColor.NOTBUILT;
        };
    }
}
