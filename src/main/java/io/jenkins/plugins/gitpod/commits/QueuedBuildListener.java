package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TopLevelItem;
import hudson.model.queue.QueueListener;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.branch.BranchProjectFactory;
import jenkins.branch.MultiBranchProject;
import jenkins.scm.api.SCMRevision;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Sees the build of a branch that cannot start, for example because the one before it is running and the job allows one at a
 * time. A push should not wait for that. As the build does not exist yet, the request is made for the build before it.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class QueuedBuildListener extends QueueListener {

    private static final Logger LOGGER = Logger.getLogger(QueuedBuildListener.class.getName());

    /** Jenkins saves the commit of a branch just after it has scheduled the build. */
    private static final Duration DELAY = Duration.ofSeconds(1);

    /** Called with the queue locked. */
    @Override
    public void onEnterBlocked(Queue.BlockedItem item) {
        if (item.task instanceof Job<?, ?> job
                && job.getParent() instanceof MultiBranchProject<?, ?>
                && !GitpodGlobalConfiguration.get().getConnections().isEmpty()) {
            PrebuildService service = PrebuildService.get();
            service.later(DELAY, () -> service.background().execute(() -> request(job)));
        }
    }

    private static void request(Job<?, ?> job) {
        try {
            PrebuildSetting setting = PrebuildSetting.of(job);
            Run<?, ?> run = setting == null ? null : job.getLastBuild();
            SCMRevision revision = run != null && job.getParent() instanceof MultiBranchProject<?, ?> project
                    ? revision(project, job)
                    : null;
            if (revision != null) {
                CommitPrebuildsAction.requestQueued(run, setting, revision);
            }
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Could not see which commit the next build of " + job + " is of", e);
        }
    }

    /** The commit that the newest scheduled build of the branch is of. Reads a small file. */
    @CheckForNull
    private static <P extends Job<P, R> & TopLevelItem, R extends Run<P, R>> SCMRevision revision(
            @NonNull MultiBranchProject<P, R> project, @NonNull Job<?, ?> job) {
        BranchProjectFactory<P, R> factory = project.getProjectFactory();
        return factory.isProject(job) ? factory.getRevision(factory.asProject(job)) : null;
    }
}
