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

    private final SimulatorState state;

    OtherServices(SimulatorState state) {
        this.state = state;
    }

    Answer authenticatedIdentity(CallContext context) {
        ObjectNode node = Json.object();
        PrebuildJson.subject(node.putObject("subject"), context.caller());
        node.put("organizationId", context.caller().organizationId());
        return Answer.json(node);
    }

    Answer getProject(CallContext context) throws ApiError {
        ObjectNode node = Json.object();
        node.set("project", ProjectJson.project(state.project(context.text("projectId"))));
        return Answer.json(node);
    }

    Answer listProjects(CallContext context) throws ApiError {
        Set<String> ids = context.filter("projectIds");
        Set<String> remoteUris = context.filter("specRemoteUris");
        boolean foreign = context.wantsOthers("runnerIds", "runnerKinds", RUNNER_KIND)
                || !context.filter("creatorIds").isEmpty();
        String search =
                context.request().path("filter").path("search").asText("").toLowerCase(Locale.ROOT);
        List<SimProject> found = new ArrayList<>();
        for (SimProject project : state.projects()) {
            if (!foreign
                    && (ids.isEmpty() || ids.contains(project.id()))
                    && (remoteUris.isEmpty() || remoteUris.contains(project.remoteUri()))
                    && matches(project, search)) {
                found.add(project);
            }
        }
        found.sort(order(context.request().path("sort")));
        ObjectNode answer = Page.of("projects", context.request()).answer("projects", found, ProjectJson::listed);
        boolean first = context.request().at("/pagination/token").asText("").isEmpty();
        if (first && context.request().at("/count/include").asBoolean()) {
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

    Answer listProjectClasses(CallContext context) throws ApiError {
        List<ObjectNode> classes = ProjectJson.projectClasses(state.project(context.text("projectId")));
        return Answer.json(Page.of("projectClasses", context.request())
                .answer("projectEnvironmentClasses", classes, Function.identity()));
    }

    Answer listClasses(CallContext context) throws ApiError {
        JsonNode filter = context.request().path("filter");
        boolean foreign = context.wantsOthers("runnerIds", "runnerKinds", RUNNER_KIND)
                || context.wantsOthers("runnerIds", "runnerProviders", RUNNER_PROVIDER);
        List<SimEnvironmentClass> found = new ArrayList<>();
        for (SimEnvironmentClass one : state.environmentClasses()) {
            boolean usable = !filter.path("canCreateEnvironments").asBoolean() || one.isEnabled();
            JsonNode enabled = filter.path("enabled");
            if (!foreign && usable && (!enabled.isBoolean() || enabled.booleanValue() == one.isEnabled())) {
                found.add(one);
            }
        }
        return Answer.json(Page.of("classes", context.request())
                .answer("environmentClasses", found, ProjectJson::environmentClass));
    }
}
