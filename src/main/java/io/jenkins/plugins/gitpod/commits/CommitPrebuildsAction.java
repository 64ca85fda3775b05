package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.scm.ChangeLogSet;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.checkout.BuildHead;
import io.jenkins.plugins.gitpod.checkout.ChangeLogFile;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.Changes;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.checkout.JobSource;
import io.jenkins.plugins.gitpod.checkout.PathPatterns;
import io.jenkins.plugins.gitpod.checkout.RunningCheckouts;
import io.jenkins.plugins.gitpod.decision.DecisionInputs;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.record.BuildConsole;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * The requests of the job property that are cancelled if the build is aborted. Saved in {@code build.xml}: fields may be
 * added but not renamed.
 */
final class CommitPrebuildsAction extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(CommitPrebuildsAction.class.getName());

    /** Replaced and never changed, because the build may be saved at any time. */
    private volatile List<String> requestIds = new ArrayList<>();

    private Object readResolve() {
        if (requestIds == null) {
            requestIds = new ArrayList<>();
        }
        return this;
    }

    /** Requests a prebuild of a commit if the checkout counts. Returns at once. */
    static void request(
            Run<?, ?> run, PrebuildSetting setting, CheckedOut found, ChangeLogFile changeLog, TaskListener listener) {
        GitpodPrebuildProperty property = setting.property();
        Console console = new Console(listenerOfBuild(run, listener));
        JobSource source = JobSource.of(run);
        BuildHead head = source.head();
        String notABranch = head == null || !property.isOnlyProjectBranch() ? null : DecisionInputs.notABranch(head);
        if (notABranch != null) {
            printOnce(run, console, found.revision(), notABranch);
            return;
        }
        Checkout checkout = source.toCheckout(found);
        if (!checkout.isOwn() && source.exists()) {
            if (head != null) {
                return; // a tool, or another branch
            } else if (property.getProjectId() == null) {
                if (!setting.isInherited()) {
                    printOnce(
                            run,
                            console,
                            found.revision(),
                            Messages.CommitPrebuildsAction_otherSource(checkout.shownRemotes()));
                }
                return;
            }
        }
        // For a named project, the checkout of the script may not count where that of the build does.
        boolean counts = property.getProjectId() == null ? checkout.isOwn() : checkout.isBuilt();
        if (RunningCheckouts.isFirst(run, counts + " " + checkout)) {
            submit(run, property, commit(run, setting, checkout, changeLog), console);
        }
    }

    private static NewCommit commit(
            Run<?, ?> run, PrebuildSetting setting, Checkout checkout, ChangeLogFile changeLog) {
        CommitConditions conditions = setting.property().conditions();
        PathPatterns patterns = PathPatterns.of(setting.property().getOnlyIfChanged());
        boolean needPaths = patterns.needProject();
        boolean needChanges = needPaths || conditions.minimumCommits() != null;
        List<ChangeLogSet<?>> log = needChanges || !patterns.isEmpty() ? changeLog.changes(run) : List.of();
        return new NewCommit(
                checkout,
                // Patterns that depend on the project are matched once it is known.
                needPaths ? ChangedPaths.UNKNOWN : ChangedPaths.matching(patterns, log),
                setting.isInherited(),
                needChanges ? Changes.of(log, needPaths) : null,
                conditions);
    }

    private static void printOnce(Run<?, ?> run, Console console, String revision, String reason) {
        if (RunningCheckouts.isFirst(run, reason)) {
            String line = Messages.Decision_skipped(reason);
            console.line(line);
            DecisionLog.addSkipped(run, revision, line);
        }
    }

    private static void submit(Run<?, ?> run, GitpodPrebuildProperty property, NewCommit commit, Console console) {
        UUID requestId = UUID.randomUUID();
        if (property.isCancelWithBuild()) {
            remember(run, requestId);
        }
        try {
            PrebuildService.get().submitAutomatic(requestId, run, property.options(), commit, console);
        } catch (AbortException e) {
            String line = Messages.CommitPrebuildsAction_none(e.getMessage());
            console.line(line);
            DecisionLog.addSkipped(run, commit.checkout().revision(), line);
        }
    }

    /** The listener of the build: that of a pipeline step closes at the end of the step. */
    private static TaskListener listenerOfBuild(Run<?, ?> run, TaskListener listener) {
        try {
            if (run instanceof FlowExecutionOwner.Executable pipeline) {
                FlowExecutionOwner owner = pipeline.asFlowExecutionOwner();
                return owner == null ? listener : owner.getListener();
            }
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "No console of " + run, e);
        }
        return listener;
    }

    private static void remember(Run<?, ?> run, UUID requestId) {
        CommitPrebuildsAction action;
        synchronized (run) {
            action = run.getAction(CommitPrebuildsAction.class);
            if (action == null) {
                action = new CommitPrebuildsAction();
                run.addAction(action);
            }
        }
        synchronized (action) {
            List<String> all = new ArrayList<>(action.requestIds);
            all.add(requestId.toString());
            action.requestIds = all;
        }
    }

    /** Cancels the requests. */
    static void cancel(Run<?, ?> run) {
        CommitPrebuildsAction action = run.getAction(CommitPrebuildsAction.class);
        if (action == null) {
            return;
        }
        PrebuildService.get()
                .owners()
                .ifPresent(owners -> action.requestIds.forEach(id -> owners.dropAutomatic(UUID.fromString(id))));
    }

    /** Prints the lines to the console of the build, as long as it is open. */
    private record Console(TaskListener listener) implements RequestListener {

        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            BuildConsole.println(listener, line);
        }

        @Override
        public void created(@NonNull PrebuildResult result) {
            line(Messages.CommitPrebuildsAction_shown());
        }

        @Override
        public void concluded(@NonNull PrebuildRecord record) {
            String message = record.getMessage();
            if (message != null) {
                line(message);
            }
        }
    }
}
