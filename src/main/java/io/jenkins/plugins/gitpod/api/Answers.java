package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Converts responses. Only ids are required. */
final class Answers {

    private Answers() {}

    static Prebuild prebuildAnswer(JsonNode answer) throws UnexpectedAnswerException {
        return prebuild(answer.path("prebuild"));
    }

    static PrebuildPage prebuildPage(JsonNode answer) throws UnexpectedAnswerException {
        List<Prebuild> prebuilds = new ArrayList<>();
        for (JsonNode item : Json.list(answer, "prebuilds")) {
            prebuilds.add(prebuild(item));
        }
        return new PrebuildPage(prebuilds, nextPage(answer));
    }

    static LogsToken logsToken(JsonNode answer) throws UnexpectedAnswerException {
        return new LogsToken(Json.needed(answer, "accessToken"));
    }

    static Identity identity(JsonNode answer) throws UnexpectedAnswerException {
        JsonNode subject = answer.path("subject");
        return new Identity(
                Json.needed(subject, "id"), Json.text(subject, "principal"), Json.text(answer, "organizationId"));
    }

    static Project projectAnswer(JsonNode answer) throws UnexpectedAnswerException {
        return project(answer.path("project"));
    }

    static ProjectPage projectPage(JsonNode answer) throws UnexpectedAnswerException {
        List<Project> projects = new ArrayList<>();
        for (JsonNode item : Json.list(answer, "projects")) {
            projects.add(project(item));
        }
        return new ProjectPage(projects, nextPage(answer));
    }

    static EnvironmentClassPage environmentClassPage(JsonNode answer) throws UnexpectedAnswerException {
        List<EnvironmentClass> classes = new ArrayList<>();
        for (JsonNode item : Json.list(answer, "environmentClasses")) {
            classes.add(new EnvironmentClass(
                    Json.needed(item, "id"),
                    Json.text(item, "displayName"),
                    Json.text(item, "description"),
                    item.path("enabled").asBoolean()));
        }
        return new EnvironmentClassPage(classes, nextPage(answer));
    }

    static List<WarmPool> warmPools(JsonNode answer) throws UnexpectedAnswerException {
        List<WarmPool> pools = new ArrayList<>();
        for (JsonNode item : Json.list(answer, "warmPools")) {
            JsonNode metadata = item.path("metadata");
            JsonNode spec = item.path("spec");
            JsonNode status = item.path("status");
            pools.add(new WarmPool(
                    Json.needed(item, "id"),
                    Json.text(metadata, "projectId"),
                    Json.text(metadata, "environmentClassId"),
                    Json.text(spec, "snapshotId"),
                    count(spec, "minSize"),
                    WarmPoolPhase.parse(Json.text(status, "phase")),
                    Json.text(status, "failureMessage"),
                    count(status, "runningInstances")));
        }
        return pools;
    }

    private static int count(JsonNode node, String field) {
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, Json.number(node, field)));
    }

    static EnvironmentGit environmentGit(JsonNode answer) {
        JsonNode git = answer.path("environment").path("status").path("content").path("git");
        return new EnvironmentGit(Json.text(git, "cloneUrl"), Json.text(git, "branch"), Json.text(git, "latestCommit"));
    }

    private static Prebuild prebuild(JsonNode node) throws UnexpectedAnswerException {
        JsonNode metadata = node.path("metadata");
        JsonNode spec = node.path("spec");
        return new Prebuild(
                Json.needed(node, "id"),
                new Prebuild.Metadata(
                        Json.text(metadata, "projectId"),
                        Json.text(metadata, "environmentClassId"),
                        Json.text(metadata.path("creator"), "id"),
                        Json.time(metadata, "createdAt"),
                        Trigger.parse(Json.text(metadata, "triggeredBy"))),
                new Prebuild.Spec(PrebuildPhase.parse(Json.text(spec, "desiredPhase")), Json.duration(spec, "timeout")),
                status(node.path("status")));
    }

    private static Prebuild.Status status(JsonNode node) {
        // An enum may also be sent as its number, which is then an unknown phase.
        String phase = node.path("phase").asText("");
        return new Prebuild.Status(
                PrebuildPhase.parse(phase),
                phase,
                Json.time(node, "completionTime"),
                Json.text(node, "environmentId"),
                Json.text(node, "failureMessage"),
                Json.text(node, "warningMessage"),
                Json.text(node, "logUrl"),
                (int) Math.max(0, Math.min(100, Json.number(node, "snapshotCompletionPercentage"))),
                Math.max(0, Json.number(node, "snapshotSizeBytes")),
                Json.text(node, "statusVersion"));
    }

    private static Project project(JsonNode node) throws UnexpectedAnswerException {
        JsonNode prebuilds = node.path("prebuildConfiguration");
        List<JsonNode> classes = Json.list(node, "environmentClasses");
        classes.sort(Comparator.comparingLong(item -> Json.number(item, "order")));
        Origin origin = origin(node.path("initializer"));
        return new Project(
                Json.needed(node, "id"),
                Json.text(node.path("metadata"), "name"),
                origin.remoteUri(),
                origin.target(),
                classes.stream()
                        .map(item -> Json.text(item, "environmentClassId"))
                        .filter(Objects::nonNull)
                        .toList(),
                new Project.PrebuildConfiguration(
                        prebuilds.path("enabled").asBoolean(), Json.texts(prebuilds, "environmentClassIds")),
                "PROJECT_PHASE_DELETED".equals(Json.text(node, "desiredPhase")),
                new Project.Files(Json.text(node, "devcontainerFilePath"), Json.text(node, "automationsFilePath")));
    }

    /** Where environments of a project get their files from. */
    private record Origin(@Nullable String remoteUri, ProjectTarget target) {}

    /** Read from the first Git initializer, or else from the first context URL. */
    private static Origin origin(JsonNode initializer) {
        String contextUrl = null;
        for (JsonNode spec : initializer.path("specs")) {
            JsonNode git = spec.path("git");
            if (git.isObject()) {
                return new Origin(
                        Json.text(git, "remoteUri"),
                        ProjectTarget.of(Json.text(git, "targetMode"), Json.text(git, "cloneTarget")));
            } else if (contextUrl == null) {
                contextUrl = Json.text(spec.path("contextUrl"), "url");
            }
        }
        if (contextUrl == null) {
            return new Origin(null, ProjectTarget.UNKNOWN);
        }
        ContextUrl read = ContextUrl.of(contextUrl);
        return new Origin(read.repository(), read.target());
    }

    @CheckForNull
    private static String nextPage(JsonNode answer) {
        return Json.text(answer.path("pagination"), "nextToken");
    }
}
