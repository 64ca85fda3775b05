package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which prebuilds a {@link CleanUp} may delete, by what Gitpod lists. Without state. */
final class CleanUpRules {

    private static final Comparator<Prebuild> NEWEST_FIRST = Comparator.comparing(
                    (Prebuild each) -> each.metadata().createdAt())
            .thenComparing(Prebuild::id)
            .reversed();

    private CleanUpRules() {}

    /**
     * The prebuilds to delete: of the project and class of the newest one, created before it, completed, surely ours, not by
     * Gitpod's schedule, and not among those to keep. The newest completed one of the class always stays.
     *
     * @param listed what Gitpod lists
     * @return the ids, the oldest first; null if the newest one is not listed as completed
     */
    @CheckForNull
    static List<String> toDelete(CleanUp cleanUp, List<Prebuild> listed) {
        Prebuild newest = cleanUp.newest();
        List<Prebuild> completed = listed.stream()
                .filter(each -> isLike(each, newest))
                .distinct()
                .sorted(NEWEST_FIRST)
                .toList();
        Prebuild asListed = completed.stream()
                .filter(each -> each.id().equals(newest.id()))
                .findFirst()
                .orElse(null);
        if (asListed == null) {
            return null;
        }
        List<String> old = new ArrayList<>(completed.stream()
                .filter(each -> each == asListed || isOwn(each, cleanUp))
                .skip(Math.max(1, cleanUp.keep()))
                .filter(each -> NEWEST_FIRST.compare(each, asListed) > 0)
                .map(Prebuild::id)
                .toList());
        Collections.reverse(old);
        return old;
    }

    /**
     * The prebuilds of ours that do not exist any more, or soon will not: deleted by an earlier clean-up whose end was not seen, by
     * a person, or by Gitpod. One that has only just completed is not one of them: the list may lag behind.
     *
     * @param listed all completed prebuilds of the project, the newest one among them
     */
    static List<String> gone(CleanUp cleanUp, List<Prebuild> listed) {
        Set<String> there = listed.stream()
                .filter(each -> each.status().phase() == PrebuildPhase.COMPLETED && !isBeingDeleted(each))
                .map(Prebuild::id)
                .collect(Collectors.toSet());
        return cleanUp.own().stream()
                .filter(id -> !there.contains(id) && !cleanUp.recent().contains(id))
                .toList();
    }

    private static boolean isBeingDeleted(Prebuild one) {
        PrebuildPhase desired = one.spec().desiredPhase();
        return desired == PrebuildPhase.DELETED || desired == PrebuildPhase.DELETING;
    }

    /** Whether a prebuild is a completed one of the same project and class, and is not being deleted. */
    private static boolean isLike(Prebuild one, Prebuild newest) {
        Prebuild.Metadata metadata = one.metadata();
        return one.status().phase() == PrebuildPhase.COMPLETED
                && !isBeingDeleted(one)
                && metadata.createdAt() != null
                && metadata.projectId() != null
                && metadata.projectId().equals(newest.metadata().projectId())
                && metadata.environmentClassId() != null
                && metadata.environmentClassId().equals(newest.metadata().environmentClassId());
    }

    private static boolean isOwn(Prebuild one, CleanUp cleanUp) {
        return cleanUp.own().contains(one.id()) && one.metadata().triggeredBy() != Trigger.SCHEDULED;
    }
}
