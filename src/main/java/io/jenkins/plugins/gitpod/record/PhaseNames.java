package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The phases of a prebuild in words. */
@Restricted(NoExternalUse.class)
public final class PhaseNames {

    private PhaseNames() {}

    /**
     * A phase in words.
     *
     * @param phase without Gitpod's prefix, or {@link Timeline#REQUESTED}. A phase that this version does not know is
     *     returned as it is
     */
    @NonNull
    public static String of(@NonNull String phase) {
        return switch (phase) {
            case Timeline.REQUESTED -> Messages.PhaseNames_requested();
            case "UNKNOWN" -> Messages.PhaseNames_unknown();
            case "PENDING" -> Messages.PhaseNames_pending();
            case "STARTING" -> Messages.PhaseNames_starting();
            case "RUNNING" -> Messages.PhaseNames_running();
            case "STOPPING" -> Messages.PhaseNames_stopping();
            case "SNAPSHOTTING" -> Messages.PhaseNames_snapshotting();
            case "COMPLETED" -> Messages.PhaseNames_completed();
            case "FAILED" -> Messages.PhaseNames_failed();
            case "CANCELLING" -> Messages.PhaseNames_cancelling();
            case "CANCELLED" -> Messages.PhaseNames_cancelled();
            case "DELETING", "DELETED" -> Messages.PhaseNames_deleted();
            default -> phase;
        };
    }

    /** A phase in words, with the progress of the snapshot if it is being saved. */
    @NonNull
    public static String of(@NonNull String phase, int snapshotPercentage) {
        return phase.equals("SNAPSHOTTING") && snapshotPercentage > 0
                ? Messages.PhaseNames_snapshottingPercent(snapshotPercentage)
                : of(phase);
    }
}
