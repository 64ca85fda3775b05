package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.HashMap;
import java.util.Map;

/** The handlers by path. */
final class Routes {
    private final String apiPath;
    private final SimulatorState state;
    private final RateLimiter limiter;
    private final Route logs;
    private final Map<String, Route> byPath = new HashMap<>();

    Routes(String apiPath, SimulatorState state, RateLimiter limiter, Route logs, PrebuildJson json) {
        this.apiPath = apiPath;
        this.state = state;
        this.limiter = limiter;
        this.logs = logs;
        PrebuildService prebuilds = new PrebuildService(state, json);
        String service = "PrebuildService";
        write(service, "CreatePrebuild", prebuilds::create);
        read(service, "GetPrebuild", prebuilds::get);
        read(service, "ListPrebuilds", prebuilds::list);
        write(service, "CancelPrebuild", prebuilds::cancel);
        write(service, "DeletePrebuild", prebuilds::delete);
        read(service, "CreatePrebuildLogsToken", prebuilds::createLogsToken);
        read(service, "ListWarmPools", new WarmPools(state)::list);
        OtherServices others = new OtherServices(state);
        read("IdentityService", "GetAuthenticatedIdentity", others::authenticatedIdentity);
        read("EnvironmentService", "GetEnvironment", new EnvironmentService(state)::get);
        service = "ProjectService";
        read(service, "GetProject", others::getProject);
        read(service, "ListProjects", others::listProjects);
        read(service, "ListProjectEnvironmentClasses", others::listProjectClasses);
        read("RunnerConfigurationService", "ListEnvironmentClasses", others::listClasses);
        Admission watchers = admission("WatchEvents", false);
        add("EventService", new StreamMethod("WatchEvents", watchers, new EventService(state), state.events()));
    }

    private void read(String service, String method, ApiMethod.Work work) {
        add(service, new ApiMethod(method, admission(method, false), work));
    }

    private void write(String service, String method, ApiMethod.Work work) {
        add(service, new ApiMethod(method, admission(method, true), work));
    }

    private Admission admission(String method, boolean writes) {
        return new Admission(state, limiter, Schema.of(RequestRules.of(method)), writes);
    }

    private void add(String service, Route route) {
        byPath.put(apiPath + "/gitpod.v1." + service + "/" + route.name(), route);
    }

    @CheckForNull
    Route find(String path) {
        return path.startsWith(LogRoute.PATH) ? logs : byPath.get(path);
    }
}
