package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.Nullable;

/** What EnvironmentService does: it shows the environments in which prebuilds are made, as long as they exist. */
final class EnvironmentService {
    private final SimulatorState state;

    EnvironmentService(SimulatorState state) {
        this.state = state;
    }

    Answer get(CallContext context) throws ApiError {
        String id = context.text("environmentId");
        SimPrebuild prebuild = state.prebuilds().findByEnvironment(id);
        SimPhase phase =
                prebuild == null ? SimPhase.DELETED : prebuild.at(context.now()).phase();
        if (prebuild == null || (phase != null && !phase.hasEnvironment())) {
            throw ApiError.notFound("environment " + id);
        }
        ObjectNode node = Json.object();
        node.set("environment", environment(prebuild, phase));
        return Answer.json(node);
    }

    private static ObjectNode environment(SimPrebuild prebuild, @Nullable SimPhase phase) {
        SimEnvironment environment = prebuild.environment();
        ObjectNode node = Json.object().put("id", environment.id());
        ObjectNode metadata = node.putObject("metadata")
                .put("organizationId", prebuild.creator().organizationId())
                .put("projectId", prebuild.projectId())
                .put("createdAt", prebuild.createdAt().toString())
                .put("role", "ENVIRONMENT_ROLE_PREBUILD");
        PrebuildJson.subject(metadata.putObject("creator"), prebuild.creator());
        ObjectNode status = node.putObject("status");
        status.put("phase", "ENVIRONMENT_PHASE_" + environmentPhase(phase));
        if (phase != SimPhase.STARTING) {
            ObjectNode content = status.putObject("content").put("phase", "CONTENT_PHASE_READY");
            if (environment.gitKnown()) {
                git(content.putObject("git"), environment);
            }
        }
        return node;
    }

    private static String environmentPhase(@Nullable SimPhase phase) {
        if (phase == SimPhase.STARTING) {
            return "STARTING";
        }
        return phase == null || phase == SimPhase.RUNNING ? "RUNNING" : "STOPPING";
    }

    private static void git(ObjectNode node, SimEnvironment environment) {
        Json.text(node, "cloneUrl", environment.project().cloneUrl());
        Json.text(node, "branch", environment.branch());
        Json.text(node, "latestCommit", environment.commit());
    }
}
