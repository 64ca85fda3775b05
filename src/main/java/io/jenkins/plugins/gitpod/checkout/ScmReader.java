package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Run;
import hudson.scm.SCM;
import java.util.List;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Reads what Jenkins knows of checkouts with one kind of SCM. No method calls the SCM's server. */
@Restricted(NoExternalUse.class)
public interface ScmReader extends ExtensionPoint {

    /** The checkout that the build has just made, or null for another kind of SCM. */
    @CheckForNull
    CheckedOut last(@NonNull Run<?, ?> run, @NonNull SCM scm);

    /**
     * The checkouts of a build, in their order.
     *
     * @param scms what the build has checked out with success
     */
    @NonNull
    List<CheckedOut> all(@NonNull Run<?, ?> run, @NonNull List<? extends SCM> scms);

    /** The commit of the checkout that the build has just made, or null for another kind of SCM. As cheap as possible. */
    @CheckForNull
    String lastRevision(@NonNull Run<?, ?> run, @NonNull SCM scm);

    /**
     * The URLs of the repositories of an SCM, with variables expanded as in this build; empty for another kind of SCM.
     */
    @NonNull
    List<String> remoteUrls(@NonNull Run<?, ?> run, @NonNull SCM scm);

    /** The URL of the repository of a source, or null if the source does not tell. */
    @CheckForNull
    String remoteUrl(@NonNull SCMSource source);

    /** The only branch that an SCM is configured for, or null if there may be others. */
    @CheckForNull
    String onlyBranch(@NonNull SCM scm);

    /** The commit of a revision, or null for another kind of SCM. */
    @CheckForNull
    String commit(@NonNull SCMRevision revision);

    @NonNull
    static ExtensionList<ScmReader> all() {
        return ExtensionList.lookup(ScmReader.class);
    }
}
