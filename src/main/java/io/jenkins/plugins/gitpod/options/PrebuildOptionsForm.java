package io.jenkins.plugins.gitpod.options;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection.NoAccessException;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import java.time.ZoneId;
import jenkins.model.Jenkins;
import net.sf.json.JSONNull;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The form of {@link PrebuildOptions}: checks, suggestions and choices for the pipeline step, the freestyle build step and
 * the job property. A user who may not configure the item gets no answer, and no call is made for that user.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class PrebuildOptionsForm extends Descriptor<PrebuildOptions> {

    public PrebuildOptionsForm() {
        super(PrebuildOptions.class);
    }

    @NonNull
    public static PrebuildOptionsForm get() {
        return (PrebuildOptionsForm) Jenkins.get().getDescriptorOrDie(PrebuildOptions.class);
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.PrebuildOptionsForm_displayName();
    }

    /** The help of an option, the same in all forms. It lies beside the class of the step, for the Steps Reference. */
    @Override
    public String getHelpFile(String fieldName) {
        return "/descriptor/io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep/help/" + fieldName;
    }

    /**
     * Rejects values that cannot be bound, which the checks of the form usually prevent. An id is not checked: a form may be
     * saved before the id is known.
     *
     * @throws hudson.model.Descriptor.FormException with a message for people
     */
    public void checkSubmitted(@NonNull JSONObject formData) throws FormException {
        for (PrebuildOption option : PrebuildOption.values()) {
            Object value = formData.opt(option.field());
            String problem = JSONNull.getInstance().equals(value) ? null : option.problem(value);
            if (problem != null) {
                throw new FormException(problem, option.field());
            }
        }
    }

    private static FormValidation check(PrebuildOption option, String value) {
        String problem = option.problem(value);
        return problem == null ? FormValidation.ok() : FormValidation.error(problem);
    }

    @POST
    public FormValidation doCheckProjectId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        return ProjectField.check(item, value, connection, credentialsId);
    }

    @POST
    public AutoCompletionCandidates doAutoCompleteProjectId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        return ProjectField.suggest(item, value, connection, credentialsId);
    }

    @POST
    public FormValidation doCheckEnvironmentClassId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String projectId,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        return EnvironmentClassField.check(item, value, projectId, connection, credentialsId);
    }

    @POST
    public AutoCompletionCandidates doAutoCompleteEnvironmentClassId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        return EnvironmentClassField.suggest(item, value, connection, credentialsId);
    }

    @POST
    public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.TIMEOUT, value);
    }

    @POST
    public FormValidation doCheckMinimumInterval(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.MINIMUM_INTERVAL, value);
    }

    @POST
    public FormValidation doCheckMaxAge(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.MAX_AGE, value);
    }

    @POST
    public FormValidation doCheckKeepPrebuilds(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.KEEP_PREBUILDS, value);
    }

    @POST
    public FormValidation doCheckMinimumCommits(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.MINIMUM_COMMITS, value);
    }

    @POST
    public FormValidation doCheckQuietHours(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        FormValidation check = check(PrebuildOption.QUIET_HOURS, value);
        return check.kind == FormValidation.Kind.OK && !value.isBlank()
                ? FormValidation.ok(Messages.PrebuildOptionsForm_timeZone(
                        ZoneId.systemDefault().getId()))
                : check;
    }

    @POST
    public FormValidation doCheckDailyBudget(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.DAILY_BUDGET, value);
    }

    @POST
    public FormValidation doCheckMailTo(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        FormValidation check = check(PrebuildOption.MAIL_TO, value);
        return check.kind == FormValidation.Kind.OK
                        && !value.isBlank()
                        && Jenkins.get().getPlugin("mailer") == null
                ? FormValidation.warning(Messages.PrebuildOptionsForm_noMailer())
                : check;
    }

    @POST
    public FormValidation doCheckOnlyIfChanged(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        return check(PrebuildOption.ONLY_IF_CHANGED, value);
    }

    @POST
    public ListBoxModel doFillConnectionItems(@AncestorInPath Item item, @QueryParameter String connection) {
        AuthenticatedConnection.checkMayConfigure(item);
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        ListBoxModel items = new ListBoxModel();
        GitpodConnection standard = configuration.connection(null);
        items.add(
                standard == null
                        ? Messages.PrebuildOptionsForm_noDefaultConnection()
                        : Messages.PrebuildOptionsForm_defaultConnection(standard.getName()),
                "");
        for (GitpodConnection each : configuration.getConnections()) {
            items.add(each.getName(), each.getName());
        }
        String current = Util.fixEmptyAndTrim(connection);
        if (current != null && configuration.connection(current) == null) {
            // The configured value stays, for example a variable or the name of a deleted connection.
            items.add(
                    FieldText.holdsVariable(current)
                            ? current
                            : Messages.PrebuildOptionsForm_missingConnection(current),
                    current);
        }
        return items;
    }

    @POST
    public FormValidation doCheckConnection(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        String name = Util.fixEmptyAndTrim(value);
        if (name != null && FieldText.holdsVariable(name)) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_variable());
        }
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        return configuration.connection(name) == null
                ? FormValidation.error(configuration.missing(name))
                : FormValidation.ok();
    }

    @POST
    public ListBoxModel doFillCredentialsIdItems(
            @AncestorInPath Item item, @QueryParameter String connection, @QueryParameter String credentialsId) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (!AuthenticatedConnection.mayListCredentials(item)) {
            return items.includeCurrentValue(credentialsId);
        }
        GitpodConnection configured = GitpodGlobalConfiguration.get().connection(connection);
        String url = configured == null ? "" : configured.getApiUrl();
        items.add(Messages.PrebuildOptionsForm_connectionsCredential(), "");
        var requirements = URIRequirementBuilder.fromUri(url).build();
        if (item == null) {
            items.includeAs(ACL.SYSTEM2, Jenkins.get(), StringCredentials.class, requirements);
        } else {
            items.includeAs(
                    AuthenticatedConnection.authenticationOf(item), item, StringCredentials.class, requirements);
        }
        return items.includeCurrentValue(Util.fixNull(credentialsId));
    }

    @POST
    public FormValidation doCheckCredentialsId(
            @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String connection) {
        AuthenticatedConnection.checkMayConfigure(item);
        String id = Util.fixEmptyAndTrim(value);
        if (id != null && FieldText.holdsVariable(id)) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_variable());
        }
        if (GitpodGlobalConfiguration.get().connection(connection) == null) {
            // The check of the connection says so.
            return FormValidation.ok();
        }
        try {
            AuthenticatedConnection.find(item, connection, id);
            return FormValidation.ok();
        } catch (NoAccessException e) {
            return FormValidation.error(e.getMessage());
        }
    }
}
