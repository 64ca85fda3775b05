package io.jenkins.plugins.gitpod.simulator;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** What the methods accept. */
final class Requests {
    static final Shape EMPTY = new Shape();
    static final Shape CREATE_PREBUILD = new Shape()
            .required("projectId", Check.uuid())
            .optional("environmentClassId", Check.uuid())
            .required("spec", new Shape().optional("timeout", Check.duration(300, 7200)));
    static final Shape ONE_PREBUILD = new Shape().required("prebuildId", Check.uuid());
    static final Shape ONE_ENVIRONMENT = new Shape().required("environmentId", Check.uuid());
    static final Shape ONE_PROJECT = new Shape().required("projectId", Check.uuid());

    private static final int MAX_TOKEN = 4096;
    private static final Shape PAGINATION =
            new Shape().optional("pageSize", Check.int32(0, 100)).optional("token", Check.text(MAX_TOKEN));
    private static final Check UUIDS = Check.listOf(Check.uuid(), 25);
    private static final Set<String> PHASES =
            Arrays.stream(SimPhase.values()).map(SimPhase::wireName).collect(Collectors.toUnmodifiableSet());
    private static final Set<String> TRIGGERS = Set.of("PREBUILD_TRIGGER_MANUAL", "PREBUILD_TRIGGER_SCHEDULED");

    static final Shape LIST_PREBUILDS = new Shape()
            .optional("pagination", PAGINATION)
            .optional(
                    "filter",
                    new Shape()
                            .optional("projectIds", UUIDS)
                            .optional("phases", Check.listOf(Check.oneOf(PHASES), 10))
                            .optional("triggeredBy", Check.listOf(Check.oneOf(TRIGGERS), 5))
                            .optional("creatorIds", UUIDS)
                            .optional("executorIds", UUIDS));
    static final Shape LIST_PROJECTS = new Shape()
            .optional("pagination", PAGINATION)
            .optional(
                    "filter",
                    new Shape()
                            .optional("projectIds", UUIDS)
                            .optional("search", Check.text(256))
                            .optional("specRemoteUris", Check.listOf(Check.uri(), 25)))
            .optional(
                    "sort",
                    new Shape()
                            .optional("field", Check.oneOf(Set.of("id", "popularity")))
                            .optional("order", Check.oneOf(Set.of("SORT_ORDER_ASC", "SORT_ORDER_DESC"))));
    static final Shape LIST_PROJECT_CLASSES =
            new Shape().required("projectId", Check.uuid()).optional("pagination", PAGINATION);
    static final Shape LIST_CLASSES = new Shape().optional("pagination", PAGINATION);

    static final Shape WATCH_EVENTS = new Shape()
            .required("organization", Check.bool())
            .optional(
                    "resourceTypeFilters",
                    Check.listOf(
                            new Shape()
                                    .required("resourceType", Check.oneOf(Set.of(EventService.PREBUILD)))
                                    .optional("resourceIds", UUIDS),
                            50));

    private Requests() {}
}
