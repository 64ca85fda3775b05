package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Update.Doing;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/** What of all that happens is worth telling: each thing once, little in all, and nothing after the last word. */
final class UpdateFilter {

    private static final int MOST_UNKNOWN_PHASES = 3;
    private static final int MOST_TROUBLES = 3;

    private final MachineActions out;
    private final Set<PrebuildPhase> toldPhases = EnumSet.noneOf(PrebuildPhase.class);
    private final Set<String> toldUnknown = new HashSet<>();
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

    /** The last word is spoken. */
    void end() {
        over = true;
    }

    void tell(Update update) {
        if (!over) {
            out.tell(update);
        }
    }

    void phase(Prebuild prebuild) {
        PrebuildPhase phase = prebuild.status().phase();
        String raw = prebuild.status().rawPhase();
        if (phase == PrebuildPhase.UNKNOWN) {
            // A phase that is left out is usual for a moment after the create, and nothing to speak of.
            if (!raw.isEmpty() && toldUnknown.size() < MOST_UNKNOWN_PHASES && toldUnknown.add(raw)) {
                tell(new Update.UnknownPhase(prebuild.id(), raw));
            }
        } else if (toldPhases.add(phase)) {
            tell(new Update.PhaseChanged(prebuild));
        }
    }

    void lookingUp() {
        if (!lookingUpTold) {
            lookingUpTold = true;
            tell(new Update.LookingUp());
        }
    }

    void rateLimited(Update.RateLimited update) {
        if (!rateLimitTold) {
            rateLimitTold = true;
            tell(update);
        }
    }

    void cancelling(Update.Cancelling update) {
        if (!cancellingTold) {
            cancellingTold = true;
            tell(update);
        }
    }

    void trouble(Doing doing, GitpodException e) {
        if (!inTrouble && troubles < MOST_TROUBLES) {
            inTrouble = true;
            cancelInTrouble = doing == Doing.CANCEL;
            troubles++;
            tell(new Update.Trouble(doing, e));
        }
    }

    /** Something could be read: which says nothing about a cancel that fails. */
    void recovered() {
        if (inTrouble && !cancelInTrouble) {
            inTrouble = false;
            tell(new Update.Recovered());
        }
    }
}
