package io.jenkins.plugins.gitpod.options;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Util;
import hudson.model.AutoCompletionCandidates;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.EnvironmentClass;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection;
import io.jenkins.plugins.gitpod.config.AuthenticatedConnection.NoAccessException;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The field for the environment class in the form of {@link PrebuildOptions}: its check and its suggestions. */
final class EnvironmentClassField {

    private EnvironmentClassField() {}

    static FormValidation check(
            @Nullable Item item,
            @Nullable String value,
            @Nullable String projectId,
            @Nullable String connection,
            @Nullable String credentialsId) {
        String classId = EnvironmentClasses.normalized(value);
        String invalid = EnvironmentClasses.firstInvalid(classId);
        if (classId != null && FieldText.holdsVariable(classId)) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_variable());
        } else if (invalid != null) {
            return FormValidation.error(Messages.PrebuildOptionsForm_pickClass(invalid));
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
            if (classId == null) {
                return describeDefault(access, project);
            } else if (EnvironmentClasses.areAll(classId)) {
                return describeAll(access, project);
            }
            return checkClasses(access, EnvironmentClasses.split(classId), project);
        } catch (NoAccessException e) {
            return classId == null ? FormValidation.ok() : FieldText.unreachable(e.getMessage());
        } catch (GitpodException e) {
            // An empty field needs no look-up; the check of the project reports the failure.
            return classId == null
                    ? FormValidation.ok()
                    : FieldText.unreachable(CallFailures.explain(e, access.connection()));
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
        return FormValidation.ok(Messages.PrebuildOptionsForm_defaultClass(name(access, id)));
    }

    private static String name(AuthenticatedConnection access, String id) throws GitpodException {
        EnvironmentClass found = GitpodLookup.get().environmentClass(access, id);
        return found == null ? id : Objects.toString(found.displayName(), id);
    }

    private static FormValidation describeAll(AuthenticatedConnection access, @Nullable Project project)
            throws GitpodException {
        if (project == null) {
            return FormValidation.ok(Messages.PrebuildOptionsForm_allClasses());
        }
        List<String> names = new ArrayList<>();
        for (String id : project.prebuildConfiguration().environmentClassIds()) {
            names.add(name(access, id));
        }
        return names.isEmpty()
                ? FormValidation.warning(Messages.PrebuildOptionsForm_noPrebuildClasses())
                : FormValidation.ok(Messages.PrebuildOptionsForm_allClassesOf(String.join(", ", names)));
    }

    /** One message for each class. */
    private static FormValidation checkClasses(
            AuthenticatedConnection access, List<String> classIds, @Nullable Project project) throws GitpodException {
        List<FormValidation> checks = new ArrayList<>();
        for (String each : classIds) {
            checks.add(checkClass(access, each, project));
        }
        return checks.size() == 1 ? checks.get(0) : FormValidation.aggregate(checks);
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

    static AutoCompletionCandidates suggest(
            @Nullable Item item, @Nullable String value, @Nullable String connection, @Nullable String credentialsId) {
        AutoCompletionCandidates candidates = new AutoCompletionCandidates();
        String text = Util.fixEmptyAndTrim(value);
        if (text == null || FieldText.holdsVariable(text)) {
            return candidates;
        }
        String wanted = text.toLowerCase(Locale.ROOT);
        if (EnvironmentClasses.ALL.startsWith(wanted)) {
            candidates.add(EnvironmentClasses.ALL);
        }
        try {
            AuthenticatedConnection access = AuthenticatedConnection.find(item, connection, credentialsId);
            String id = FieldText.idIn(text);
            if (id != null) {
                EnvironmentClass named = GitpodLookup.get().environmentClass(access, id);
                if (named != null) {
                    candidates.add(FieldText.label(named.displayName(), named.id()));
                }
                return candidates;
            }
            GitpodLookup.get().environmentClasses(access).stream()
                    .filter(EnvironmentClass::enabled)
                    .filter(each -> Objects.toString(each.displayName(), "")
                            .toLowerCase(Locale.ROOT)
                            .contains(wanted))
                    .sorted(Comparator.comparing(each -> Objects.toString(each.displayName(), "")))
                    .limit(GitpodLookup.SUGGESTIONS)
                    .forEach(each -> candidates.add(FieldText.label(each.displayName(), each.id())));
        } catch (NoAccessException | GitpodException e) {
            // The check of the field says why there is nothing to suggest.
        }
        return candidates;
    }
}
