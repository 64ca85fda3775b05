package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.model.Run;
import hudson.scm.SCM;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMRevisionAction;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.metadata.PrimaryInstanceMetadataAction;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import jenkins.scm.api.mixin.TagSCMHead;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The branch, tag or change request that a build of a multibranch project is of. Jenkins knows it, and usually its commit,
 * without any checkout.
 *
 * @param source the branch source, or null if it was removed
 * @param commit the commit that the build is of, or null if it is not known
 */
@Restricted(NoExternalUse.class)
public record BuildHead(
        @NonNull Job<?, ?> job,
        @NonNull SCMHead head,
        @Nullable SCMSource source,
        @Nullable String commit) {

    private static final Logger LOGGER = Logger.getLogger(BuildHead.class.getName());

    /** The head of the build's job, or null if the job belongs to no multibranch project. */
    @CheckForNull
    public static BuildHead of(@NonNull Run<?, ?> run) {
        Job<?, ?> job = run.getParent();
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        if (head == null) {
            return null;
        }
        SCMSource source = SCMSource.SourceByItem.findSource(job);
        SCMRevision revision = source == null ? null : SCMRevisionAction.getRevision(source, run);
        return new BuildHead(job, head, source, revision == null ? null : commit(revision));
    }

    @CheckForNull
    static String commit(SCMRevision revision) {
        return ScmReader.all().stream()
                .map(each -> each.commit(revision))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    @NonNull
    public CheckedOut.Kind kind() {
        if (head instanceof ChangeRequestSCMHead) {
            return CheckedOut.Kind.CHANGE_REQUEST;
        }
        return head instanceof TagSCMHead ? CheckedOut.Kind.TAG : CheckedOut.Kind.BRANCH;
    }

    @NonNull
    public String name() {
        return head.getName();
    }

    /**
     * Whether a checkout of the build is of its head, and not of another branch or repository.
     *
     * @param urls the URLs of the head's repository; empty if they are not known
     */
    boolean has(@NonNull CheckedOut found, @NonNull List<String> urls) {
        if (commit != null) {
            return commit.equals(found.revision());
        } else if (!urls.isEmpty() && !RepositoryUrl.anySame(urls, found.remoteUrls())) {
            return false;
        } else if (found.branches().contains(name())) {
            return true;
        }
        // A change request's own commit may be found on the branch that it comes from, but not on its target.
        return !urls.isEmpty()
                && head instanceof ChangeRequestSCMHead change
                && !found.branches().contains(change.getTarget().getName());
    }

    // ---- the repository

    /** The URL of the repository as far as it is known without a call. */
    @NonNull
    List<String> knownUrls() {
        return source == null
                ? List.of()
                : ScmReader.all().stream()
                        .map(each -> each.remoteUrl(source))
                        .filter(Objects::nonNull)
                        .toList();
    }

    /**
     * The URLs of the repository, for a change request those of its target. May call the API of the host.
     *
     * @return empty if they cannot be found out
     */
    @NonNull
    List<String> urls(@NonNull Run<?, ?> run) {
        List<String> known = knownUrls();
        if (!known.isEmpty() || source == null) {
            return known;
        }
        try {
            SCM scm = source.build(head instanceof ChangeRequestSCMHead change ? change.getTarget() : head);
            return ScmReader.all().stream()
                    .flatMap(each -> each.remoteUrls(run, scm).stream())
                    .toList();
        } catch (RuntimeException e) {
            LOGGER.log(Level.FINE, "The branch source of " + job + " does not tell its repository", e);
            return List.of();
        }
    }

    // ---- the default branch

    /** The default branch of the repository, or null if Jenkins does not know it. */
    @CheckForNull
    String defaultBranch() {
        if (isPrimary(job)) {
            return name();
        }
        ItemGroup<?> project = job.getParent();
        for (Item each : project.getItems()) {
            if (each instanceof Job<?, ?> branch
                    && branch.isBuildable()
                    && isPrimary(branch)
                    && isOfSameSource(branch)) {
                SCMHead primary = SCMHead.HeadByItem.findHead(branch);
                return primary == null ? null : primary.getName();
            }
        }
        return null;
    }

    private static boolean isPrimary(Job<?, ?> branch) {
        return branch.getAction(PrimaryInstanceMetadataAction.class) != null;
    }

    private boolean isOfSameSource(Job<?, ?> branch) {
        SCMSource other = SCMSource.SourceByItem.findSource(branch);
        return source != null && other != null && source.getId().equals(other.getId());
    }
}
