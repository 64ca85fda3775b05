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

/** Reads what a build has just checked out with one kind of SCM. */
@Restricted(NoExternalUse.class)
public interface ScmReader extends ExtensionPoint {

    /**
     * A checkout.
     *
     * @param remoteUrls the URLs of the repository, or of several such as a fork and its origin, with variables expanded
     * @param branches the branches that contain the commit, without the name of the remote
     * @param branchUrls for each branch the URL of its repository, empty if it is not known
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

    /** The checkout that the build has just made, or null for another kind of SCM. */
    @CheckForNull
    CheckedOut read(@NonNull Run<?, ?> run, @NonNull SCM scm);

    /**
     * The URLs of the repositories of an SCM, with variables expanded as in this build; empty for another kind of SCM.
     */
    @NonNull
    List<String> remoteUrls(@NonNull Run<?, ?> run, @NonNull SCM scm);

    @NonNull
    static ExtensionList<ScmReader> all() {
        return ExtensionList.lookup(ScmReader.class);
    }
}
