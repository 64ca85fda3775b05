package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Writes projects and environment classes as the API shows them. */
final class ProjectJson {
    private ProjectJson() {}

    static ObjectNode project(SimProject project) {
        ObjectNode node = Json.object();
        node.put("id", project.id());
        node.putObject("metadata")
                .put("name", project.name())
                .put("organizationId", project.organizationId())
                .put("createdAt", project.createdAt().toString())
                .put("updatedAt", project.createdAt().toString());
        ObjectNode git = node.putObject("initializer")
                .putArray("specs")
                .addObject()
                .putObject("git")
                .put("remoteUri", project.remoteUri());
        boolean ownBranch = !project.branch().isEmpty();
        git.put("targetMode", ownBranch ? "CLONE_TARGET_MODE_REMOTE_BRANCH" : "CLONE_TARGET_MODE_REMOTE_HEAD");
        Json.text(git, "cloneTarget", project.branch());
        ArrayNode classes = Json.array();
        projectClasses(project).forEach(classes::add);
        Json.list(node, "environmentClasses", classes);
        ObjectNode prebuilds = node.putObject("prebuildConfiguration");
        if (project.prebuildsEnabled()) {
            prebuilds.put("enabled", true);
        }
        ArrayNode prebuildClasses = Json.array();
        project.prebuildClassList().forEach(one -> prebuildClasses.add(one.id()));
        Json.list(prebuilds, "environmentClassIds", prebuildClasses);
        return node;
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
