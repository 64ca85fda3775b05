package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.FilePath;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.SCMListener;
import hudson.scm.ChangeLogSet;
import hudson.scm.SCM;
import hudson.scm.SCMRevisionState;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.CheckoutsAction;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.xml.sax.SAXException;

/**
 * Records each successful checkout, and requests a prebuild if the job has the property. A failure here does not affect the
 * build.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CheckoutListener extends SCMListener {

    private static final Logger LOGGER = Logger.getLogger(CheckoutListener.class.getName());
    private static final String LIBRARIES = "org.jenkinsci.plugins.workflow.libs.";

    @Override
    public void onCheckout(
            Run<?, ?> build,
            SCM scm,
            FilePath workspace,
            TaskListener listener,
            @CheckForNull File changelogFile,
            @CheckForNull SCMRevisionState pollingBaseline) {
        try {
            if (!GitpodGlobalConfiguration.get().getConnections().isEmpty() && !isOfLibrary()) {
                checkedOut(build, scm, listener, changelogFile);
            }
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Could not see what " + build + " has checked out", e);
        }
    }

    /** Whether the checkout is of a shared library, which only the stack of the caller tells. */
    private static boolean isOfLibrary() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().startsWith(LIBRARIES)));
    }

    private static void checkedOut(Run<?, ?> build, SCM scm, TaskListener listener, @Nullable File changelogFile) {
        for (ScmReader reader : ScmReader.all()) {
            ScmReader.CheckedOut found = reader.read(build, scm);
            if (found == null) {
                continue;
            }
            Job<?, ?> job = build.getParent();
            JobSource source = JobSource.of(build);
            Checkout checkout = source.toCheckout(build, found);
            CheckoutsAction.add(build, checkout);
            GitpodPrebuildProperty property = job.getProperty(GitpodPrebuildProperty.class);
            // For a job without an SCM of its own, each checkout counts.
            if (property != null
                    && !Boolean.FALSE.equals(source.has(found.remoteUrls()))
                    && CheckoutsAction.isFirstRequest(build, checkout)) {
                ChangedPaths changed = ChangedPaths.of(property.getOnlyIfChanged(), changes(build, scm, changelogFile));
                CommitPrebuildsAction.request(build, property, new NewCommit(checkout, changed), listener);
            }
            return;
        }
    }

    /** The changes in the file that the checkout has written. The build itself may not have read them yet. */
    @NonNull
    private static List<ChangeLogSet<?>> changes(Run<?, ?> build, SCM scm, @Nullable File changelogFile) {
        if (changelogFile == null || changelogFile.length() == 0) {
            return List.of();
        }
        try {
            return List.of(scm.createChangeLogParser().parse(build, scm.getEffectiveBrowser(), changelogFile));
        } catch (IOException | SAXException e) {
            LOGGER.log(Level.FINE, "No change log", e);
            return List.of();
        }
    }
}
