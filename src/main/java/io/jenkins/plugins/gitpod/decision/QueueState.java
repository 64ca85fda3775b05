package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What this Jenkins knows at the moment of a decision, for requests that may have to wait until a running prebuild has ended.
 *
 * @param later the running prebuilds that were requested after this request was made
 * @param overdue the running prebuilds whose row is so old that one has to complete, with the age of the row
 * @param ending the id of a prebuild that has yet to end, as {@link RunningPrebuilds#ending} says
 * @param newerCommit a newer commit of the same branch that waits already, or null if there is none
 * @param hasWaited whether this request has waited for the end of a prebuild
 */
record QueueState(
        @NonNull Set<UUID> later,
        @NonNull Map<UUID, Duration> overdue,
        @Nullable String ending,
        @Nullable String newerCommit,
        boolean hasWaited) {

    /** For requests that never wait. */
    static final QueueState NONE = new QueueState(Set.of(), Map.of(), null, null, false);

    /** Copies the collections. */
    QueueState {
        later = Set.copyOf(later);
        overdue = Map.copyOf(overdue);
    }

    /** The running prebuilds that were requested after a request was made. One that another system created may be older. */
    @NonNull
    static Set<UUID> later(@NonNull List<RunningPrebuild> running, long order) {
        return running.stream()
                .filter(each -> !each.isForeign() && each.order() > order)
                .map(RunningPrebuild::requestId)
                .collect(Collectors.toSet());
    }

    /** The running prebuilds whose row is as old as the limit, or older. */
    @NonNull
    static Map<UUID, Duration> overdue(
            @NonNull List<RunningPrebuild> running, @NonNull Instant now, @NonNull Duration limit) {
        return running.stream()
                .filter(each -> age(each, now).compareTo(limit) >= 0)
                .collect(Collectors.toMap(RunningPrebuild::requestId, each -> age(each, now)));
    }

    private static Duration age(RunningPrebuild running, Instant now) {
        return Duration.between(running.rowSince(), now);
    }
}
