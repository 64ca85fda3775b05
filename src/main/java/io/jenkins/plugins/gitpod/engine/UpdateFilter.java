package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Update.Operation;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** Selects the updates for the observer: each one once, a limited number in total, and none after the outcome. */
final class UpdateFilter {

    private static final int MAX_UNKNOWN_PHASES = 3;
    private static final int MAX_TROUBLES = 3;

    private final MachineActions out;
    private final Set<PrebuildPhase> reportedPhases = EnumSet.noneOf(PrebuildPhase.class);
    private Set<String> reportedUnknown = Set.of();
    private boolean lookingUpTold;
    private boolean rateLimitTold;
    private boolean cancellingTold;
    private boolean inTrouble;
    private boolean cancelInTrouble;
    private int troubles;
    private boolean over;

    UpdateFilter(MachineActions out) {
        this.out = out;
    }

    /** The outcome was reported. */
    void end() {
        over = true;
    }

    void report(Update update) {
        if (!over) {
            out.report(update);
        }
    }

    void phase(Prebuild prebuild) {
        PrebuildPhase phase = prebuild.status().phase();
        String raw = prebuild.status().rawPhase();
        if (phase == PrebuildPhase.UNKNOWN) {
            // Right after the create, the phase is often missing, which is not reported.
            if (!raw.isEmpty() && reportedUnknown.size() < MAX_UNKNOWN_PHASES && !reportedUnknown.contains(raw)) {
                reportedUnknown = new HashSet<>(reportedUnknown);
                reportedUnknown.add(raw);
                report(new Update.UnknownPhase(prebuild.id(), raw));
            }
        } else if (reportedPhases.add(phase)) {
            report(new Update.PhaseChanged(prebuild));
        }
    }

    void lookingUp() {
        if (!lookingUpTold) {
            lookingUpTold = true;
            report(new Update.LookingUp());
        }
    }

    void rateLimited(Update.RateLimited update) {
        if (!rateLimitTold) {
            rateLimitTold = true;
            report(update);
        }
    }

    void cancelling(Update.Cancelling update) {
        if (!cancellingTold) {
            cancellingTold = true;
            report(update);
        }
    }

    void trouble(Operation operation, GitpodException e) {
        if (!inTrouble && troubles < MAX_TROUBLES) {
            inTrouble = true;
            cancelInTrouble = operation == Operation.CANCEL;
            troubles++;
            report(new Update.Retrying(operation, e));
        }
    }

    /** A read succeeded, which does not mean that a failing cancel would. */
    void recovered() {
        if (inTrouble && !cancelInTrouble) {
            inTrouble = false;
            report(new Update.Recovered());
        }
    }
}
