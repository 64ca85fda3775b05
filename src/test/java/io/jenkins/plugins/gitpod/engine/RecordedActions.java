package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** A machine alone: what it wants is written down, and time passes only when a test says so. */
final class RecordedActions implements MachineActions, GitpodCalls {

    /** What was wanted, in order; {@link #take()} empties it. */
    private final List<String> wanted = new ArrayList<>();

    final List<Update> updates = new ArrayList<>();
    final List<Outcome> outcomes = new ArrayList<>();
    final List<Outcome> ends = new ArrayList<>();
    final List<SavedRequest> saves = new ArrayList<>();
    final Map<RetryTimer, Duration> timers = new EnumMap<>(RetryTimer.class);
    private Duration passed = Duration.ofDays(3);
    private boolean savesFail;
    private boolean createIsQueued;
    private boolean ownerThere = true;
    final List<CreateAttempt> handedOver = new ArrayList<>();
    final List<String> surplus = new ArrayList<>();
    final List<Update> surplusTold = new ArrayList<>();

    /** The number of the latest create; 1 after a restart. */
    int latestCreate = 1;

    /** Whether the latest look-up began after the read lag; null if there was none. */
    Boolean lagOver;

    private PrebuildMachine machine;

    PrebuildMachine machine(Function<RecordedActions, PrebuildMachine> maker) {
        machine = maker.apply(this);
        return machine;
    }

    void pass(Duration length) {
        passed = passed.plus(length);
    }

    void savesFail(boolean fail) {
        savesFail = fail;
    }

    void createIsQueued(boolean queued) {
        createIsQueued = queued;
    }

    /** The actions since the last call, one word each. */
    List<String> take() {
        List<String> taken = List.copyOf(wanted);
        wanted.clear();
        return taken;
    }

    @Override
    public Instant now() {
        return Prebuilds.CREATED.plus(passed);
    }

    @Override
    public long nanoTime() {
        return passed.toNanos();
    }

    @Override
    public double random() {
        return 0.5;
    }

    @Override
    public void save() throws IOException {
        if (savesFail) {
            throw new IOException("disk full");
        }
        saves.add(machine.saved());
        wanted.add("save");
    }

    @Override
    public void fetchToken() {
        wanted.add("token");
    }

    @Override
    public Instant serverTime() {
        return null;
    }

    @Override
    public boolean isOwnerThere() {
        return ownerThere;
    }

    @Override
    public boolean isWarmPoolWanted() {
        return false;
    }

    void ownerThere(boolean there) {
        ownerThere = there;
    }

    @Override
    public void handOver(CreateAttempt create, PrebuildRequest to) {
        handedOver.add(create);
        wanted.add("handOver " + create.number());
    }

    @Override
    public void cancelSurplus(Prebuild prebuild, PrebuildRequest to) {
        surplus.add(prebuild.id());
        wanted.add("surplus " + prebuild.id());
    }

    @Override
    public void reportSurplus(Update update) {
        surplusTold.add(update);
    }

    @Override
    public void create(int number) {
        latestCreate = number;
        if (createIsQueued || machine.createLeaves()) {
            wanted.add("create");
        }
    }

    @Override
    public boolean withdrawCreate() {
        return createIsQueued;
    }

    @Override
    public void lookUp(boolean afterLag) {
        lagOver = afterLag;
        wanted.add("lookUp");
    }

    @Override
    public void watch(String prebuildId) {
        wanted.add("watch");
    }

    @Override
    public void unwatch() {
        wanted.add("unwatch");
    }

    @Override
    public void readEnvironment(String environmentId) {
        wanted.add("environment " + environmentId);
    }

    @Override
    public void readWarmPools(String environmentClassId) {
        wanted.add("warmPools " + environmentClassId);
    }

    @Override
    public void cancel(String prebuildId) {
        wanted.add("cancel " + prebuildId);
    }

    @Override
    public void startTimer(RetryTimer timer, Duration delay) {
        timers.put(timer, delay);
        wanted.add("timer " + timer);
    }

    @Override
    public void report(Update update) {
        updates.add(update);
    }

    @Override
    public void conclude(Outcome outcome) {
        outcomes.add(outcome);
        wanted.add("conclude");
    }

    @Override
    public void settle(Outcome end) {
        ends.add(end);
    }

    @Override
    public void finish() {
        wanted.add("finish");
    }

    static PrebuildRequest request(boolean detached, boolean cancelOnAbort) {
        return request(detached, cancelOnAbort, false);
    }

    static PrebuildRequest request(boolean detached, boolean cancelOnAbort, boolean sharedAccount) {
        try {
            Connection connection = new Connection(
                    "main",
                    io.jenkins.plugins.gitpod.api.GitpodEndpoint.parse("https://gitpod.example.com/api"),
                    sharedAccount);
            return new PrebuildRequest(
                    UUID.randomUUID(), connection, Prebuilds.PROJECT, null, null, detached, cancelOnAbort);
        } catch (io.jenkins.plugins.gitpod.api.InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    static TokenUnavailableException noToken(Problem problem) {
        return new TokenUnavailableException(problem, "no token");
    }
}
