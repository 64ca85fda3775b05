package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Finds the open parts of a request for several environment classes, whether or not it is decided what becomes of them. */
final class RequestParts {

    private final RequestRegistry registry;
    private final DecisionQueue decisions;

    RequestParts(@NonNull RequestRegistry registry, @NonNull DecisionQueue decisions) {
        this.registry = registry;
        this.decisions = decisions;
    }

    /** The parts; empty for a request that has none. */
    @NonNull
    List<UUID> of(@NonNull UUID requestId) {
        Stream<UUID> known = registry.recorders().partsOf(requestId).stream().map(RequestRecorder::requestId);
        return Stream.concat(known, decisions.ofJobs(origin -> origin.isPartOf(requestId)).stream())
                .distinct()
                .toList();
    }
}
