package io.jenkins.plugins.gitpod.options;

import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.domains.URIRequirementBuilder;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.EnvironmentClass;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.RepositoryUrl;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection.NoAccessException;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.config.RepositoryLookup;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import jenkins.model.Jenkins;
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

    private static final int SUGGESTIONS = GitpodLookup.SUGGESTIONS;

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

    /** The help text of an option, the same in all forms. */
    @Override
    public String getHelpFile(String fieldName) {
        return "/plugin/gitpod-prebuild/help/options/" + fieldName + ".html";
    }

    /**
     * Rejects values that cannot be bound, which the checks of the form usually prevent.
     *
     * @throws hudson.model.Descriptor.FormException with a message for people
     */
    public void checkSubmitted(@NonNull JSONObject formData) throws FormException {
        String timeout = formData.optString("timeout", "").trim();
        if (!timeout.isEmpty() && !timeout.equals("null") && !isTimeout(timeout)) {
            throw new FormException(badTimeout(timeout), "timeout");
        }
        String onWarning = formData.optString("onWarning", "").trim();
        if (!onWarning.isEmpty()
                && List.of(OnWarning.values()).stream().noneMatch(w -> w.name().equals(onWarning))) {
            throw new FormException(Messages.PrebuildOptionsForm_badOnWarning(onWarning), "onWarning");
        }
        String whenActive = formData.optString("whenActive", "").trim();
        if (!whenActive.isEmpty()
                && List.of(WhenActive.values()).stream().noneMatch(w -> w.name().equals(whenActive))) {
            throw new FormException(Messages.PrebuildOptionsForm_badWhenActive(whenActive), "whenActive");
        }
        String interval = formData.optString("minimumInterval", "").trim();
        if (!interval.isEmpty() && !interval.equals("null") && !interval.matches("\\d{1,6}")) {
            throw new FormException(Messages.PrebuildOptionsForm_badInterval(interval), "minimumInterval");
        }
    }

    private static boolean isTimeout(String text) {
        if (!text.matches("\\d{1,4}")) {
            return false;
        }
        int minutes = Integer.parseInt(text);
        return minutes >= PrebuildOptions.MINIMUM_TIMEOUT && minutes <= PrebuildOptions.MAXIMUM_TIMEOUT;
    }

    private static String badTimeout(String text) {
        return Messages.PrebuildOptions_badTimeout(
                text, PrebuildOptions.MINIMUM_TIMEOUT, PrebuildOptions.MAXIMUM_TIMEOUT);
    }

    private static boolean holdsVariable(String text) {
        return text.contains("$");
    }

    /** The id in a text that is an id or a label with an id, else null. */
    @CheckForNull
    private static String idIn(String text) {
        String id = PrebuildOptions.withoutLabel(text);
        return PrebuildOptions.isUuid(id) ? id : null;
    }

    private static FormValidation unreachable(String why) {
        return FormValidation.warning(Messages.PrebuildOptionsForm_notShown(why));
    }

    // ---- the project

    @POST
    public FormValidation doCheckProjectId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        String projectId = PrebuildOptions.withoutLabel(value);
        if (projectId == null) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_projectByRepository());
        } else if (holdsVariable(projectId)) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_variable());
        } else if (!PrebuildOptions.isUuid(projectId)) {
            return FormValidation.error(Messages.PrebuildOptionsForm_pickProject(projectId));
        }
        AuthenticatedConnection access = null;
        try {
            access = AuthenticatedConnection.find(item, connection, credentialsId);
            Project project = GitpodLookup.get().project(access, projectId);
            return project.prebuildConfiguration().enabled()
                    ? FormValidation.ok(describe(project))
                    : FormValidation.warning(
                            describe(project) + " " + Messages.PrebuildOptionsForm_prebuildsDisabled());
        } catch (NoAccessException e) {
            return unreachable(e.getMessage());
        } catch (GitpodException e) {
            return e.code() == ErrorCode.NOT_FOUND
                    ? FormValidation.error(Messages.PrebuildOptionsForm_unknownProject(
                            access.connection().name()))
                    : unreachable(CallFailures.explain(e, access.connection()));
        }
    }

    private static String describe(Project project) {
        String name = Objects.toString(project.name(), project.id());
        String repository = project.remoteUri();
        if (repository == null) {
            return Messages.PrebuildOptionsForm_project(name);
        }
        String shown = RepositoryUrl.of(repository).toString();
        ProjectTarget target = project.target();
        return switch (target.kind()) {
            case BRANCH -> Messages.PrebuildOptionsForm_projectOfBranch(name, shown, target.name());
            case COMMIT, TAG ->
                Messages.PrebuildOptionsForm_projectOf(name, shown) + " "
                        + Messages.Decision_pinned(BranchText.of(target));
            case DEFAULT_BRANCH, UNKNOWN -> Messages.PrebuildOptionsForm_projectOf(name, shown);
        };
    }

    @POST
    public AutoCompletionCandidates doAutoCompleteProjectId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        AutoCompletionCandidates candidates = new AutoCompletionCandidates();
        String text = Util.fixEmptyAndTrim(value);
        if (text == null || holdsVariable(text)) {
            return candidates;
        }
        try {
            AuthenticatedConnection access = AuthenticatedConnection.find(item, connection, credentialsId);
            String id = idIn(text);
            if (id != null) {
                // Without a candidate the browser shows that there are no matches.
                Project named = GitpodLookup.get().project(access, id);
                candidates.add(label(named.name(), named.id()));
                return candidates;
            }
            new RepositoryLookup(access)
                    .suggestions(text).stream()
                            .limit(SUGGESTIONS)
                            .forEach(project -> candidates.add(label(project.name(), project.id())));
        } catch (NoAccessException | GitpodException e) {
            // The check of the field says why there is nothing to suggest.
        }
        return candidates;
    }

    /** A name followed by its id, as {@link PrebuildOptions#withoutLabel} reads it. Gitpod knows only the id. */
    private static String label(@Nullable String name, String id) {
        return name == null ? id : name + " (" + id + ")";
    }

    // ---- the environment class

    @POST
    public FormValidation doCheckEnvironmentClassId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String projectId,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        String classId = PrebuildOptions.withoutLabel(value);
        if (classId != null && holdsVariable(classId)) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_variable());
        } else if (classId != null && !PrebuildOptions.isUuid(classId)) {
            return FormValidation.error(Messages.PrebuildOptionsForm_pickClass(classId));
        }
        String typedProject = PrebuildOptions.withoutLabel(projectId);
        boolean knowsProject = typedProject != null && PrebuildOptions.isUuid(typedProject);
        if (classId == null && !knowsProject) {
            return FormValidation.ok();
        }
        AuthenticatedConnection access = null;
        try {
            access = AuthenticatedConnection.find(item, connection, credentialsId);
            Project project = knowsProject ? projectOrNull(access, typedProject) : null;
            return classId == null ? describeDefault(access, project) : checkClass(access, classId, project);
        } catch (NoAccessException e) {
            return classId == null ? FormValidation.ok() : unreachable(e.getMessage());
        } catch (GitpodException e) {
            // An empty field needs no look-up; the check of the project reports the failure.
            return classId == null ? FormValidation.ok() : unreachable(CallFailures.explain(e, access.connection()));
        }
    }

    @CheckForNull
    private static Project projectOrNull(AuthenticatedConnection access, String projectId) throws GitpodException {
        try {
            return GitpodLookup.get().project(access, projectId);
        } catch (GitpodException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static FormValidation describeDefault(AuthenticatedConnection access, @Nullable Project project)
            throws GitpodException {
        if (project == null || project.environmentClassIds().isEmpty()) {
            return FormValidation.ok();
        }
        String id = project.environmentClassIds().get(0);
        EnvironmentClass standard = GitpodLookup.get().environmentClass(access, id);
        String name = standard == null ? id : Objects.toString(standard.displayName(), id);
        return FormValidation.ok(Messages.PrebuildOptionsForm_defaultClass(name));
    }

    private static FormValidation checkClass(AuthenticatedConnection access, String classId, @Nullable Project project)
            throws GitpodException {
        EnvironmentClass found = GitpodLookup.get().environmentClass(access, classId);
        if (found == null) {
            return FormValidation.error(Messages.PrebuildOptionsForm_unknownClass(
                    access.connection().name()));
        }
        String name = Objects.toString(found.displayName(), found.id());
        String description = Util.fixEmptyAndTrim(found.description());
        String shown = description == null
                ? Messages.PrebuildOptionsForm_class(name)
                : Messages.PrebuildOptionsForm_classWith(name, description);
        if (!found.enabled()) {
            return FormValidation.warning(shown + " " + Messages.PrebuildOptionsForm_classDisabled());
        }
        if (project != null
                && project.prebuildConfiguration().environmentClassIds().stream()
                        .noneMatch(id -> id.equalsIgnoreCase(classId))) {
            return FormValidation.warning(shown + " " + Messages.PrebuildOptionsForm_notAPrebuildClass());
        }
        return FormValidation.ok(shown);
    }

    @POST
    public AutoCompletionCandidates doAutoCompleteEnvironmentClassId(
            @AncestorInPath Item item,
            @QueryParameter String value,
            @QueryParameter String connection,
            @QueryParameter String credentialsId) {
        AuthenticatedConnection.checkMayConfigure(item);
        AutoCompletionCandidates candidates = new AutoCompletionCandidates();
        String text = Util.fixEmptyAndTrim(value);
        if (text == null || holdsVariable(text)) {
            return candidates;
        }
        String wanted = text.toLowerCase(Locale.ROOT);
        try {
            AuthenticatedConnection access = AuthenticatedConnection.find(item, connection, credentialsId);
            String id = idIn(text);
            if (id != null) {
                EnvironmentClass named = GitpodLookup.get().environmentClass(access, id);
                if (named != null) {
                    candidates.add(label(named.displayName(), named.id()));
                }
                return candidates;
            }
            GitpodLookup.get().environmentClasses(access).stream()
                    .filter(EnvironmentClass::enabled)
                    .filter(each -> Objects.toString(each.displayName(), "")
                            .toLowerCase(Locale.ROOT)
                            .contains(wanted))
                    .sorted(Comparator.comparing(each -> Objects.toString(each.displayName(), "")))
                    .limit(SUGGESTIONS)
                    .forEach(each -> candidates.add(label(each.displayName(), each.id())));
        } catch (NoAccessException | GitpodException e) {
            // The check of the field says why there is nothing to suggest.
        }
        return candidates;
    }

    // ---- the rest

    @POST
    public FormValidation doCheckTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        String timeout = Util.fixEmptyAndTrim(value);
        return timeout == null || isTimeout(timeout) ? FormValidation.ok() : FormValidation.error(badTimeout(timeout));
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
                    holdsVariable(current) ? current : Messages.PrebuildOptionsForm_missingConnection(current),
                    current);
        }
        return items;
    }

    @POST
    public FormValidation doCheckConnection(@AncestorInPath Item item, @QueryParameter String value) {
        AuthenticatedConnection.checkMayConfigure(item);
        String name = Util.fixEmptyAndTrim(value);
        if (name != null && holdsVariable(name)) {
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
        if (id != null && holdsVariable(id)) {
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
