package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.record.PhaseChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The phases of a prebuild that Jenkins has seen since its start, each one once. */
final class PhaseHistory {

    private final List<PhaseChange> changes = new ArrayList<>();

    /** @param phase without Gitpod's prefix. A missing phase is ignored */
    synchronized void see(@NonNull String phase, @NonNull Instant at) {
        boolean isKnown = changes.stream().anyMatch(each -> each.getPhase().equals(phase));
        if (!isKnown && !phase.equals("UNKNOWN")) {
            changes.add(new PhaseChange(phase, at));
        }
    }

    @NonNull
    synchronized List<PhaseChange> list() {
        return List.copyOf(changes);
    }
}
