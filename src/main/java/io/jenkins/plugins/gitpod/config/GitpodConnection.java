package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
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

/** A named way to Gitpod: where its API is, and the credential to use when a job names none. */
public final class GitpodConnection extends AbstractDescribableImpl<GitpodConnection> {

    /** Where the API of the public service is. */
    public static final String DEFAULT_API_URL = "https://app.gitpod.io/api";

    private final String name;
    private final String apiUrl;
    private String credentialsId;
    private boolean sharedAccount;
    private boolean defaultConnection;
    private String folders;
    private Integer mostUnderWay;
    private Integer shortestPollSeconds;
    private Integer longestPollSeconds;
    private Integer mostCallsAtOnce;
    private Integer callTimeoutSeconds;

    /**
     * @param name by which jobs ask for this connection
     * @param apiUrl base URL of the API, https (http on loopback only), such as {@value #DEFAULT_API_URL}
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

    /** Id of a secret text credential of Jenkins itself, or null. */
    @CheckForNull
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Whether the account behind the credential also starts prebuilds for others; see {@link Connection#sharedAccount}. */
    public boolean isSharedAccount() {
        return sharedAccount;
    }

    @DataBoundSetter
    public void setSharedAccount(boolean sharedAccount) {
        this.sharedAccount = sharedAccount;
    }

    /** Whether jobs that name no connection use this one. */
    public boolean isDefaultConnection() {
        return defaultConnection;
    }

    @DataBoundSetter
    public void setDefaultConnection(boolean defaultConnection) {
        this.defaultConnection = defaultConnection;
    }

    /** Full names of the folders, one in each line, whose jobs may use the default credential; null for all jobs. */
    @CheckForNull
    public String getFolders() {
        return folders;
    }

    @DataBoundSetter
    public void setFolders(String folders) {
        this.folders = Util.fixEmptyAndTrim(folders);
    }

    /** How many prebuilds of this connection may be under way at once; null for any number. */
    @CheckForNull
    public Integer getMostUnderWay() {
        return mostUnderWay;
    }

    @DataBoundSetter
    public void setMostUnderWay(Integer mostUnderWay) {
        this.mostUnderWay = mostUnderWay;
    }

    /** How often prebuilds are read while all is well, in seconds, 5 to 120; null for the default. */
    @CheckForNull
    public Integer getShortestPollSeconds() {
        return shortestPollSeconds;
    }

    @DataBoundSetter
    public void setShortestPollSeconds(Integer shortestPollSeconds) {
        this.shortestPollSeconds = shortestPollSeconds;
    }

    /** The longest pause between reads while Gitpod is in trouble, in seconds, 5 to 120; null for the default. */
    @CheckForNull
    public Integer getLongestPollSeconds() {
        return longestPollSeconds;
    }

    @DataBoundSetter
    public void setLongestPollSeconds(Integer longestPollSeconds) {
        this.longestPollSeconds = longestPollSeconds;
    }

    /** How many calls may be out at once with one token, 1 to 7; null for 7. */
    @CheckForNull
    public Integer getMostCallsAtOnce() {
        return mostCallsAtOnce;
    }

    @DataBoundSetter
    public void setMostCallsAtOnce(Integer mostCallsAtOnce) {
        this.mostCallsAtOnce = mostCallsAtOnce;
    }

    /** The longest time of a whole call, in seconds, 5 to 120; null for the default. */
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
            case MOST_UNDER_WAY -> mostUnderWay;
            case SHORTEST_POLL -> shortestPollSeconds;
            case LONGEST_POLL -> longestPollSeconds;
            case MOST_CALLS_AT_ONCE -> mostCallsAtOnce;
            case CALL_TIMEOUT -> callTimeoutSeconds;
        };
    }

    /** What is configured here, and otherwise what is usual. */
    @NonNull
    SessionLimits limits(@NonNull SessionLimits usual) {
        Integer calls = sane(ConnectionSetting.MOST_CALLS_AT_ONCE);
        return new SessionLimits(
                seconds(ConnectionSetting.SHORTEST_POLL, usual.shortestPoll()),
                seconds(ConnectionSetting.LONGEST_POLL, usual.longestPoll()),
                calls == null ? usual.maxConcurrentCalls() : calls,
                callLimits(usual.call()));
    }

    private ClientLimits callLimits(ClientLimits usual) {
        if (sane(ConnectionSetting.CALL_TIMEOUT) == null) {
            return usual;
        }
        Duration whole = seconds(ConnectionSetting.CALL_TIMEOUT, usual.call());
        Duration connect = usual.connect().compareTo(whole) < 0 ? usual.connect() : whole;
        // A server that needs its time is silent for all of it.
        return new ClientLimits(connect, whole, whole, usual.maxResponseBytes());
    }

    private Duration seconds(ConnectionSetting which, Duration otherwise) {
        Integer seconds = sane(which);
        return seconds == null ? otherwise : Duration.ofSeconds(seconds);
    }

    /** A file edited by hand must not stop what is under way: what has no meaning in it counts as left out. */
    private Object readResolve() {
        GitpodConnection read = new GitpodConnection(name, apiUrl);
        read.credentialsId = credentialsId;
        read.sharedAccount = sharedAccount;
        read.defaultConnection = defaultConnection;
        read.folders = folders;
        read.mostUnderWay = sane(ConnectionSetting.MOST_UNDER_WAY);
        read.shortestPollSeconds = sane(ConnectionSetting.SHORTEST_POLL);
        read.longestPollSeconds = sane(ConnectionSetting.LONGEST_POLL);
        read.mostCallsAtOnce = sane(ConnectionSetting.MOST_CALLS_AT_ONCE);
        read.callTimeoutSeconds = sane(ConnectionSetting.CALL_TIMEOUT);
        return read;
    }

    @CheckForNull
    private Integer sane(ConnectionSetting which) {
        Integer number = number(which);
        return which.accepts(number) ? number : null;
    }

    /** Whether it leads to the same place by the same name. */
    boolean isSameWay(@NonNull GitpodConnection other) {
        return name.equals(other.name) && apiUrl.equals(other.apiUrl);
    }

    /** Whether this is what is configured, and not only typed into a form. */
    private boolean isSavedLikeThis() {
        return GitpodGlobalConfiguration.get().getConnections().stream()
                .anyMatch(each -> isSameWay(each) && Objects.equals(credentialsId, each.credentialsId));
    }

    /** Whether requests that were made over such a connection go where this one leads, so may have its credential. */
    boolean isWayOf(@NonNull Connection request) {
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

    /** Whether a job is in a folder, at any depth, that may use the default credential. */
    boolean mayUseDefaultCredential(@NonNull String jobFullName) {
        List<String> names = folderNames();
        return names.isEmpty() || names.stream().anyMatch(name -> jobFullName.startsWith(name + "/"));
    }

    /** What makes this connection unusable by itself, in words, or null. */
    @CheckForNull
    String problem() {
        if (name.isEmpty()) {
            return Messages.GitpodConnection_noName();
        }
        try {
            GitpodEndpoint.parse(apiUrl);
        } catch (InvalidEndpointException e) {
            return Messages.GitpodConnection_badUrl(name, EndpointProblems.message(e));
        }
        for (ConnectionSetting each : ConnectionSetting.values()) {
            if (!each.accepts(number(each))) {
                return each.problem();
            }
        }
        return pollProblem(shortestPollSeconds, longestPollSeconds);
    }

    @CheckForNull
    private static String pollProblem(@Nullable Integer shortest, @Nullable Integer longest) {
        return shortest != null && longest != null && longest < shortest
                ? Messages.GitpodConnection_longestBelowShortest()
                : null;
    }

    /**
     * What the engine needs to know of it.
     *
     * @throws InvalidEndpointException if the URL is not usable, as it may be in a file edited by hand
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public Connection toEngine() throws InvalidEndpointException {
        return new Connection(name, GitpodEndpoint.parse(apiUrl), sharedAccount);
    }

    /** Form checks. */
    @Extension
    @Symbol("gitpodConnection")
    public static final class DescriptorImpl extends Descriptor<GitpodConnection> {

        private static final int NAMED_PROJECTS = 3;

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
                return FormValidation.error(EndpointProblems.message(e));
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
                // Said beside the URL.
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
        public FormValidation doCheckMostUnderWay(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.MOST_UNDER_WAY.check(value);
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
        public FormValidation doCheckMostCallsAtOnce(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return ConnectionSetting.MOST_CALLS_AT_ONCE.check(value);
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

        /** Asks Gitpod whose token it is, with what stands in the form. */
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
                return FormValidation.error(EndpointProblems.message(e));
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
                return FormValidation.ok(Messages.GitpodConnection_tested(
                        principal(identity),
                        identity.subjectId(),
                        Objects.toString(identity.organizationId(), Messages.GitpodConnection_noOrganization()),
                        projects(access),
                        TokenExpiry.of(access.token())
                                .map(end ->
                                        " " + Messages.GitpodConnection_testedUntil(ExpiringTokensMonitor.time(end)))
                                .orElse("")));
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

        private static String projects(AuthenticatedConnection access) {
            try {
                List<Project> seen = GitpodLookup.get().search(access, "");
                if (seen.isEmpty()) {
                    return Messages.GitpodConnection_seesNoProject();
                }
                String names = seen.stream()
                        .limit(NAMED_PROJECTS)
                        .map(project -> Objects.toString(project.name(), project.id()))
                        .collect(Collectors.joining(", "));
                return seen.size() > NAMED_PROJECTS
                        ? Messages.GitpodConnection_seesMoreProjects(names)
                        : Messages.GitpodConnection_seesProjects(names);
            } catch (GitpodException e) {
                return Messages.GitpodConnection_projectsUnknown(CallFailures.explain(e, access.connection()));
            }
        }
    }
}
