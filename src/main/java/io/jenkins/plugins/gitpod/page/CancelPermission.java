package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Item;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildQueries;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.util.Set;
import java.util.UUID;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Whether the user may cancel the prebuild of an open request. An administrator may cancel each one. Other users need
 * Item/Cancel for the jobs of all builds that would lose it, and cannot cancel one that this Jenkins did not create. An undecided
 * request has no prebuild; it is withdrawn.
 */
@Restricted(NoExternalUse.class)
public final class CancelPermission {

    private CancelPermission() {}

    public static boolean of(@NonNull OpenPrebuild open) {
        PrebuildQueries queries = PrebuildService.get().queries().orElse(null);
        if (open.isCancelling() || queries == null) {
            return false;
        } else if (Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
            return true;
        }
        if (open.isUndecided()) {
            return mayCancelBuildsOf(open.jobFullName());
        }
        UUID requestId = UUID.fromString(open.getRequestId());
        Set<String> jobs = queries.owningJobs(requestId);
        return queries.isOwn(requestId)
                && mayCancelBuildsOf(open.jobFullName())
                && jobs.stream().allMatch(CancelPermission::mayCancelBuildsOf);
    }

    private static boolean mayCancelBuildsOf(String jobFullName) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(jobFullName, Job.class);
        return job != null && job.hasPermission(Item.CANCEL);
    }
}
