package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** A named connection to Gitpod: the URL of the API, and the credential of jobs that specify none. Saved: fields may be added but not renamed. */
public final class GitpodConnection implements Describable<GitpodConnection> {

    private final String name;
    private final String apiUrl;
    private String credentialsId;
    private boolean sharedAccount;
    private boolean defaultConnection;
    private String folders;
    private Integer maximumConcurrent;
    private Integer shortestPollSeconds;
    private Integer longestPollSeconds;
    private Integer maximumCalls;
    private Integer callTimeoutSeconds;

    /**
     * @param name the name by which jobs refer to this connection
     * @param apiUrl the base URL of the API, https (http for the loopback address only), for example
     *     {@code https://app.gitpod.io/api}
     */
    @DataBoundConstructor
    public GitpodConnection(String name, String apiUrl) {
        this.name = Util.fixNull(name).trim();
        this.apiUrl = Util.fixNull(apiUrl).trim();
    }

    @NonNull
    public String getName() {
        return name;
    }

    @NonNull
    public String getApiUrl() {
        return apiUrl;
    }

    /** The id of a secret text credential of Jenkins itself, or null. */
    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether other automation uses the same Gitpod account; see {@link Connection#sharedAccount}. */
    public boolean isSharedAccount() {
        return sharedAccount;
    }

    @DataBoundSetter
    public void setSharedAccount(boolean sharedAccount) {
        this.sharedAccount = sharedAccount;
    }

    /** Whether jobs that specify no connection use this one. */
    public boolean isDefaultConnection() {
        return defaultConnection;
    }

    @DataBoundSetter
    public void setDefaultConnection(boolean defaultConnection) {
        this.defaultConnection = defaultConnection;
    }

    /** The full names of the folders, one per line, whose jobs may use the credential; null for all jobs. */
    @CheckForNull
    public String getFolders() {
        return folders;
    }

    @DataBoundSetter
    public void setFolders(String folders) {
        this.folders = Util.fixEmptyAndTrim(folders);
    }

    /** The maximum number of concurrent prebuilds, 1 or more; null for no maximum. */
    @CheckForNull
    public Integer getMaximumConcurrent() {
        return maximumConcurrent;
    }

    @DataBoundSetter
    public void setMaximumConcurrent(Integer maximumConcurrent) {
        this.maximumConcurrent = maximumConcurrent;
    }

    /** The time between reads while Gitpod responds, in seconds, 5 to 120; null for the default (12). */
    @CheckForNull
    public Integer getShortestPollSeconds() {
        return shortestPollSeconds;
    }

    @DataBoundSetter
    public void setShortestPollSeconds(Integer shortestPollSeconds) {
        this.shortestPollSeconds = shortestPollSeconds;
    }

    /** The maximum time between reads while calls fail, in seconds, 5 to 120; null for the default (60). */
    @CheckForNull
    public Integer getLongestPollSeconds() {
        return longestPollSeconds;
    }

    @DataBoundSetter
    public void setLongestPollSeconds(Integer longestPollSeconds) {
        this.longestPollSeconds = longestPollSeconds;
    }

    /** The maximum number of concurrent calls with one token, 1 to 7; null for the default (7). */
    @CheckForNull
    public Integer getMaximumCalls() {
        return maximumCalls;
    }

    @DataBoundSetter
    public void setMaximumCalls(Integer maximumCalls) {
        this.maximumCalls = maximumCalls;
    }

    /** The maximum time of a call, in seconds, 5 to 120; null for the default (30). */
    @CheckForNull
    public Integer getCallTimeoutSeconds() {
        return callTimeoutSeconds;
    }

    @DataBoundSetter
    public void setCallTimeoutSeconds(Integer callTimeoutSeconds) {
        this.callTimeoutSeconds = callTimeoutSeconds;
    }

    @CheckForNull
    private Integer number(ConnectionSetting which) {
        return switch (which) {
            case MAXIMUM_CONCURRENT -> maximumConcurrent;
            case SHORTEST_POLL -> shortestPollSeconds;
            case LONGEST_POLL -> longestPollSeconds;
            case MAXIMUM_CALLS -> maximumCalls;
            case CALL_TIMEOUT -> callTimeoutSeconds;
        };
    }

    /** The limits of this connection. Those that are not configured are the usual ones. */
    @NonNull
    SessionLimits limits(@NonNull SessionLimits usual) {
        Integer calls = valid(ConnectionSetting.MAXIMUM_CALLS);
        return new SessionLimits(
                seconds(ConnectionSetting.SHORTEST_POLL, usual.shortestPoll()),
                seconds(ConnectionSetting.LONGEST_POLL, usual.longestPoll()),
                calls == null ? usual.maxConcurrentCalls() : calls,
                callLimits(usual.call()));
    }

    /** The limits of a call. Those that are not configured are the usual ones. */
    @NonNull
    ClientLimits callLimits(@NonNull ClientLimits usual) {
        if (valid(ConnectionSetting.CALL_TIMEOUT) == null) {
            return usual;
        }
        Duration whole = seconds(ConnectionSetting.CALL_TIMEOUT, usual.call());
        Duration connect = usual.connect().compareTo(whole) < 0 ? usual.connect() : whole;
        // A slow server may send nothing during the whole call.
        return new ClientLimits(connect, whole, whole, usual.maxResponseBytes());
    }

    private Duration seconds(ConnectionSetting which, Duration otherwise) {
        Integer seconds = valid(which);
        return seconds == null ? otherwise : Duration.ofSeconds(seconds);
    }

    /** Ignores invalid numbers in a file that a person edited, so that open requests continue. */
    private Object readResolve() {
        GitpodConnection read = new GitpodConnection(name, apiUrl);
        read.credentialsId = credentialsId;
        read.sharedAccount = sharedAccount;
        read.defaultConnection = defaultConnection;
        read.folders = folders;
        read.maximumConcurrent = valid(ConnectionSetting.MAXIMUM_CONCURRENT);
        read.shortestPollSeconds = valid(ConnectionSetting.SHORTEST_POLL);
        read.longestPollSeconds = valid(ConnectionSetting.LONGEST_POLL);
        read.maximumCalls = valid(ConnectionSetting.MAXIMUM_CALLS);
        read.callTimeoutSeconds = valid(ConnectionSetting.CALL_TIMEOUT);
        return read;
    }

    @CheckForNull
    private Integer valid(ConnectionSetting which) {
        Integer number = number(which);
        return which.accepts(number) ? number : null;
    }

    /** Whether the other connection has the same name and URL. */
    boolean isSameTarget(@NonNull GitpodConnection other) {
        return name.equals(other.name) && apiUrl.equals(other.apiUrl);
    }

    /** Whether this connection is saved, and not only typed into a form. */
    boolean isSavedLikeThis() {
        return GitpodGlobalConfiguration.get().getConnections().stream()
                .anyMatch(each -> isSameTarget(each) && Objects.equals(credentialsId, each.credentialsId));
    }

    /** Whether a request's connection has the same name and service, so that the request may use this credential. */
    boolean serves(@NonNull Connection request) {
        try {
            return name.equals(request.name()) && GitpodEndpoint.parse(apiUrl).isSameServiceAs(request.endpoint());
        } catch (InvalidEndpointException e) {
            return false;
        }
    }

    @NonNull
    List<String> folderNames() {
        List<String> names = new ArrayList<>();
        for (String line : Util.fixNull(folders).split("\\R")) {
            String name = line.strip().replaceAll("^/+|/+$", "");
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    /** Whether a job may use the credential: it is in one of the folders, at any depth, or there are no folders. */
    boolean mayUseDefaultCredential(@NonNull String jobFullName) {
        List<String> names = folderNames();
        return names.isEmpty() || names.stream().anyMatch(name -> jobFullName.startsWith(name + "/"));
    }

    /** A message about the first invalid value of this connection, or null if all are valid. */
    @CheckForNull
    String problem() {
        if (name.isEmpty()) {
            return Messages.GitpodConnection_noName();
        }
        try {
            GitpodEndpoint.parse(apiUrl);
        } catch (InvalidEndpointException e) {
            return Messages.GitpodConnection_badUrl(name, urlProblem(e));
        }
        for (ConnectionSetting each : ConnectionSetting.values()) {
            if (!each.accepts(number(each))) {
                return each.problem();
            }
        }
        return pollProblem(shortestPollSeconds, longestPollSeconds);
    }

    /** Explains why an API URL is invalid. */
    @NonNull
    static String urlProblem(@NonNull InvalidEndpointException e) {
        return switch (e.problem()) {
            case BLANK -> Messages.GitpodConnection_urlBlank();
            case NOT_A_URL -> Messages.GitpodConnection_urlInvalid();
            case NOT_HTTPS -> Messages.GitpodConnection_urlNotHttps();
            case NO_HOST -> Messages.GitpodConnection_urlWithoutHost();
            case USER_INFO -> Messages.GitpodConnection_urlWithUserInfo();
            case QUERY -> Messages.GitpodConnection_urlWithQuery();
            case FRAGMENT -> Messages.GitpodConnection_urlWithFragment();
        };
    }

    @CheckForNull
    static String pollProblem(@Nullable Integer shortest, @Nullable Integer longest) {
        return shortest != null && longest != null && longest < shortest
                ? Messages.GitpodConnection_longestBelowShortest()
                : null;
    }

    /**
     * The connection for the engine.
     *
     * @throws InvalidEndpointException if the URL is invalid, which is possible in a file that a person edited
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public Connection toEngine() throws InvalidEndpointException {
        return new Connection(name, GitpodEndpoint.parse(apiUrl), sharedAccount);
    }

    /** The descriptor of the connection. */
    @Extension
    @Symbol("gitpodConnection")
    public static final class DescriptorImpl extends GitpodConnectionForm {}
}
