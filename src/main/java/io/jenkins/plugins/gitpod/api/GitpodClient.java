package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/**
 * Gitpod's API for one endpoint and one token. Each method is one call, which blocks until the answer or a limit, and
 * fails with a typed {@link GitpodException}. It does not retry: the caller decides
 * that. Blank ids and page sizes outside 0 (the server's default) to 100 are refused with an
 * {@link IllegalArgumentException}. Safe for use by many threads.
 */
public final class GitpodClient {

    private static final String PREBUILDS = "PrebuildService";
    private static final String PROJECTS = "ProjectService";
    private static final int MAX_PAGE_SIZE = 100;

    /**
     * Keeps no connection after its call. All clients share it, because OkHttp looks after each pool with a task of its own.
     */
    private static final ConnectionPool KEEPS_NONE = new ConnectionPool(0, 5, TimeUnit.MINUTES);

    private final GitpodEndpoint endpoint;
    private final String userAgent;
    private final OkHttpClient safe;
    private final Transport repeatable;
    private final Transport once;
    private final Duration connectLimit;

    /** The format in which the server answered this client's last stream. */
    private final AtomicReference<EventFormat> eventFormat = new AtomicReference<>();

    /**
     * Creates a client. This makes no call yet.
     *
     * @param base a client whose proxy, trust and name look-up are used, and nothing else
     * @param endpoint the URL of the API
     * @param token the token of all calls
     * @param limits the limits of each call
     * @param userAgent the text of the {@code User-Agent} header
     */
    public GitpodClient(
            @NonNull OkHttpClient base,
            @NonNull GitpodEndpoint endpoint,
            @NonNull BearerToken token,
            @NonNull ClientLimits limits,
            @NonNull String userAgent) {
        // A create never goes out on a connection that may have died meanwhile.
        this(base, endpoint, token, limits, userAgent, KEEPS_NONE);
    }

    /** Lets the tests send a create on a reused connection. */
    GitpodClient(
            OkHttpClient base,
            GitpodEndpoint endpoint,
            BearerToken token,
            ClientLimits limits,
            String userAgent,
            ConnectionPool poolForCreates) {
        this.endpoint = endpoint;
        this.userAgent = userAgent;
        safe = SafeClient.of(base, endpoint, limits);
        Transport.Caller caller =
                new Transport.Caller(new AtomicReference<>(endpoint), token, userAgent, limits.maxResponseBytes());
        repeatable = new Transport(safe, caller, false);
        once = new Transport(
                safe.newBuilder()
                        .retryOnConnectionFailure(false)
                        .connectionPool(poolForCreates)
                        .build(),
                caller,
                true);
        connectLimit = limits.connect();
    }

    /**
     * Reports the server's time of each response to a listener, except for streams.
     *
     * @param listener the listener for all further responses
     */
    public void setAnswerTimes(@NonNull AnswerTimes listener) {
        repeatable.setAnswerTimes(listener);
        once.setAnswerTimes(listener);
    }

    /**
     * Creates a prebuild of the branch that the project is configured for. The request is sent <strong>at most once</strong>,
     * because each accepted request creates one more prebuild; {@link GitpodException#delivery()} says whether it may have arrived.
     *
     * @param projectId the project
     * @param environmentClassId the environment class, null for the project's default
     * @param timeout how long it may run, whole seconds, 5 to 120 minutes; null for the server's default of 60 minutes
     * @return the new prebuild
     * @throws GitpodException if the answer is not a prebuild
     */
    @NonNull
    public Prebuild createPrebuild(
            @NonNull String projectId, @Nullable String environmentClassId, @Nullable Duration timeout)
            throws GitpodException {
        ObjectNode request = Requests.createPrebuild(projectId, environmentClassId, timeout);
        return once.call(PREBUILDS, "CreatePrebuild", request, Answers::prebuildAnswer);
    }

    /**
     * Reads a prebuild. Some seconds after its creation the server may still answer {@code not_found}.
     *
     * @param prebuildId the prebuild
     * @return how it stands
     * @throws GitpodException if the call failed
     */
    @NonNull
    public Prebuild getPrebuild(@NonNull String prebuildId) throws GitpodException {
        ObjectNode request = Requests.id("prebuildId", prebuildId);
        return repeatable.call(PREBUILDS, "GetPrebuild", request, Answers::prebuildAnswer);
    }

    /**
     * Reads a page of the prebuilds that match a filter.
     *
     * @param filter which ones
     * @param pageSize how many at most, 0 to 100
     * @param page {@code nextPage} of the page before, or null for the first page
     * @return the page
     * @throws GitpodException if the call failed
     */
    @NonNull
    public PrebuildPage listPrebuilds(@NonNull PrebuildFilter filter, int pageSize, @Nullable String page)
            throws GitpodException {
        ObjectNode request = Requests.listPrebuilds(filter, pageSize, page);
        return repeatable.call(PREBUILDS, "ListPrebuilds", request, Answers::prebuildPage);
    }

    /**
     * Requests that a prebuild is cancelled. That takes some time: the answer may still show the old phase.
     *
     * @param prebuildId the prebuild
     * @return how it stands
     * @throws GitpodException if the call failed; {@code failed_precondition} or {@code not_found} if it had ended
     */
    @NonNull
    public Prebuild cancelPrebuild(@NonNull String prebuildId) throws GitpodException {
        ObjectNode request = Requests.id("prebuildId", prebuildId);
        return repeatable.call(PREBUILDS, "CancelPrebuild", request, Answers::prebuildAnswer);
    }

