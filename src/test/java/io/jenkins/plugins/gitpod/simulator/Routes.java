package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.HashMap;
import java.util.Map;

/** Which path leads where. */
final class Routes {
    private final String apiPath;
    private final World world;
    private final RateGate gate;
    private final Route logs;
    private final Map<String, Route> byPath = new HashMap<>();

    Routes(String apiPath, World world, RateGate gate, Route logs, PrebuildJson json) {
        this.apiPath = apiPath;
        this.world = world;
        this.gate = gate;
        this.logs = logs;
        PrebuildService prebuilds = new PrebuildService(world, json);
        String service = "PrebuildService";
        write(service, "CreatePrebuild", Requests.CREATE_PREBUILD, prebuilds::create);
        read(service, "GetPrebuild", Requests.ONE_PREBUILD, prebuilds::get);
        read(service, "ListPrebuilds", Requests.LIST_PREBUILDS, prebuilds::list);
        write(service, "CancelPrebuild", Requests.ONE_PREBUILD, prebuilds::cancel);
        write(service, "DeletePrebuild", Requests.ONE_PREBUILD, prebuilds::delete);
        read(service, "CreatePrebuildLogsToken", Requests.ONE_PREBUILD, prebuilds::createLogsToken);
        OtherServices others = new OtherServices(world);
        read("IdentityService", "GetAuthenticatedIdentity", Requests.EMPTY, others::authenticatedIdentity);
        read("EnvironmentService", "GetEnvironment", Requests.ONE_ENVIRONMENT, new EnvironmentService(world)::get);
        service = "ProjectService";
        read(service, "GetProject", Requests.ONE_PROJECT, others::getProject);
        read(service, "ListProjects", Requests.LIST_PROJECTS, others::listProjects);
        read(service, "ListProjectEnvironmentClasses", Requests.LIST_PROJECT_CLASSES, others::listProjectClasses);
        read("RunnerConfigurationService", "ListEnvironmentClasses", Requests.LIST_CLASSES, others::listClasses);
        read("EventService", "WatchEvents", Requests.WATCH_EVENTS, new EventService(world)::watch);
    }

    private void read(String service, String method, Shape shape, ApiMethod.Work work) {
        add(service, new ApiMethod(method, shape, false, work, world, gate));
    }

    private void write(String service, String method, Shape shape, ApiMethod.Work work) {
        add(service, new ApiMethod(method, shape, true, work, world, gate));
    }

    private void add(String service, Route route) {
        byPath.put(apiPath + "/gitpod.v1." + service + "/" + route.name(), route);
    }

    @CheckForNull
    Route find(String path) {
        return path.startsWith(LogRoute.PATH) ? logs : byPath.get(path);
    }
}
