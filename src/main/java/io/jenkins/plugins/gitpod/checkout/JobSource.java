package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import hudson.scm.SCM;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The repository in the configuration of a job, unlike others that its builds check out. */
@Restricted(NoExternalUse.class)
public final class JobSource {

    private final Run<?, ?> run;

    @Nullable
    private final BuildHead head;

    private final List<SCM> scms;
    private final List<String> urls;

    private JobSource(Run<?, ?> run, @Nullable BuildHead head, List<SCM> scms, List<String> urls) {
        this.run = run;
        this.head = head;
        this.scms = scms;
        this.urls = urls;
    }

    /** The source of the build's job, as far as it is known without a call. */
    @NonNull
    public static JobSource of(@NonNull Run<?, ?> run) {
        BuildHead head = BuildHead.of(run);
        return head == null ? ofScms(run) : new JobSource(run, head, List.of(), head.knownUrls());
    }

    /** The source of the build's job. May call the API of the host. */
    @NonNull
    static JobSource lookUp(@NonNull Run<?, ?> run) {
        BuildHead head = BuildHead.of(run);
        return head == null ? ofScms(run) : new JobSource(run, head, List.of(), head.urls(run));
    }

    private static JobSource ofScms(Run<?, ?> run) {
        List<SCM> scms = JobScms.ofJob(run.getParent());
        List<String> urls = new ArrayList<>();
        for (SCM scm : scms) {
            ScmReader.all().forEach(reader -> urls.addAll(reader.remoteUrls(run, scm)));
        }
        return new JobSource(run, null, scms, urls);
    }

    /** The head of the job's branch, or null if it belongs to no multibranch project. */
    @CheckForNull
    public BuildHead head() {
        return head;
    }

    /** The URLs of the repository; empty if they are not known. */
    @NonNull
    List<String> urls() {
        return urls;
    }

    /** Whether the job's configuration specifies a repository. */
    public boolean exists() {
        return head != null || !urls.isEmpty();
    }

    /** Whether a checkout is of the job's own source; in a multibranch project, whether it is of the build's head. */
    private boolean has(CheckedOut found) {
        return head == null ? RepositoryUrl.anySame(urls, found.remoteUrls()) : head.has(found, urls);
    }

    /** A checkout of the build, seen from the job. */
    @NonNull
    public Checkout toCheckout(@NonNull CheckedOut found) {
        RunningCheckouts.Purpose purpose = RunningCheckouts.purpose(run, found.revision());
        if (purpose == RunningCheckouts.Purpose.LIBRARY) {
            return new Checkout(found, Checkout.From.LIBRARY, null);
        } else if (!has(found)) {
            return new Checkout(found, Checkout.From.OTHER, isPrimary(found));
        } else if (head == null) {
            boolean isOfScript = purpose == RunningCheckouts.Purpose.SCRIPT;
            return new Checkout(found, isOfScript ? Checkout.From.SCRIPT : Checkout.From.OWN_SCM, null);
        }
        // What a change request checks out may be a fork, so that its URLs do not count.
        boolean isRequest = head.kind() == CheckedOut.Kind.CHANGE_REQUEST;
        return ofHead(isRequest ? urls : found.remoteUrls(), found.revision());
    }

    /** Another branch of the own repository may be its default branch. */
    @CheckForNull
    private Boolean isPrimary(CheckedOut found) {
        if (head == null || !RepositoryUrl.anySame(urls, found.remoteUrls())) {
            return null;
        }
        String defaultBranch = head.defaultBranch();
        return defaultBranch == null ? null : found.branches().contains(defaultBranch);
    }

    private Checkout ofHead(List<String> remoteUrls, @Nullable String revision) {
        boolean isBranch = head.kind() == CheckedOut.Kind.BRANCH;
        String defaultBranch = isBranch ? head.defaultBranch() : null;
        CheckedOut known = new CheckedOut(remoteUrls, List.of(head.name()), List.of(), revision, head.kind(), isBranch);
        return new Checkout(
                known, Checkout.From.OWN_SCM, defaultBranch == null ? null : defaultBranch.equals(head.name()));
    }

    /** Another commit of the head of the job's branch, or null if it belongs to no multibranch project. */
    @CheckForNull
    Checkout of(@NonNull String commit) {
        return head == null ? null : ofHead(urls, commit);
    }

    /** The job's source without a checkout, or null if the job has none. The commit may be unknown. */
    @CheckForNull
    Checkout withoutCheckout() {
        if (head != null) {
            return ofHead(urls, head.commit());
        } else if (urls.isEmpty()) {
            return null;
        }
        String branch = scms.size() == 1 ? onlyBranch(scms.get(0)) : null;
        CheckedOut known = new CheckedOut(
                urls,
                branch == null ? List.of() : List.of(branch),
                List.of(),
                null,
                CheckedOut.Kind.BRANCH,
                branch == null);
        return new Checkout(known, Checkout.From.SCRIPT, null);
    }

    @CheckForNull
    private static String onlyBranch(SCM scm) {
        for (ScmReader reader : ScmReader.all()) {
            String branch = reader.onlyBranch(scm);
            if (branch != null) {
                return branch;
            }
        }
        return null;
    }
}
