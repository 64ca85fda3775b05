package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.EnvironmentClass;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Project;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The second part of the test of a connection: what the token can see. */
final class TokenVisibility {

    private static final int NAMED = 3;

    private TokenVisibility() {}

    @NonNull
    static FormValidation projects(@NonNull AuthenticatedConnection access) {
        try {
            List<Project> seen = GitpodLookup.get().search(access, "");
            if (seen.isEmpty()) {
                return FormValidation.warning(Messages.GitpodConnection_seesNoProject());
            }
            String names = names(seen, project -> Objects.toString(project.name(), project.id()));
            return FormValidation.ok(
                    seen.size() > NAMED
                            ? Messages.GitpodConnection_seesMoreProjects(names)
                            : Messages.GitpodConnection_seesProjects(names));
        } catch (GitpodException e) {
            return FormValidation.warning(
                    Messages.GitpodConnection_projectsUnknown(CallFailures.explain(e, access.connection())));
        }
    }

    @NonNull
    static FormValidation classes(@NonNull AuthenticatedConnection access) {
        try {
            List<EnvironmentClass> seen = GitpodLookup.get().environmentClasses(access);
            if (seen.isEmpty()) {
                return FormValidation.warning(Messages.GitpodConnection_seesNoClass());
            }
            String names = names(seen, each -> Objects.toString(each.displayName(), each.id()));
            return FormValidation.ok(
                    seen.size() > NAMED
                            ? Messages.GitpodConnection_seesMoreClasses(names)
                            : Messages.GitpodConnection_seesClasses(names));
        } catch (GitpodException e) {
            return FormValidation.warning(
                    Messages.GitpodConnection_classesUnknown(CallFailures.explain(e, access.connection())));
        }
    }

    private static <T> String names(List<T> all, Function<T, String> name) {
        return all.stream().limit(NAMED).map(name).collect(Collectors.joining(", "));
    }
}
