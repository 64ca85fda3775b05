package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** The read-only methods of IdentityService, ProjectService and RunnerConfigurationService. */
final class OtherServices {
    /** What all runners are. */
    private static final String RUNNER_KIND = "RUNNER_KIND_REMOTE";

    private static final String RUNNER_PROVIDER = "RUNNER_PROVIDER_AWS_EC2";

    private final World world;

    OtherServices(World world) {
        this.world = world;
    }

    Answer authenticatedIdentity(Visit visit) {
        ObjectNode node = Json.object();
        PrebuildJson.subject(node.putObject("subject"), visit.caller());
        node.put("organizationId", visit.caller().organizationId());
        return Answer.json(node);
    }

    Answer getProject(Visit visit) throws ApiError {
        ObjectNode node = Json.object();
        node.set("project", ProjectJson.project(world.project(visit.text("projectId"))));
        return Answer.json(node);
    }

    Answer listProjects(Visit visit) throws ApiError {
        Set<String> ids = visit.filter("projectIds");
        Set<String> remoteUris = visit.filter("specRemoteUris");
        boolean foreign = visit.wantsOthers("runnerIds", "runnerKinds", RUNNER_KIND)
                || !visit.filter("creatorIds").isEmpty();
        String search = visit.request().path("filter").path("search").asText("").toLowerCase(Locale.ROOT);
        List<SimProject> found = new ArrayList<>();
        for (SimProject project : world.projects()) {
            if (!foreign
                    && (ids.isEmpty() || ids.contains(project.id()))
                    && (remoteUris.isEmpty() || remoteUris.contains(project.remoteUri()))
                    && matches(project, search)) {
                found.add(project);
            }
        }
        found.sort(order(visit.request().path("sort")));
        ObjectNode answer = Page.of("projects", visit.request()).answer("projects", found, ProjectJson::listed);
        boolean first = visit.request().at("/pagination/token").asText("").isEmpty();
        if (first && visit.request().at("/count/include").asBoolean()) {
            ObjectNode count = answer.putObject("count");
            Json.int32(count, "value", found.size());
            count.put("relation", "COUNT_RESPONSE_RELATION_EQ");
        }
        return Answer.json(answer);
    }

    private static boolean matches(SimProject project, String search) {
        return List.of(project.name(), project.id(), project.repositoryName()).stream()
                .anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(search));
    }

    /** By popularity, the most popular first, if nothing else is said; by id, the oldest first. */
    private static Comparator<SimProject> order(JsonNode sort) {
        String order = sort.path("order").asText();
        Comparator<SimProject> byId = Comparator.comparing(SimProject::id);
        if ("id".equals(sort.path("field").asText())) {
            return "SORT_ORDER_DESC".equals(order) ? byId.reversed() : byId;
        }
        Comparator<SimProject> byPopularity = Comparator.comparingInt(SimProject::popularity);
        return ("SORT_ORDER_ASC".equals(order) ? byPopularity : byPopularity.reversed()).thenComparing(byId);
    }

    Answer listProjectClasses(Visit visit) throws ApiError {
        List<ObjectNode> classes = ProjectJson.projectClasses(world.project(visit.text("projectId")));
        return Answer.json(Page.of("projectClasses", visit.request())
                .answer("projectEnvironmentClasses", classes, Function.identity()));
    }

    Answer listClasses(Visit visit) throws ApiError {
        JsonNode filter = visit.request().path("filter");
        boolean foreign = visit.wantsOthers("runnerIds", "runnerKinds", RUNNER_KIND)
                || visit.wantsOthers("runnerIds", "runnerProviders", RUNNER_PROVIDER);
        List<SimEnvironmentClass> found = new ArrayList<>();
        for (SimEnvironmentClass one : world.environmentClasses()) {
            boolean usable = !filter.path("canCreateEnvironments").asBoolean() || one.isEnabled();
            JsonNode enabled = filter.path("enabled");
            if (!foreign && usable && (!enabled.isBoolean() || enabled.booleanValue() == one.isEnabled())) {
                found.add(one);
            }
        }
        return Answer.json(
                Page.of("classes", visit.request()).answer("environmentClasses", found, ProjectJson::environmentClass));
    }
}
