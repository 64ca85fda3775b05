package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Writes projects and environment classes as the API shows them. */
final class ProjectJson {
    private ProjectJson() {}

    /** As GetProject shows it. */
    static ObjectNode project(SimProject project) {
        ObjectNode node = listed(project);
        ArrayNode classes = Json.array();
        projectClasses(project).forEach(classes::add);
        Json.list(node, "environmentClasses", classes);
        return node;
    }

    /** As a list shows it: without its environment classes. */
    static ObjectNode listed(SimProject project) {
        ObjectNode node = Json.object();
        node.put("id", project.id());
        node.putObject("metadata")
                .put("name", project.name())
                .put("organizationId", project.organizationId())
                .put("createdAt", project.createdAt().toString())
                .put("updatedAt", project.createdAt().toString());
        initializer(node.putObject("initializer").putArray("specs").addObject(), project);
        Json.text(node, "devcontainerFilePath", project.devcontainerFile());
        Json.text(node, "automationsFilePath", project.automationsFile());
        ObjectNode prebuilds = node.putObject("prebuildConfiguration");
        if (project.prebuildsEnabled()) {
            prebuilds.put("enabled", true);
        }
        ArrayNode prebuildClasses = Json.array();
        project.prebuildClassList().forEach(one -> prebuildClasses.add(one.id()));
        Json.list(prebuilds, "environmentClassIds", prebuildClasses);
        node.put("desiredPhase", project.isDeleted() ? "PROJECT_PHASE_DELETED" : "PROJECT_PHASE_ACTIVE");
        return node;
    }

    private static void initializer(ObjectNode spec, SimProject project) {
        if (!project.contextUrl().isEmpty()) {
            spec.putObject("contextUrl").put("url", project.contextUrl());
            return;
        }
        ObjectNode git = spec.putObject("git");
        Json.text(git, "remoteUri", project.remoteUri());
        git.put("targetMode", project.targetMode().wireName());
        Json.text(git, "cloneTarget", project.cloneTarget());
    }

    static List<ObjectNode> projectClasses(SimProject project) {
        List<SimEnvironmentClass> classes = project.classList();
        List<ObjectNode> nodes = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            ObjectNode node =
                    Json.object().put("environmentClassId", classes.get(i).id());
            Json.int32(node, "order", i);
            nodes.add(node);
        }
        return nodes;
    }

    static ObjectNode environmentClass(SimEnvironmentClass environmentClass) {
        ObjectNode node = Json.object();
        node.put("id", environmentClass.id());
        Json.text(node, "displayName", environmentClass.displayName());
        Json.text(node, "description", environmentClass.description());
        if (environmentClass.isEnabled()) {
            node.put("enabled", true);
        }
        return node;
    }
}
