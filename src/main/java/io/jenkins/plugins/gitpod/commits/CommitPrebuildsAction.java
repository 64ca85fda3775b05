package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.checkout.NewCommit;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/**
 * The automatic requests of a build that are to be cancelled if the build is aborted. Saved in {@code build.xml}: fields
 * may be added but not renamed.
 */
final class CommitPrebuildsAction extends InvisibleAction {

    private static final Logger LOGGER = Logger.getLogger(CommitPrebuildsAction.class.getName());

    /** Replaced and never changed, for the build may be saved at any time. */
    private volatile List<String> requestIds = new ArrayList<>();

    /** Asks for a prebuild of a commit; returns at once. */
    static void ask(Run<?, ?> run, GitpodPrebuildProperty property, NewCommit commit, TaskListener listener) {
        UUID requestId = UUID.randomUUID();
        if (property.isCancelWithBuild()) {
            remember(run, requestId);
        }
        Console console = new Console(outliving(run, listener));
        try {
            PrebuildService.get().submitAutomatic(requestId, run, property.options(), commit, console);
        } catch (AbortException e) {
            console.line(Messages.CommitPrebuildsAction_none(e.getMessage()));
        }
    }

    /** A pipeline's step has a listener that ends with the step; the build's own one goes on. */
    private static TaskListener outliving(Run<?, ?> run, TaskListener listener) {
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

    /** The build was aborted. */
    static void cancel(Run<?, ?> run) {
        CommitPrebuildsAction action = run.getAction(CommitPrebuildsAction.class);
        if (action == null) {
            return;
        }
        PrebuildService.get()
                .owners()
                .ifPresent(owners -> action.requestIds.forEach(id -> owners.dropAutomatic(UUID.fromString(id))));
    }

    /** The first words go to the build's console, as long as it is open. */
    private record Console(TaskListener listener) implements PrebuildListener {

        @Override
        public boolean isFor(@NonNull UUID requestId) {
            return false;
        }

        @Override
        public void line(@NonNull String line) {
            listener.getLogger().println("[Gitpod] " + line);
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
