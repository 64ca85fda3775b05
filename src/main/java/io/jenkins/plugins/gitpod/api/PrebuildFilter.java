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
 * @param triggeredBy triggers, none of them UNKNOWN
 * @param creatorIds subjects that made the prebuild, at most 25
 */
public record PrebuildFilter(
        @NonNull List<String> projectIds,
        @NonNull Set<PrebuildPhase> phases,
        @NonNull Set<Trigger> triggeredBy,
        @NonNull List<String> creatorIds) {

    private static final PrebuildFilter NONE = new PrebuildFilter(List.of(), Set.of(), Set.of(), List.of());

    /**
     * Copies and checks the parts.
     *
     * @throws IllegalArgumentException if a part is larger than the API takes, or holds UNKNOWN
     */
    public PrebuildFilter {
        Checks.atMost(25, projectIds.size(), "projectIds");
        Checks.atMost(10, phases.size(), "phases");
        Checks.atMost(25, creatorIds.size(), "creatorIds");
        if (phases.contains(PrebuildPhase.UNKNOWN) || triggeredBy.contains(Trigger.UNKNOWN)) {
            throw new IllegalArgumentException("Only known phases and triggers can be asked for");
        }
        projectIds = List.copyOf(projectIds);
        creatorIds = List.copyOf(creatorIds);
        // In the order of the enum, so that equal filters make equal requests.
        phases = Collections.unmodifiableSet(
                phases.isEmpty() ? EnumSet.noneOf(PrebuildPhase.class) : EnumSet.copyOf(phases));
        triggeredBy = Collections.unmodifiableSet(
                triggeredBy.isEmpty() ? EnumSet.noneOf(Trigger.class) : EnumSet.copyOf(triggeredBy));
    }

    /**
     * A filter that lets everything through.
     *
     * @return the empty filter
     */
    @NonNull
    public static PrebuildFilter none() {
        return NONE;
    }

    /**
     * This filter, of other projects.
     *
     * @param ids project ids, at most 25
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withProjectIds(@NonNull List<String> ids) {
        return new PrebuildFilter(ids, phases, triggeredBy, creatorIds);
    }

    /**
     * This filter, of other phases.
     *
     * @param wanted phases, at most 10, none of them UNKNOWN
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withPhases(@NonNull Set<PrebuildPhase> wanted) {
        return new PrebuildFilter(projectIds, wanted, triggeredBy, creatorIds);
    }

    /**
     * This filter, of other triggers.
     *
     * @param triggers triggers, none of them UNKNOWN
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withTriggeredBy(@NonNull Set<Trigger> triggers) {
        return new PrebuildFilter(projectIds, phases, triggers, creatorIds);
    }

    /**
     * This filter, of other creators.
     *
     * @param ids subject ids, at most 25
     * @return the new filter
     */
    @NonNull
    public PrebuildFilter withCreatorIds(@NonNull List<String> ids) {
        return new PrebuildFilter(projectIds, phases, triggeredBy, ids);
    }
}
