package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import hudson.scm.SCM;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Knows one kind of SCM: what a build has just checked out with it. */
@Restricted(NoExternalUse.class)
public interface ScmReader extends ExtensionPoint {

    /**
     * What was read.
     *
     * @param remoteUrls of the repository, or of several such as a fork and its origin, with all variables expanded
     * @param branches that the commit was found on, without the remote's name
     * @param branchUrls for each branch the URL of its repository, empty if that is not known
     * @param revision the commit
     */
    record CheckedOut(
            @NonNull List<String> remoteUrls,
            @NonNull List<String> branches,
            @NonNull List<String> branchUrls,
            @NonNull String revision) {

        /** Copies the lists. */
        public CheckedOut {
            remoteUrls = List.copyOf(remoteUrls);
            branches = List.copyOf(branches);
            branchUrls = List.copyOf(branchUrls);
        }
    }

    /** What the build has just checked out, or null if this is another kind of SCM. */
    @CheckForNull
    CheckedOut read(@NonNull Run<?, ?> run, @NonNull SCM scm);

    /**
     * The URLs of the repositories that an SCM is configured with, with all variables expanded as in this build; empty if
     * this is another kind of SCM.
     */
    @NonNull
    List<String> remoteUrls(@NonNull Run<?, ?> run, @NonNull SCM scm);

    @NonNull
    static ExtensionList<ScmReader> all() {
        return ExtensionList.lookup(ScmReader.class);
    }
}
