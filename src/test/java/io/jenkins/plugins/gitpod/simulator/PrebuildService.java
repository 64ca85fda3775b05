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
    private final World world;
    private final PrebuildJson json;

    PrebuildService(World world, PrebuildJson json) {
        this.world = world;
        this.json = json;
    }

    Answer create(Visit visit) throws ApiError {
        if (!visit.caller().mayCreate()) {
            throw new ApiError(ConnectCode.PERMISSION_DENIED, "not allowed to create prebuilds");
        }
        SimProject project = world.project(visit.text("projectId"));
        SimEnvironmentClass environmentClass = environmentClass(project, visit.text("environmentClassId"));
        if (project.refuses(environmentClass)) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, notConfigured(project));
        }
        JsonNode timeout = visit.request().path("spec").path("timeout");
        SimPrebuild made = world.createPrebuild(project, environmentClass, visit.caller(), timeout.textValue());
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
        SimEnvironmentClass chosen = wanted.isEmpty() ? classes.get(0) : world.environmentClass(wanted);
        if (!chosen.isEnabled()) {
            throw new ApiError(ConnectCode.FAILED_PRECONDITION, "the environment class is disabled");
        }
        return chosen;
    }

    Answer get(Visit visit) throws ApiError {
        SimPrebuild prebuild = named(visit);
        if (!world.isReadable(prebuild, visit.now())) {
            throw ApiError.notFound("prebuild " + prebuild.id());
        }
        return prebuild(prebuild, prebuild.at(visit.now()));
    }

    Answer list(Visit visit) throws ApiError {
        Page page = Page.of("prebuilds", visit.request());
        long below = page.start(Long.MAX_VALUE);
        Set<String> projectIds = visit.filter("projectIds");
        Iterator<SimPrebuild> source = projectIds.isEmpty()
                ? world.prebuilds().newestFirst(below)
                : world.prebuilds().newestFirst(projectIds, below);
        Instant now = visit.now();
        return Answer.json(page.answer(
                "prebuilds",
                source,
                matching(visit),
                SimPrebuild::sequence,
                prebuild -> json.write(prebuild, prebuild.at(now))));
    }

    private Predicate<SimPrebuild> matching(Visit visit) {
        Instant now = visit.now();
        Set<String> phases = visit.filter("phases");
        Set<String> triggers = visit.filter("triggeredBy");
        Set<String> creators = visit.filter("creatorIds");
        Set<String> executors = visit.filter("executorIds");
        return prebuild -> {
            String subjectId = prebuild.creator().subjectId();
            if (!allows(triggers, prebuild.trigger())
                    || !allows(creators, subjectId)
                    || !allows(executors, subjectId)
                    || !world.isReadable(prebuild, now)) {
                return false;
            }
            Moment moment = prebuild.at(now);
            return !moment.gone() && allows(phases, moment.wirePhase());
        };
    }

    private static boolean allows(Set<String> wanted, String actual) {
        return wanted.isEmpty() || wanted.contains(actual);
    }

    Answer cancel(Visit visit) throws ApiError {
        SimPrebuild prebuild = named(visit);
        return prebuild(prebuild, prebuild.cancel());
    }

    Answer delete(Visit visit) throws ApiError {
        named(visit).delete();
        return Answer.json(Json.object());
    }

    Answer createLogsToken(Visit visit) throws ApiError {
        String id = named(visit).id();
        return Answer.json(Json.object().put("accessToken", world.logTokens().issue(id, visit.now())));
    }

    private SimPrebuild named(Visit visit) throws ApiError {
        return world.prebuild(visit.text("prebuildId"), visit.now());
    }

    private Answer prebuild(SimPrebuild prebuild, Moment moment) {
        ObjectNode node = Json.object();
        node.set("prebuild", json.write(prebuild, moment));
        return Answer.json(node);
    }
}
