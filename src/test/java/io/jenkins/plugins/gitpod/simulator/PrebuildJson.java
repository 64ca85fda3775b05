package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.function.Supplier;

/** Writes prebuilds as the API shows them. */
final class PrebuildJson {
    private static final String DEFAULT_TIMEOUT = "3600s";

    private final Supplier<URI> logBase;

    PrebuildJson(Supplier<URI> logBase) {
        this.logBase = logBase;
    }

    ObjectNode write(SimPrebuild prebuild, PrebuildStatus status) {
        ObjectNode node = Json.object();
        node.put("id", prebuild.id());
        metadata(node.putObject("metadata"), prebuild, status);
        spec(node.putObject("spec"), prebuild);
        status(node.putObject("status"), prebuild, status);
        return node;
    }

    private static void metadata(ObjectNode node, SimPrebuild prebuild, PrebuildStatus status) {
        Account creator = prebuild.creator();
        node.put("organizationId", creator.organizationId());
        node.put("projectId", prebuild.projectId());
        node.put("environmentClassId", prebuild.environmentClassId());
        subject(node.putObject("creator"), creator);
        subject(node.putObject("executor"), creator);
        node.put("createdAt", prebuild.createdAt().toString());
        node.put("updatedAt", status.since().toString());
        node.put("triggeredBy", prebuild.trigger());
    }

    static void subject(ObjectNode node, Account account) {
        node.put("id", account.subjectId());
        node.put("principal", account.principal());
    }

    private static void spec(ObjectNode node, SimPrebuild prebuild) {
        SimPhase desired = prebuild.state().desiredPhase();
        node.put("specVersion", desired == SimPhase.COMPLETED ? "1" : "2");
        node.put("desiredPhase", desired.wireName());
        String timeout = prebuild.timeout();
        node.put("timeout", timeout == null ? DEFAULT_TIMEOUT : timeout);
    }

    private void status(ObjectNode node, SimPrebuild prebuild, PrebuildStatus status) {
        Json.text(node, "phase", status.wirePhase());
        SimPhase phase = status.phase();
        if (phase == SimPhase.COMPLETED || phase == SimPhase.FAILED || phase == SimPhase.CANCELLED) {
            node.put("completionTime", status.since().toString());
        }
        if (phase != SimPhase.PENDING) {
            node.put("environmentId", prebuild.environmentId());
        }
        Json.text(node, "failureMessage", status.failureMessage());
        Json.text(node, "warningMessage", status.warningMessage());
        if (phase != SimPhase.PENDING && phase != SimPhase.STARTING) {
            node.put("logUrl", logBase.get() + prebuild.id());
        }
        Json.int32(node, "snapshotCompletionPercentage", status.percentage());
        Json.int64(node, "snapshotSizeBytes", status.snapshotSizeBytes());
        Json.int64(node, "statusVersion", status.statusVersion());
    }
}
