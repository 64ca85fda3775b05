package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.BranchText;
import io.jenkins.plugins.gitpod.checkout.RepositoryUrl;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection.NoAccessException;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.config.RepositoryLookup;
import java.util.Objects;

/** The field for the project in the form of {@link PrebuildOptions}: its check and its suggestions. */
final class ProjectField {

    private ProjectField() {}

    static FormValidation check(
            @Nullable Item item, @Nullable String value, @Nullable String connection, @Nullable String credentialsId) {
        String projectId = PrebuildOptions.withoutLabel(value);
        if (projectId == null) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_projectByRepository());
        } else if (FieldText.holdsVariable(projectId)) {
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
            return FieldText.unreachable(e.getMessage());
        } catch (GitpodException e) {
            return e.code() == ErrorCode.NOT_FOUND
                    ? FormValidation.error(Messages.PrebuildOptionsForm_unknownProject(
                            access.connection().name()))
                    : FieldText.unreachable(CallFailures.explain(e, access.connection()));
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

    static AutoCompletionCandidates suggest(
            @Nullable Item item, @Nullable String value, @Nullable String connection, @Nullable String credentialsId) {
        AutoCompletionCandidates candidates = new AutoCompletionCandidates();
        String text = Util.fixEmptyAndTrim(value);
        if (text == null || FieldText.holdsVariable(text)) {
            return candidates;
        }
        try {
            AuthenticatedConnection access = AuthenticatedConnection.find(item, connection, credentialsId);
            String id = FieldText.idIn(text);
            if (id != null) {
                // Without a candidate the browser shows that there are no matches.
                Project named = GitpodLookup.get().project(access, id);
                candidates.add(FieldText.label(named.name(), named.id()));
                return candidates;
            }
            new RepositoryLookup(access)
                    .suggestions(text).stream()
                            .limit(GitpodLookup.SUGGESTIONS)
                            .forEach(project -> candidates.add(FieldText.label(project.name(), project.id())));
        } catch (NoAccessException | GitpodException e) {
            // The check of the field says why there is nothing to suggest.
        }
        return candidates;
    }
}
