package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.Project;
import java.util.List;
import java.util.Objects;

/** Whether a project is configured such that no new environment would use a prebuild's snapshot. */
public final class UnusedSnapshot {

    private UnusedSnapshot() {}

    /**
     * Says why no environment would use it.
     *
     * @param classId the environment class that is asked for, or null for the project's default
     * @return a line for people, or null if environments would use it, or if that cannot be told
     */
    @CheckForNull
    public static String reason(@NonNull Project project, @Nullable String classId) {
        String name = Objects.toString(project.name(), project.id());
        if (!project.prebuildConfiguration().enabled()) {
            return Messages.UnusedSnapshot_prebuildsOff(name);
        }
        List<String> configured = project.prebuildConfiguration().environmentClassIds();
        List<String> own = project.environmentClassIds();
        String used = classId != null || own.isEmpty() ? classId : own.get(0);
        boolean isUnused =
                used != null && !configured.isEmpty() && configured.stream().noneMatch(used::equalsIgnoreCase);
        return isUnused ? Messages.UnusedSnapshot_notAPrebuildClass(used, name) : null;
    }
}
