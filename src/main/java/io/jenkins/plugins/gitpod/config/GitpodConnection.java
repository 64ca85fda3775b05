package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Identity;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.TokenExpiry;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.SessionLimits;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** A named connection to Gitpod: the URL of the API, and the credential of jobs that specify none. Saved: fields may be added but not renamed. */
public final class GitpodConnection implements Describable<GitpodConnection> {

    /** The URL of the public API. */
    public static final String DEFAULT_API_URL = "https://app.gitpod.io/api";

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
     * @param apiUrl the base URL of the API, https (http for the loopback address only), for example {@value #DEFAULT_API_URL}
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

    private ClientLimits callLimits(ClientLimits usual) {
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
    private boolean isSavedLikeThis() {
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
    private List<String> folderNames() {
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
    private static String pollProblem(@Nullable Integer shortest, @Nullable Integer longest) {
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

    /** The descriptor of the connection, with the checks of the form. */
    @Extension
    @Symbol("gitpodConnection")
    public static final class DescriptorImpl extends Descriptor<GitpodConnection> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodConnection_displayName();
        }

        @Override
        public GitpodConnection newInstance(@Nullable StaplerRequest2 req, @NonNull JSONObject formData)
                throws FormException {
            for (ConnectionSetting each : ConnectionSetting.values()) {
                String typed = formData.optString(each.field(), "");
                String problem = typed.equals("null") ? null : each.problem(typed);
                if (problem != null) {
                    throw new FormException(problem, each.field());
                }
            }
            return super.newInstance(req, formData);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckName(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.GitpodConnection_noName())
                    : FormValidation.ok();
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckApiUrl(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                GitpodEndpoint.parse(Util.fixNull(value));
                return FormValidation.ok();
            } catch (InvalidEndpointException e) {
                return FormValidation.error(urlProblem(e));
            }
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckCredentialsId(
                @QueryParameter String value, @QueryParameter String name, @QueryParameter String apiUrl) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            String id = Util.fixEmptyAndTrim(value);
            if (id == null) {
                return FormValidation.ok(Messages.GitpodConnection_noDefaultCredential());
            }
            try {
                new TokenLookup(Util.fixNull(name), GitpodEndpoint.parse(apiUrl)).forItem(id, (Item) null);
                return FormValidation.ok();
            } catch (InvalidEndpointException e) {
                // The check of the URL says so.
                return FormValidation.ok();
            } catch (TokenUnavailableException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckFolders(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            GitpodConnection typed = new GitpodConnection("", "");
            typed.setFolders(value);
            List<String> unknown = typed.folderNames().stream()
                    .filter(name -> !(Jenkins.get().getItemByFullName(name) instanceof ItemGroup))
                    .toList();
            return unknown.isEmpty()
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.GitpodConnection_unknownFolders(String.join(", ", unknown)));
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMaximumConcurrent(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.MAXIMUM_CONCURRENT.check(value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckShortestPollSeconds(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.SHORTEST_POLL.check(value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckLongestPollSeconds(
                @QueryParameter String value, @QueryParameter String shortestPollSeconds) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            FormValidation alone = ConnectionSetting.LONGEST_POLL.check(value);
            if (alone.kind != FormValidation.Kind.OK
                    || ConnectionSetting.SHORTEST_POLL.problem(shortestPollSeconds) != null) {
                return alone;
            }
            String problem = pollProblem(number(shortestPollSeconds), number(value));
            return problem == null ? alone : FormValidation.error(problem);
        }

        @CheckForNull
        private static Integer number(@Nullable String checked) {
            String text = Util.fixEmptyAndTrim(checked);
            return text == null ? null : Integer.valueOf(text);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckMaximumCalls(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.MAXIMUM_CALLS.check(value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doCheckCallTimeoutSeconds(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.CALL_TIMEOUT.check(value);
        }

        @POST
        @Restricted(NoExternalUse.class)
        public ListBoxModel doFillCredentialsIdItems(
                @QueryParameter String apiUrl, @QueryParameter String credentialsId) {
            StandardListBoxModel items = new StandardListBoxModel();
            if (!Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                return items.includeCurrentValue(credentialsId);
            }
            return items.includeEmptyValue()
                    .includeAs(
                            ACL.SYSTEM2,
                            Jenkins.get(),
                            StringCredentials.class,
                            URIRequirementBuilder.fromUri(Util.fixNull(apiUrl)).build())
                    .includeCurrentValue(credentialsId);
        }

        /** Asks Gitpod for the identity of the token, with the values in the form. */
        @POST
        @Restricted(NoExternalUse.class)
        public FormValidation doTestConnection(
                @QueryParameter String name, @QueryParameter String apiUrl, @QueryParameter String credentialsId) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            GitpodConnection typed = new GitpodConnection(name, apiUrl);
            typed.setCredentialsId(credentialsId);
            AuthenticatedConnection access;
            try {
                Connection connection = typed.toEngine();
                access = new AuthenticatedConnection(
                        connection,
                        new TokenLookup(connection.name(), connection.endpoint()).forConnection(typed, null));
            } catch (InvalidEndpointException e) {
                return FormValidation.error(urlProblem(e));
            } catch (TokenUnavailableException e) {
                return FormValidation.error(
                        typed.getCredentialsId() == null
                                ? Messages.GitpodConnection_testWithoutCredential()
                                : e.getMessage());
            }
            try {
                Identity identity = GitpodLookup.get().identity(access);
                RefusedTokensMonitor.get().note(typed.getName(), null, null, true);
                if (typed.isSavedLikeThis()) {
                    ExpiringTokensMonitor.get().note(typed.getName(), null, null, access.token());
                }
                FormValidation accepted = FormValidation.ok(Messages.GitpodConnection_tested(
                        principal(identity),
                        identity.subjectId(),
                        Objects.toString(identity.organizationId(), Messages.GitpodConnection_noOrganization()),
                        TokenExpiry.of(access.token())
                                .map(end ->
                                        " " + Messages.GitpodConnection_testedUntil(ExpiringTokensMonitor.time(end)))
                                .orElse("")));
                return FormValidation.aggregate(List.of(accepted, VisibleToToken.projects(access), VisibleToToken.classes(access)));
            } catch (GitpodException e) {
                return FormValidation.error(CallFailures.explain(e, access.connection()));
            }
        }

        private static String principal(Identity identity) {
            String kind = Objects.toString(identity.principal(), "").replaceFirst("^PRINCIPAL_", "");
            return switch (kind) {
                case "USER" -> Messages.GitpodConnection_user();
                case "SERVICE_ACCOUNT" -> Messages.GitpodConnection_serviceAccount();
                default -> Messages.GitpodConnection_otherPrincipal(kind.toLowerCase(Locale.ROOT));
            };
        }
    }
}
