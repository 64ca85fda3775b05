package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import java.io.File;
import jenkins.model.Jenkins;
import org.springframework.security.access.AccessDeniedException;

/**
 * Finds builds by their ids.
 *
 * <p>If Jenkins looks for the files of a build and they are not there, it does not look for them again until it restarts.
 * That would happen while a job is being renamed: it is found by its old name for a while, and its files are elsewhere.
 */
public final class BuildLookup {

    private BuildLookup() {}

    /** The build with an id, or null if it is gone or its job is being renamed. */
    @CheckForNull
    public static Run<?, ?> find(@NonNull String buildId) {
        int hash = buildId.lastIndexOf('#');
        try {
            String jobFullName = buildId.substring(0, hash);
            Job<?, ?> job = Jenkins.get().getItemByFullName(jobFullName, Job.class);
            return job == null || !isSettled(job, jobFullName, buildId.substring(hash + 1))
                    ? null
                    : Run.fromExternalizableId(buildId);
        } catch (IllegalArgumentException | AccessDeniedException e) {
            return null;
        }
    }

    /** Whether the job of a build is being renamed or moved: whether the build is there is seen only later. */
    public static boolean isBeingMoved(@NonNull String buildId) {
        int hash = buildId.lastIndexOf('#');
        try {
            String jobFullName = buildId.substring(0, hash);
            Job<?, ?> job = Jenkins.get().getItemByFullName(jobFullName, Job.class);
            return job != null
                    && (!job.getFullName().equals(jobFullName)
                            || !job.getRootDir().isDirectory());
        } catch (IllegalArgumentException | AccessDeniedException e) {
            return false;
        }
    }

    /** Whether a job has no other name by now, and the files of a build are where Jenkins would look for them. */
    private static boolean isSettled(Job<?, ?> job, String fullName, String number) {
        return job.getFullName().equals(fullName) && new File(job.getBuildDir(), number).isDirectory();
    }
}
