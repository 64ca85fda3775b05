package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Which prebuilds to list. An empty part does not restrict; the parts that are not empty all have to match.
 *
 * @param projectIds projects, at most 25
 * @param phases phases, at most 10, none of them UNKNOWN
 * @param creatorIds subjects that made the prebuild, at most 25
 */
public record PrebuildFilter(
        @NonNull List<String> projectIds,
        @NonNull Set<PrebuildPhase> phases,
        @NonNull List<String> creatorIds) {

    private static final PrebuildFilter NONE = new PrebuildFilter(List.of(), Set.of(), List.of());

    /**
     * Copies and checks the parts.
     *
     * @throws IllegalArgumentException if a part is larger than the API accepts, or contains UNKNOWN
     */
    public PrebuildFilter {
        Checks.atMost(25, projectIds.size(), "projectIds");
        Checks.atMost(10, phases.size(), "phases");
        Checks.atMost(25, creatorIds.size(), "creatorIds");
        if (phases.contains(PrebuildPhase.UNKNOWN)) {
            throw new IllegalArgumentException("Only known phases can be requested");
        }
        projectIds = List.copyOf(projectIds);
        creatorIds = List.copyOf(creatorIds);
        // In the order of the enum, so that equal filters make equal requests.
        phases = Collections.unmodifiableSet(
                phases.isEmpty() ? EnumSet.noneOf(PrebuildPhase.class) : EnumSet.copyOf(phases));
    }

    /**
     * A filter without conditions.
     *
     * @return the empty filter
     */
    @NonNull
    public static PrebuildFilter none() {
        return NONE;
    }

    /**
     * The same filter with other projects.
     *
     * @param ids project ids, at most 25
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withProjectIds(@NonNull List<String> ids) {
        return new PrebuildFilter(ids, phases, creatorIds);
    }

    /**
     * The same filter with other phases.
     *
     * @param wanted phases, at most 10, none of them UNKNOWN
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withPhases(@NonNull Set<PrebuildPhase> wanted) {
        return new PrebuildFilter(projectIds, wanted, creatorIds);
    }

    /**
     * The same filter with other creators.
     *
     * @param ids subject ids, at most 25
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withCreatorIds(@NonNull List<String> ids) {
        return new PrebuildFilter(projectIds, phases, ids);
    }
}
