package io.jenkins.plugins.gitpod.config;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Identity;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.TokenExpiry;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.TokenUnavailableException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** The form of a {@link GitpodConnection}: checks, choices, and the test of a connection. For administrators only. */
@Restricted(NoExternalUse.class)
public abstract class GitpodConnectionForm extends Descriptor<GitpodConnection> {

    GitpodConnectionForm() {
        super(GitpodConnection.class);
    }

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
    public FormValidation doCheckName(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.error(Messages.GitpodConnection_noName())
                : FormValidation.ok();
    }

    @POST
    public FormValidation doCheckApiUrl(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            GitpodEndpoint.parse(Util.fixNull(value));
            return FormValidation.ok();
        } catch (InvalidEndpointException e) {
            return FormValidation.error(GitpodConnection.urlProblem(e));
        }
    }

    @POST
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
    public FormValidation doCheckMaximumConcurrent(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return ConnectionSetting.MAXIMUM_CONCURRENT.check(value);
    }

    @POST
    public FormValidation doCheckShortestPollSeconds(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return ConnectionSetting.SHORTEST_POLL.check(value);
    }

    @POST
    public FormValidation doCheckLongestPollSeconds(
            @QueryParameter String value, @QueryParameter String shortestPollSeconds) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        FormValidation alone = ConnectionSetting.LONGEST_POLL.check(value);
        if (alone.kind != FormValidation.Kind.OK
                || ConnectionSetting.SHORTEST_POLL.problem(shortestPollSeconds) != null) {
            return alone;
        }
        String problem = GitpodConnection.pollProblem(number(shortestPollSeconds), number(value));
        return problem == null ? alone : FormValidation.error(problem);
    }

    @CheckForNull
    private static Integer number(@Nullable String checked) {
        String text = Util.fixEmptyAndTrim(checked);
        return text == null ? null : Integer.valueOf(text);
    }

    @POST
    public FormValidation doCheckMaximumCalls(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return ConnectionSetting.MAXIMUM_CALLS.check(value);
    }

    @POST
    public FormValidation doCheckCallTimeoutSeconds(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return ConnectionSetting.CALL_TIMEOUT.check(value);
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(@QueryParameter String apiUrl, @QueryParameter String credentialsId) {
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
    public FormValidation doTestConnection(
            @QueryParameter String name, @QueryParameter String apiUrl, @QueryParameter String credentialsId) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        GitpodConnection typed = new GitpodConnection(name, apiUrl);
        typed.setCredentialsId(credentialsId);
        AuthenticatedConnection access;
        try {
            Connection connection = typed.toEngine();
            access = AuthenticatedConnection.forForm(
                    connection,
                    new TokenLookup(connection.name(), connection.endpoint())
                            .forConnection(typed, null)
                            .token());
        } catch (InvalidEndpointException e) {
            return FormValidation.error(GitpodConnection.urlProblem(e));
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
                            .map(end -> " " + Messages.GitpodConnection_testedUntil(ExpiringTokensMonitor.time(end)))
                            .orElse("")));
            return FormValidation.aggregate(
                    List.of(accepted, TokenVisibility.projects(access), TokenVisibility.classes(access)));
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
