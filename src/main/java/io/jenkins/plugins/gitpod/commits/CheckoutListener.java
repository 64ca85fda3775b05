package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.FilePath;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.model.listeners.SCMListener;
import hudson.scm.SCM;
import hudson.scm.SCMRevisionState;
import io.jenkins.plugins.gitpod.checkout.ChangeLogFile;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.RunningCheckouts;
import io.jenkins.plugins.gitpod.checkout.ScmReader;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import java.io.File;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Sees the checkouts of all builds. Those of jobs with a {@link PrebuildSetting} may request a prebuild. For any other job nothing is read,
 * parsed or saved; of a pipeline's checkouts it is kept in memory what they were made for, in case a step asks. A failure
 * here does not affect the build.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CheckoutListener extends SCMListener {

    private static final Logger LOGGER = Logger.getLogger(CheckoutListener.class.getName());
    private static final String LIBRARIES = "org.jenkinsci.plugins.workflow.libs.";
    private static final String SCRIPTS = "org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition";

    @Override
    public void onCheckout(
            Run<?, ?> build,
            SCM scm,
            FilePath workspace,
            TaskListener listener,
            @CheckForNull File changelogFile,
            @CheckForNull SCMRevisionState pollingBaseline) {
        if (GitpodGlobalConfiguration.get().getConnections().isEmpty()) {
            return;
        }
        try {
            RunningCheckouts.Purpose purpose = RunningCheckouts.Purpose.BUILD;
            if (build instanceof FlowExecutionOwner.Executable) {
                purpose = purpose(workspace);
                RunningCheckouts.add(build, scm, changelogFile, purpose);
            }
            PrebuildSetting setting =
                    purpose == RunningCheckouts.Purpose.LIBRARY ? null : PrebuildSetting.of(build.getParent());
            if (setting != null && !setting.property().isDisabled()) {
                request(build, setting, scm, listener, changelogFile);
            }
        } catch (RuntimeException | LinkageError e) {
            LOGGER.log(Level.WARNING, "Could not see what " + build + " has checked out", e);
        }
    }

    /** What a pipeline has checked out something for, which only the stack of the caller tells. */
    private static RunningCheckouts.Purpose purpose(FilePath workspace) {
        if (workspace.isRemote()) {
            return RunningCheckouts.Purpose.BUILD; // libraries and scripts are checked out on the controller
        }
        return StackWalker.getInstance()
                .walk(frames -> frames.map(frame -> purpose(frame.getClassName()))
                        .filter(Objects::nonNull)
                        .findFirst())
                .orElse(RunningCheckouts.Purpose.BUILD);
    }

    @CheckForNull
    private static RunningCheckouts.Purpose purpose(String callerClass) {
        if (callerClass.startsWith(LIBRARIES)) {
            return RunningCheckouts.Purpose.LIBRARY;
        }
        return callerClass.startsWith(SCRIPTS) ? RunningCheckouts.Purpose.SCRIPT : null;
    }

    private static void request(
            Run<?, ?> build, PrebuildSetting setting, SCM scm, TaskListener listener, @Nullable File changelogFile) {
        Optional<CheckedOut> found = ScmReader.all().stream()
                .map(reader -> reader.last(build, scm))
                .filter(Objects::nonNull)
                .findFirst();
        if (found.isPresent()) {
            CommitPrebuildsAction.request(
                    build,
                    setting,
                    found.get(),
                    // The build itself may not have read its change log yet.
                    new ChangeLogFile(scm, changelogFile),
                    listener);
        }
    }

    /** Forgets the checkouts of builds that are over. */
    @Extension
    @Restricted(NoExternalUse.class)
    public static final class BuildEnd extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            RunningCheckouts.remove(run);
        }
    }
}
