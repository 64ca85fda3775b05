package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.Messages;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * What counts for the automatic prebuilds of a job.
 *
 * @param property the settings
 * @param origin where they are set, for people who may see the job; depends on the user
 * @param isInherited whether they are set for many repositories, so that some of these may have no Gitpod project
 */
record PrebuildSetting(
        @NonNull GitpodPrebuildProperty property, @NonNull Supplier<String> origin, boolean isInherited) {

    /**
     * What counts for a job: its own property, or else what its multibranch project sets for the branches, the nearest folder
     * with settings, or the first rule of the global configuration that fits.
     *
     * @return null if there is none of these
     */
    @CheckForNull
    static PrebuildSetting of(@NonNull Job<?, ?> job) {
        GitpodPrebuildProperty own = job.getProperty(GitpodPrebuildProperty.class);
        if (own != null) {
            return new PrebuildSetting(own, Messages::PrebuildSetting_job, false);
        }
        return ExtensionList.lookup(SettingSource.class).stream()
                .map(each -> each.of(job))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Whether new commits of a job get prebuilds. */
    static boolean isActive(@NonNull Job<?, ?> job) {
        PrebuildSetting setting = of(job);
        return setting != null && !setting.property().isDisabled() && job.isBuildable();
    }
}
