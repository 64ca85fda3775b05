package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** All that the simulated Gitpod contains: one organization with its accounts, classes, projects and prebuilds. */
final class SimulatorState {
    private final InstantSource clock;
    private volatile Duration clockOffset = Duration.ZERO;
    private final PhasePlan plan;
    private final Duration readLag;
    private final String organizationId = UUID.randomUUID().toString();
    private final UuidV7 ids = new UuidV7();
    private final Map<String, Account> accountsByName = new ConcurrentHashMap<>();
    private final Map<String, Account> accountsByToken = new ConcurrentHashMap<>();
    private final List<SimProject> projects = new CopyOnWriteArrayList<>();
    private final List<SimEnvironmentClass> environmentClasses = new CopyOnWriteArrayList<>();
    private final List<SimWarmPool> warmPools = new CopyOnWriteArrayList<>();
    private final PrebuildStore prebuilds;
    private final LogTokens logTokens = new LogTokens();
    private final List<Consumer<SimPrebuild>> createHooks = new CopyOnWriteArrayList<>();
    private final SimEvents events = new SimEvents();
    private final AtomicInteger streamCuts = new AtomicInteger();
    private SimEnvironmentClass regular;

    SimulatorState(InstantSource clock, PhasePlan plan, Duration readLag) {
        this.clock = () -> clock.instant().plus(clockOffset);
        this.plan = plan;
        this.readLag = readLag;
        this.prebuilds = new PrebuildStore(this.clock, ids);
    }

    Instant now() {
        return clock.instant();
    }

    /** How far the clock of all that is simulated is ahead of the one it was made with; negative if it is behind. */
    void clockOffset(Duration offset) {
        clockOffset = offset;
    }

    Account account(String name) {
        return accountsByName.computeIfAbsent(name, key -> new Account(key, organizationId, accountsByToken));
    }

    @CheckForNull
    Account accountByToken(String token) {
        return accountsByToken.get(token);
    }

    SimProject addProject(String name) {
        return addProject(name, ids.next(now()));
    }

    synchronized SimProject addProject(String name, String id) {
        if (regular == null) {
            regular = addEnvironmentClass("Regular");
        }
        SimProject project = new SimProject(id, name, organizationId, now(), regular);
        projects.add(project);
        return project;
    }

    SimEnvironmentClass addEnvironmentClass(String displayName) {
        SimEnvironmentClass added = new SimEnvironmentClass(ids.next(now()), displayName);
        environmentClasses.add(added);
        return added;
    }

    List<SimProject> projects() {
        return projects;
    }

    SimProject project(String id) throws ApiError {
        for (SimProject project : projects) {
            if (project.id().equals(id)) {
                return project;
            }
        }
        throw ApiError.notFound("project " + id);
    }

    List<SimEnvironmentClass> environmentClasses() {
        return environmentClasses;
    }

    SimEnvironmentClass environmentClass(String id) throws ApiError {
        for (SimEnvironmentClass environmentClass : environmentClasses) {
            if (environmentClass.id().equals(id)) {
                return environmentClass;
            }
        }
        throw ApiError.notFound("environment class " + id);
    }

    PrebuildStore prebuilds() {
        return prebuilds;
    }

    LogTokens logTokens() {
        return logTokens;
    }

    void onCreate(Consumer<SimPrebuild> hook) {
        createHooks.add(hook);
    }

    SimPrebuild createPrebuild(
            SimProject project, SimEnvironmentClass environmentClass, Account creator, @Nullable String timeout) {
        PhasePlan own = project.plan();
        SimPrebuild made = prebuilds.add(creation -> new SimPrebuild(
                creation, project, environmentClass.id(), creator, timeout, own != null ? own : plan, clock));
        createHooks.forEach(hook -> hook.accept(made));
        return made;
    }

    SimWarmPool addWarmPool(SimProject project, String environmentClassId) {
        SimWarmPool added = new SimWarmPool(ids.next(now()), project, environmentClassId, prebuilds, now());
        warmPools.add(added);
        return added;
    }

    List<SimWarmPool> warmPools() {
        return warmPools;
    }

    SimEvents events() {
        return events;
    }

    /** How often all streams were cut; a stream that sees this change breaks off. */
    int streamCuts() {
        return streamCuts.get();
    }

    void cutStreams() {
        streamCuts.incrementAndGet();
    }

    /** The prebuild as writes see it: at once. */
    SimPrebuild prebuild(String id, Instant now) throws ApiError {
        SimPrebuild prebuild = prebuilds.find(id);
        if (prebuild == null || prebuild.at(now).gone()) {
            throw ApiError.notFound("prebuild " + id);
        }
        return prebuild;
    }

    /** Whether reads see it yet. */
    boolean isReadable(SimPrebuild prebuild, Instant now) {
        return readLag.isZero() || !now.isBefore(prebuild.createdAt().plus(readLag));
    }
}
