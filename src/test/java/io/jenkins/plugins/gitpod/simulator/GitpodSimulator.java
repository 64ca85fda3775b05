package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * A Gitpod in memory behind a real port of the loopback address. It answers as the real one is known to, refuses what
 * the real one would refuse, fails on demand, and records each call. Thread-safe; {@link #close()} ends everything.
 */
public final class GitpodSimulator implements AutoCloseable {
    private final SimulatorState state;
    private final Records records;
    private final Faults faults = new Faults();
    private final RateLimiter limiter = new RateLimiter();
    private final HttpServer server;
    private final String apiPath;

    private GitpodSimulator(Builder builder) {
        apiPath = builder.apiPath;
        state = new SimulatorState(builder.clock, builder.plan, builder.readLag);
        records = new Records(state.prebuilds(), state::now, this::connectionCount);
        PrebuildJson json = new PrebuildJson(() -> uri(LogRoute.PATH));
        Routes routes = new Routes(apiPath, state, limiter, new LogRoute(state, records), json);
        server = new HttpServer(builder.port, new RequestHandler(routes, records, faults), state::now);
    }

    private int connectionCount() {
        return server.connectionCount();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    /**
     * Begins a simulator.
     *
     * @return a builder with the defaults of each of its methods
     */
    @NonNull
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Where the API is.
     *
     * @return for instance {@code http://127.0.0.1:40123/api}
     */
    @NonNull
    public URI apiUrl() {
        return uri(apiPath);
    }

    /**
     * Makes an account, or finds the one it has made before.
     *
     * @param name any name
     * @return the account
     */
    @NonNull
    public Account account(@NonNull String name) {
        return state.account(name);
    }

    /**
     * Makes a project.
     *
     * @param name its name
     * @return the project, to be told more about
     */
    @NonNull
    public SimProject addProject(@NonNull String name) {
        return state.addProject(name);
    }

    /**
     * Makes a project with a certain id.
     *
     * @param name its name
     * @param id a uuid that no other project has
     * @return the project, to be told more about
     */
    @NonNull
    public SimProject addProject(@NonNull String name, @NonNull String id) {
        return state.addProject(name, id);
    }

    /**
     * Makes an environment class.
     *
     * @param displayName its name
     * @return the class, to be told more about
     */
    @NonNull
    public SimEnvironmentClass addEnvironmentClass(@NonNull String displayName) {
        return state.addEnvironmentClass(displayName);
    }

    /**
     * Makes a warm pool for the first environment class of a project.
     *
     * @param project the project
     * @return the pool, to be told more about
     */
    @NonNull
    public SimWarmPool addWarmPool(@NonNull SimProject project) {
        return state.addWarmPool(project, project.classList().get(0).id());
    }

    /**
     * The projects made so far.
     *
     * @return a snapshot, oldest first
     */
    @NonNull
    public List<SimProject> projects() {
        return List.copyOf(state.projects());
    }

    /**
     * What was asked and done.
     *
     * @return the records
     */
    @NonNull
    public Records records() {
        return records;
    }

    /**
     * What shall go wrong.
     *
     * @return the faults
     */
    @NonNull
    public Faults faults() {
        return faults;
    }

    /** Listens again, on the same port; nothing happens if it listens already. */
    public void listen() {
        server.listen();
    }

    /** Closes the port and all connections: further calls are refused. Calls that hang keep hanging. */
    public void stopListening() {
        server.stopListening();
    }

    /**
     * A prebuild, to interfere with.
     *
     * @param id its id
     * @return the prebuild, deleted or not
     * @throws IllegalArgumentException if there never was one
     */
    @NonNull
    public SimPrebuild prebuild(@NonNull String id) {
        SimPrebuild prebuild = state.prebuilds().find(id);
        if (prebuild == null) {
            throw new IllegalArgumentException("No prebuild " + id);
        }
        return prebuild;
    }

    /**
     * Adds what happens when a prebuild is made: within the request, before it is answered.
     *
     * @param hook gets the new prebuild; must not throw
     */
    public void onCreate(@NonNull Consumer<SimPrebuild> hook) {
        state.onCreate(hook);
    }

    /**
     * Limits the calls in each second of the simulator's clock, all accounts together; what is beyond gets a 429 with
     * the wait in a RetryInfo detail.
     *
     * @param limit 0 for no limit, as at first
     */
    public void maxCallsPerSecond(int limit) {
        limiter.limit(limit);
    }

    /**
     * Sets the simulator's clock off from the one it was made with: what it dates, and the {@code Date} header.
     *
     * @param offset how far it is ahead; negative if it is behind; zero at first
     */
    public void clockOffset(@NonNull Duration offset) {
        state.clockOffset(offset);
    }

    /**
     * Sets whether answers have a {@code Date} header.
     *
     * @param sent true at first
     */
    public void dateHeader(boolean sent) {
        server.dateHeader(sent);
    }

    /**
     * The event streams, to interfere with.
     *
     * @return the same object each time
     */
    @NonNull
    public SimEvents events() {
        return state.events();
    }

    /** Breaks off all log and event streams that are open now; who connects again is served again. */
    public void cutStreams() {
        state.cutStreams();
    }

    /** Ends everything: port, connections, threads, also those that hang. */
    @Override
    public void close() {
        server.close();
    }

    /** What a simulator can be told before it starts. */
    public static final class Builder {
        private InstantSource clock = InstantSource.system();
        private int port;
        private String apiPath = "/api";
        private PhasePlan plan = PhasePlan.typical();
        private Duration readLag = Duration.ZERO;

        private Builder() {}

        /**
         * Sets the clock of all that is simulated.
         *
         * @param newClock the real time if not set
         * @return this
         */
        @NonNull
        public Builder clock(@NonNull InstantSource newClock) {
            clock = newClock;
            return this;
        }

        /**
         * Sets the port.
         *
         * @param newPort 0, as at first, for any free one
         * @return this
         */
        @NonNull
        public Builder port(int newPort) {
            port = newPort;
            return this;
        }

        /**
         * Sets where the API begins.
         *
         * @param path {@code /api} if not set; may be empty
         * @return this
         */
        @NonNull
        public Builder apiPath(@NonNull String path) {
            apiPath = path;
            return this;
        }

        /**
         * Sets what new prebuilds go through.
         *
         * @param newPlan {@link PhasePlan#typical()} if not set
         * @return this
         */
        @NonNull
        public Builder phasePlan(@NonNull PhasePlan newPlan) {
            plan = newPlan;
            return this;
        }

        /**
         * Sets how long reads do not know of a new prebuild.
         *
         * @param lag none if not set
         * @return this
         */
        @NonNull
        public Builder readLag(@NonNull Duration lag) {
            readLag = lag;
            return this;
        }

        /**
         * Makes the simulator and starts it.
         *
         * @return a simulator that listens
         */
        @NonNull
        public GitpodSimulator start() {
            GitpodSimulator simulator = new GitpodSimulator(this);
            simulator.listen();
            return simulator;
        }
    }
}
