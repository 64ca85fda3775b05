package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The result of a build or step that waited for a request, depending on its options. The same for the pipeline step and the
 * freestyle build step.
 *
 * @param result {@code SUCCESS}, {@code UNSTABLE}, {@code FAILURE} or {@code ABORTED}
 * @param message the message about the end of the request
 */
@Restricted(NoExternalUse.class)
public record StepResult(@NonNull Result result, @NonNull String message) {

    /**
     * @param record of a request that has ended
     * @throws IllegalArgumentException if it has not
     */
    @NonNull
    public static StepResult of(@NonNull PrebuildRecord record, @NonNull PrebuildOptions options) {
        EndStatus conclusion = record.getConclusion();
        String message = record.getMessage();
        if (conclusion == null || message == null) {
            throw new IllegalArgumentException("Request " + record.getRequestId() + " has not ended");
        }
        return new StepResult(result(conclusion, record.getResult(), options), message);
    }

    private static Result result(EndStatus conclusion, @CheckForNull PrebuildResult prebuild, PrebuildOptions options) {
        switch (conclusion) {
            case SKIPPED:
                return Result.SUCCESS;
            case COMPLETED:
                return completed(prebuild, options);
            case FAILED, DELETED:
                return options.isPropagate() ? Result.FAILURE : Result.SUCCESS;
            case CANCELLED_IN_GITPOD:
                return options.isPropagate() ? Result.ABORTED : Result.SUCCESS;
            case CANCELLED, LEFT_RUNNING:
                return Result.ABORTED;
            default:
                // It is not known how the prebuild ended, or there is none: the step has nothing to return.
                return Result.FAILURE;
        }
    }

    private static Result completed(@CheckForNull PrebuildResult prebuild, PrebuildOptions options) {
        if (prebuild == null || prebuild.getWarningMessage() == null) {
            return Result.SUCCESS;
        }
        return switch (options.getOnWarning()) {
            case IGNORE -> Result.SUCCESS;
            case UNSTABLE -> Result.UNSTABLE;
            case FAIL -> Result.FAILURE;
        };
    }
}
