package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import hudson.scm.ChangeLogSet;
import hudson.scm.SCM;
import java.util.ArrayList;
import java.util.List;
import jenkins.scm.RunWithSCM;
import jenkins.scm.api.SCMRevision;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a build is of and what it has checked out, read from the build when it is needed. Nothing is recorded for builds that
 * do not ask.
 */
@Restricted(NoExternalUse.class)
public final class BuildCheckouts {

    private BuildCheckouts() {}

    /** Whether anything may be known. Cheap. */
    public static boolean mayKnow(@NonNull Run<?, ?> run) {
        return BuildHead.of(run) != null
                || !JobScms.ofRun(run).isEmpty()
                || !JobScms.ofJob(run.getParent()).isEmpty();
    }

    /** The checkouts that the build has made, except those of shared libraries; those of the job's own source first. */
    @NonNull
    static List<Checkout> recorded(@NonNull Run<?, ?> run) {
        return recorded(run, JobSource.of(run));
    }

    private static List<Checkout> recorded(Run<?, ?> run, JobSource source) {
        List<SCM> scms = JobScms.ofRun(run);
        List<Checkout> own = new ArrayList<>();
        List<Checkout> others = new ArrayList<>();
        for (ScmReader reader : ScmReader.all()) {
            for (CheckedOut found : reader.all(run, scms)) {
                Checkout checkout = source.toCheckout(found);
                if (checkout.isOwn()) {
                    own.add(checkout);
                } else if (!checkout.isOfLibrary()) {
                    others.add(checkout);
                }
            }
        }
        own.addAll(others);
        return own;
    }

    /**
     * The commit that the build is of, as far as it is known without a call: that of the job's own source, or for a job
     * without one the first that was checked out. Null if no commit is known.
     */
    @CheckForNull
    public static Checkout known(@NonNull Run<?, ?> run) {
        JobSource source = JobSource.of(run);
        List<Checkout> all = recorded(run, source);
        Checkout first =
                all.isEmpty() || source.exists() && !all.get(0).isOwn() ? source.withoutCheckout() : all.get(0);
        return first != null && first.isComplete() ? first : null;
    }

    /** A later commit of the build's branch, or null if it is the build's own, or not known. */
    @CheckForNull
    public static Checkout later(@NonNull Run<?, ?> run, @NonNull SCMRevision revision) {
        JobSource source = JobSource.of(run);
        BuildHead head = source.head();
        String commit = BuildHead.commit(revision);
        boolean isOther = commit != null && head != null && !commit.equals(head.commit());
        return isOther ? source.of(commit) : null;
    }

    /**
     * What the build is of: its checkouts, and the job's own source also if it was not checked out. May call the API of the
     * host of a multibranch project.
     */
    @NonNull
    public static List<Checkout> of(@NonNull Run<?, ?> run) {
        JobSource source = JobSource.lookUp(run);
        List<Checkout> all = recorded(run, source);
        if (all.stream().noneMatch(Checkout::isOwn)) {
            Checkout known = source.withoutCheckout();
            if (known != null) {
                all.add(0, known);
            }
        }
        return all;
    }

    /**
     * A checkout of the build with the URLs of its repository, if they were not known when it was made. May call the API of
     * the host.
     */
    @NonNull
    public static Checkout located(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        boolean isKnown = !checkout.isBuilt() || !checkout.remotes().isEmpty();
        return isKnown ? checkout : checkout.at(JobSource.lookUp(run).urls());
    }

    /** The changes of one checkout of the build; empty if there is no change log, or it is not known which one it is. */
    @NonNull
    public static List<ChangeLogSet<?>> changes(@NonNull Run<?, ?> run, @NonNull Checkout checkout) {
        String revision = checkout.revision();
        if (revision == null || !(run instanceof RunWithSCM<?, ?> withScm)) {
            return List.of();
        }
        List<ChangeLogFile> logs = RunningCheckouts.changeLogs(run, revision);
        if (!logs.isEmpty()) {
            List<ChangeLogSet<?>> changes = new ArrayList<>();
            logs.forEach(each -> changes.addAll(each.changes(run)));
            return changes;
        }
        List<ChangeLogSet<?>> all = List.copyOf(withScm.getChangeSets());
        boolean isOnlyOne =
                JobScms.ofRun(run).stream().map(SCM::getKey).distinct().count() == 1;
        return isOnlyOne
                ? all
                : all.stream().filter(each -> contains(each, revision)).toList();
    }

    private static boolean contains(ChangeLogSet<?> changes, String revision) {
        for (ChangeLogSet.Entry entry : changes) {
            if (revision.equals(entry.getCommitId())) {
                return true;
            }
        }
        return false;
    }
}
