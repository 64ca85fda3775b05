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

    /** Adds the phases that were seen before the start of Jenkins. */
    synchronized void addEarlier(@NonNull List<PhaseChange> earlier) {
        List<PhaseChange> later = List.copyOf(changes);
        changes.clear();
        earlier.forEach(each -> see(each.getPhase(), each.startedAt()));
        later.forEach(each -> see(each.getPhase(), each.startedAt()));
    }

    @NonNull
    synchronized List<PhaseChange> list() {
        return List.copyOf(changes);
    }
}
