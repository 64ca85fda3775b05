package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What PrebuildService does with valid requests of those who may make them. */
final class PrebuildService {
    private final SimulatorState state;
    private final PrebuildJson json;

    PrebuildService(SimulatorState state, PrebuildJson json) {
        this.state = state;
        this.json = json;
    }

    Answer create(CallContext context) throws ApiError {
        if (!context.caller().mayCreate()) {
            throw new ApiError(ConnectCode.PERMISSION_DENIED, "not allowed to create prebuilds");
        }
        SimProject project = state.project(context.text("projectId"));
        SimEnvironmentClass environmentClass = environmentClass(project, context.text("environmentClassId"));
        if (project.refuses(environmentClass)) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, notConfigured(project));
        }
        JsonNode timeout = context.request().path("spec").path("timeout");
        SimPrebuild made = state.createPrebuild(project, environmentClass, context.caller(), timeout.textValue());
        return prebuild(made, made.now());
    }

    private static String notConfigured(SimProject project) {
        return project.prebuildsEnabled()
                ? "environment class is not configured for prebuilds"
                : "prebuilds are not enabled for this project";
    }

    private SimEnvironmentClass environmentClass(SimProject project, String wanted) throws ApiError {
        List<SimEnvironmentClass> classes = project.classList();
        if (wanted.isEmpty() && classes.isEmpty()) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, "the project has no environment class");
        }
        SimEnvironmentClass chosen = wanted.isEmpty() ? classes.get(0) : state.environmentClass(wanted);
        if (!chosen.isEnabled()) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, "the environment class is disabled");
        }
        return chosen;
    }

    Answer get(CallContext context) throws ApiError {
        SimPrebuild prebuild = named(context);
        if (!state.isReadable(prebuild, context.now())) {
            throw ApiError.notFound("prebuild " + prebuild.id());
        }
        return prebuild(prebuild, prebuild.at(context.now()));
    }

    Answer list(CallContext context) throws ApiError {
        Page page = Page.of("prebuilds", context.request());
        long below = page.start(Long.MAX_VALUE);
        Set<String> projectIds = context.filter("projectIds");
        Iterator<SimPrebuild> source = projectIds.isEmpty()
                ? state.prebuilds().newestFirst(below)
                : state.prebuilds().newestFirst(projectIds, below);
        Instant now = context.now();
        return Answer.json(page.answer(
                "prebuilds",
                source,
                matching(context),
                SimPrebuild::sequence,
                prebuild -> json.write(prebuild, prebuild.at(now))));
    }

    private Predicate<SimPrebuild> matching(CallContext context) {
        Instant now = context.now();
        Set<String> phases = context.filter("phases");
        Set<String> triggers = context.filter("triggeredBy");
        Set<String> creators = context.filter("creatorIds");
        Set<String> executors = context.filter("executorIds");
        return prebuild -> {
            String subjectId = prebuild.creator().subjectId();
            if (!allows(triggers, prebuild.trigger())
                    || !allows(creators, subjectId)
                    || !allows(executors, subjectId)
                    || !state.isReadable(prebuild, now)) {
                return false;
            }
            PrebuildStatus status = prebuild.at(now);
            return !status.gone() && allows(phases, status.wirePhase());
        };
    }

    private static boolean allows(Set<String> wanted, String actual) {
        return wanted.isEmpty() || wanted.contains(actual);
    }

    Answer cancel(CallContext context) throws ApiError {
        SimPrebuild prebuild = named(context);
        return prebuild(prebuild, prebuild.cancel());
    }

    Answer delete(CallContext context) throws ApiError {
        named(context).delete();
        return Answer.json(Json.object());
    }

    Answer createLogsToken(CallContext context) throws ApiError {
        String id = named(context).id();
        return Answer.json(Json.object().put("accessToken", state.logTokens().issue(id, context.now())));
    }

    private SimPrebuild named(CallContext context) throws ApiError {
        return state.prebuild(context.text("prebuildId"), context.now());
    }

    private Answer prebuild(SimPrebuild prebuild, PrebuildStatus status) {
        ObjectNode node = Json.object();
        node.set("prebuild", json.write(prebuild, status));
        return Answer.json(node);
    }
}
