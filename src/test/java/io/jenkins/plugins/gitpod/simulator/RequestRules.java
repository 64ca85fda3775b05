package io.jenkins.plugins.gitpod.simulator;

import static io.jenkins.plugins.gitpod.simulator.Constraint.REQUIRED;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules for the requests of all methods that are simulated, as the vendor's public definitions have them; the names
 * to sort by are from its comments. A rule that a plain field which is not optional must be a uuid means that it must be
 * there. A field that is in no row here is unknown, and is refused.
 */
final class RequestRules {
    private static final int MANY = 25;
    private static final String PHASE = "PREBUILD_PHASE_";
    private static final String[] PHASES = {
        "UNSPECIFIED",
        "PENDING",
        "STARTING",
        "RUNNING",
        "STOPPING",
        "SNAPSHOTTING",
        "COMPLETED",
        "FAILED",
        "CANCELLING",
        "CANCELLED",
        "DELETING",
        "DELETED"
    };
    private static final Constraint TRIGGER =
            Constraint.oneOf("PREBUILD_TRIGGER_", "UNSPECIFIED", "MANUAL", "SCHEDULED");
    private static final Constraint RUNNER_KIND =
            Constraint.oneOf("RUNNER_KIND_", "UNSPECIFIED", "LOCAL", "REMOTE", "LOCAL_CONFIGURATION");
    private static final Constraint RUNNER_PROVIDER = Constraint.oneOf(
            "RUNNER_PROVIDER_", "UNSPECIFIED", "AWS_EC2", "LINUX_HOST", "DESKTOP_MAC", "MANAGED", "GCP", "DEV_AGENT");
    private static final String RESOURCE = "RESOURCE_TYPE_";

    /** Every rule, method by method. */
    static final List<FieldRule> ALL = new RequestRules().table();

    private final List<FieldRule> rules = new ArrayList<>();
    private String method;

    private RequestRules() {}

    /** The rules for one method; none for a method without fields. */
    static List<FieldRule> of(String method) {
        return ALL.stream().filter(rule -> rule.method().equals(method)).toList();
    }

    private List<FieldRule> table() {
        method("CreatePrebuild");
        field("projectId", REQUIRED, Constraint.uuid());
        field("environmentClassId", Constraint.uuid());
        field("spec", REQUIRED);
        field("spec.specVersion", Constraint.uint64());
        field("spec.desiredPhase", Constraint.oneOf(PHASE, PHASES));
        field("spec.timeout", Constraint.minDuration(300), Constraint.maxDuration(7200));

        for (String one : List.of("GetPrebuild", "CancelPrebuild", "DeletePrebuild", "CreatePrebuildLogsToken")) {
            method(one);
            field("prebuildId", REQUIRED, Constraint.uuid());
        }

        method("ListPrebuilds");
        pagination();
        list("filter.projectIds", MANY, Constraint.uuid());
        list("filter.phases", 10, Constraint.oneOf(PHASE, PHASES));
        list("filter.triggeredBy", 5, TRIGGER);
        list("filter.creatorIds", MANY, Constraint.uuid());
        list("filter.executorIds", MANY, Constraint.uuid());

        method("ListWarmPools");
        pagination();
        list("filter.projectIds", MANY, Constraint.uuid());
        list("filter.environmentClassIds", MANY, Constraint.uuid());

        method("GetEnvironment");
        field("environmentId", REQUIRED, Constraint.uuid());

        method("GetProject");
        field("projectId", REQUIRED, Constraint.uuid());

        method("ListProjects");
        pagination();
        list("filter.projectIds", MANY, Constraint.uuid());
        field("filter.search", Constraint.maxLength(256));
        list("filter.runnerIds", MANY, Constraint.uuid());
        list("filter.runnerKinds", MANY, RUNNER_KIND);
        list("filter.specRemoteUris", MANY, Constraint.uri());
        list("filter.creatorIds", MANY, Constraint.uuid());
        field("sort.field", Constraint.oneOf("", "", "id", "popularity"));
        field("sort.order", Constraint.oneOf("SORT_ORDER_", "UNSPECIFIED", "ASC", "DESC"));
        field("count.include", Constraint.bool());

        method("ListProjectEnvironmentClasses");
        pagination();
        field("projectId", REQUIRED, Constraint.uuid());

        method("ListEnvironmentClasses");
        pagination();
        list("filter.runnerIds", MANY, Constraint.uuid());
        field("filter.enabled", Constraint.bool());
        field("filter.canCreateEnvironments", Constraint.bool());
        list("filter.runnerKinds", MANY, RUNNER_KIND);
        list("filter.runnerProviders", MANY, RUNNER_PROVIDER);

        method("WatchEvents");
        field("organization", Constraint.bool());
        field("environmentId", Constraint.text());
        String filters = "resourceTypeFilters";
        field(filters, Constraint.maxSize(50, Json.object().put("resourceType", EventService.PREBUILD)));
        Constraint known = Constraint.oneOf(RESOURCE, ResourceTypes.NAMES);
        field(filters + "[].resourceType", REQUIRED, known);
        field(filters + "[].resourceType", Constraint.not(RESOURCE + "UNSPECIFIED", EventService.PREBUILD));
        list(filters + "[].resourceIds", MANY, Constraint.uuid());
        list(filters + "[].creatorIds", MANY, Constraint.uuid());
        return List.copyOf(rules);
    }

    private void method(String name) {
        method = name;
    }

    private void pagination() {
        field("pagination.pageSize", Constraint.min(0), Constraint.max(100));
        field("pagination.token", Constraint.text());
    }

    private void list(String name, int maxSize, Constraint each) {
        field(name, Constraint.maxSize(maxSize, each.accepted()));
        field(name + FieldRule.EACH, each);
    }

    private void field(String name, Constraint... constraints) {
        for (Constraint constraint : constraints) {
            rules.add(new FieldRule(method, name, constraint));
        }
    }
}
