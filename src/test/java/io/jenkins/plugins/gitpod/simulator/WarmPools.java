package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** What PrebuildService does about warm pools. */
final class WarmPools {
    private static final String PHASE = "WARM_POOL_PHASE_";

    private final SimulatorState state;

    WarmPools(SimulatorState state) {
        this.state = state;
    }

    Answer list(CallContext context) throws ApiError {
        Set<String> projectIds = context.filter("projectIds");
        Set<String> classIds = context.filter("environmentClassIds");
        List<SimWarmPool> found = state.warmPools().stream()
                .filter(pool -> projectIds.isEmpty()
                        || projectIds.contains(pool.project().id()))
                .filter(pool -> classIds.isEmpty() || classIds.contains(pool.environmentClassId()))
                .toList();
        return Answer.json(
                Page.of("warmPools", context.request()).answer("warmPools", found, pool -> json(pool, context.now())));
    }

    private static ObjectNode json(SimWarmPool pool, Instant now) {
        ObjectNode node = Json.object().put("id", pool.id());
        node.putObject("metadata")
                .put("organizationId", pool.project().organizationId())
                .put("projectId", pool.project().id())
                .put("environmentClassId", pool.environmentClassId())
                .put("createdAt", pool.createdAt().toString());
        ObjectNode spec = node.putObject("spec");
        String snapshotId = pool.snapshotId(now);
        if (snapshotId != null) {
            spec.put("snapshotId", snapshotId);
        }
        // Optional fields are written even if they are 0.
        spec.put("desiredPhase", PHASE + "READY").put("minSize", pool.minSize()).put("maxSize", 20);
        boolean serves = pool.isServing(now);
        ObjectNode status = node.putObject("status");
        status.put("phase", PHASE + (serves ? "READY" : "PENDING"));
        Json.int32(status, "runningInstances", serves ? pool.minSize() : 0);
        return node;
    }
}
