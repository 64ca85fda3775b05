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
 * Hears of every checkout that has succeeded, notes what was checked out, and asks for a prebuild where the job's property
 * says so. Nothing that goes wrong here may fail or hold up a build.
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

    /** A shared library is checked out for the script's sake; who is at it stands on the stack. */
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
            Checkout checkout = source.noted(build, found);
            CheckoutsAction.add(build, checkout);
            GitpodPrebuildProperty property = job.getProperty(GitpodPrebuildProperty.class);
            // A job without a source of its own is about whatever it checks out.
            if (property != null
                    && !Boolean.FALSE.equals(source.has(found.remoteUrls()))
                    && CheckoutsAction.isFirstRequest(build, checkout)) {
                ChangedPaths changed = ChangedPaths.of(property.getOnlyIfChanged(), changes(build, scm, changelogFile));
                CommitPrebuildsAction.ask(build, property, new NewCommit(checkout, changed), listener);
            }
            return;
        }
    }

    /** The changes as the checkout has written them down; the build itself may not have read them yet. */
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
