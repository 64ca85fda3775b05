package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Job;
import hudson.model.Run;
import hudson.scm.SCM;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.RepositoryUrl;
import java.util.ArrayList;
import java.util.List;
import jenkins.scm.api.SCMHead;
import jenkins.scm.api.SCMSource;
import jenkins.scm.api.metadata.PrimaryInstanceMetadataAction;
import jenkins.scm.api.mixin.ChangeRequestSCMHead;
import jenkins.scm.api.mixin.TagSCMHead;

/**
 * The repositories in the configuration of a job, unlike others that its builds check out.
 *
 * @param head the head of a multibranch project's job, or null
 * @param remoteUrls the URLs of the repositories; empty if the job has no SCM of its own
 * @param primary whether it is the primary branch, or null if it is not known
 */
record JobSource(
        @Nullable SCMHead head,
        @NonNull List<String> remoteUrls,
        @Nullable Boolean primary) {

    /** The source of the build's job, with variables expanded as in this build. */
    @NonNull
    static JobSource of(@NonNull Run<?, ?> run) {
        Job<?, ?> job = run.getParent();
        SCMHead head = SCMHead.HeadByItem.findHead(job);
        SCMSource source = head == null ? null : SCMSource.SourceByItem.findSource(job);
        if (head != null && source != null) {
            boolean primary = job.getAction(PrimaryInstanceMetadataAction.class) != null;
            return new JobSource(head, urls(run, source.build(head)), primary);
        }
        List<String> urls = new ArrayList<>();
        for (JobScms each : JobScms.all()) {
            each.of(job).forEach(scm -> urls.addAll(urls(run, scm)));
        }
        return new JobSource(null, urls, null);
    }

    private static List<String> urls(Run<?, ?> run, SCM scm) {
        List<String> urls = new ArrayList<>();
        for (ScmReader reader : ScmReader.all()) {
            urls.addAll(reader.remoteUrls(run, scm));
        }
        return urls;
    }

    /** Whether a checkout is of the job's own source, or null if the job has none. */
    @CheckForNull
    Boolean has(@NonNull List<String> checkedOut) {
        if (remoteUrls.isEmpty()) {
            return null;
        }
        return checkedOut.stream()
                .map(RepositoryUrl::of)
                .anyMatch(each -> remoteUrls.stream().map(RepositoryUrl::of).anyMatch(each::isSameAs));
    }

    /** The checkout to record with the build. */
    @NonNull
    Checkout toCheckout(@NonNull Run<?, ?> run, @NonNull ScmReader.CheckedOut found) {
        boolean own = Boolean.TRUE.equals(has(found.remoteUrls()));
        Checkout.From from = own ? Checkout.From.OWN_SCM : Checkout.From.OTHER;
        if (!own || head == null) {
            return new Checkout(
                    found.remoteUrls(),
                    found.branches(),
                    found.branchUrls(),
                    found.revision(),
                    Checkout.Kind.BRANCH,
                    from,
                    null);
        }
        Checkout.Kind kind = Checkout.Kind.BRANCH;
        if (head instanceof ChangeRequestSCMHead) {
            kind = Checkout.Kind.CHANGE_REQUEST;
        } else if (head instanceof TagSCMHead) {
            kind = Checkout.Kind.TAG;
        }
        return new Checkout(found.remoteUrls(), List.of(head.getName()), found.revision(), kind, from, primary);
    }
}