    /**
     * Requests that a prebuild is deleted with its snapshot. That takes some time.
     *
     * @param prebuildId the prebuild
     * @throws GitpodException if the call failed; {@code failed_precondition} or {@code not_found} if it was deleted already
     */
    public void deletePrebuild(@NonNull String prebuildId) throws GitpodException {
        ObjectNode request = Requests.id("prebuildId", prebuildId);
        repeatable.call(PREBUILDS, "DeletePrebuild", request, answer -> answer);
    }

    /**
     * Reads the warm pools of a project. A project has at most one for each environment class.
     *
     * @param projectId the project
     * @param environmentClassId the environment class, or null for all
     * @return the pools
     * @throws GitpodException if the call failed; {@code permission_denied} or {@code unimplemented} without Gitpod Enterprise
     */
    @NonNull
    public List<WarmPool> listWarmPools(@NonNull String projectId, @Nullable String environmentClassId)
            throws GitpodException {
        ObjectNode request = Requests.listWarmPools(projectId, environmentClassId, MAX_PAGE_SIZE);
        return repeatable.call(PREBUILDS, "ListWarmPools", request, Answers::warmPools);
    }

    /**
     * Gets the token that reads a prebuild's log.
     *
     * @param prebuildId the prebuild
     * @return the token, good for one hour
     * @throws GitpodException if the call failed
     */
    @NonNull
    public LogsToken createPrebuildLogsToken(@NonNull String prebuildId) throws GitpodException {
        ObjectNode request = Requests.id("prebuildId", prebuildId);
        return repeatable.call(PREBUILDS, "CreatePrebuildLogsToken", request, Answers::logsToken);
    }

    /**
     * A prebuild's log. This makes no call yet.
     *
     * @param logUrl {@link Prebuild.Status#logUrl()}; the URL must be https, or loopback if the API's URL is
     * @param token the log's own token; the token of this client is never sent to the log's host
     * @param limits the limits of the read
     * @return the log, to be read on a thread of its own
     * @throws LogFailure if no token may be sent to this URL
     */
    @NonNull
    public PrebuildLog prebuildLog(@NonNull String logUrl, @NonNull LogsToken token, @NonNull PrebuildLog.Limits limits)
            throws LogFailure {
        return new PrebuildLog(safe, endpoint, userAgent, logUrl, token, limits);
    }

    /**
     * Reads the identity of the token.
     *
     * @return the identity, which says nothing about what it may do
     * @throws GitpodException if the call failed
     */
    @NonNull
    public Identity getAuthenticatedIdentity() throws GitpodException {
        return repeatable.call("IdentityService", "GetAuthenticatedIdentity", Json.object(), Answers::identity);
    }

    /**
     * Reads a project.
     *
     * @param projectId the project
     * @return the project
     * @throws GitpodException if the call failed
     */
    @NonNull
    public Project getProject(@NonNull String projectId) throws GitpodException {
        ObjectNode request = Requests.id("projectId", projectId);
        return repeatable.call(PROJECTS, "GetProject", request, Answers::projectAnswer);
    }

    /**
     * Reads a page of the projects that match a filter.
     *
     * @param filter which ones
     * @param pageSize how many at most, 0 to 100
     * @param page {@code nextPage} of the page before, or null for the first page
     * @return the page
     * @throws GitpodException if the call failed
     */
    @NonNull
    public ProjectPage listProjects(@NonNull ProjectFilter filter, int pageSize, @Nullable String page)
            throws GitpodException {
        ObjectNode request = Requests.listProjects(filter, pageSize, page);
        return repeatable.call(PROJECTS, "ListProjects", request, Answers::projectPage);
    }

    /**
     * Reads a page of the organization's environment classes.
     *
     * @param pageSize how many at most, 0 to 100
     * @param page {@code nextPage} of the page before, or null for the first page
     * @return the page
     * @throws GitpodException if the call failed
     */
    @NonNull
    public EnvironmentClassPage listEnvironmentClasses(int pageSize, @Nullable String page) throws GitpodException {
        ObjectNode request = Requests.list(pageSize, page, Json.object());
        return repeatable.call(
                "RunnerConfigurationService", "ListEnvironmentClasses", request, Answers::environmentClassPage);
    }

    /**
     * Reads which commit an environment has checked out. The environment of a prebuild exists from STARTING to STOPPING;
     * after that the server answers {@code not_found}.
     *
     * @param environmentId the environment, for example {@link Prebuild.Status#environmentId()}
     * @return what is checked out; empty while the server does not say
     * @throws GitpodException if the call failed; {@code permission_denied} if the account may not read it
     */
    @NonNull
    public EnvironmentGit getEnvironmentGit(@NonNull String environmentId) throws GitpodException {
        ObjectNode request = Requests.id("environmentId", environmentId);
        return repeatable.call("EnvironmentService", "GetEnvironment", request, Answers::environmentGit);
    }

    /**
     * The stream of events of prebuilds. This makes no call yet.
     *
     * @param http the client of all streams
     * @return the stream
     */
    @NonNull
    public EventStream events(@NonNull StreamClient http) {
        return new EventStream(repeatable, http, connectLimit, eventFormat);
    }

    @Override
    public String toString() {
        return "GitpodClient for " + endpoint;
    }
}
