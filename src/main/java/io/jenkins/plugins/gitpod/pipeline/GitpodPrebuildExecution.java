package io.jenkins.plugins.gitpod.pipeline;

import com.google.common.util.concurrent.ListenableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Node;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.BuildConsole;
import io.jenkins.plugins.gitpod.record.CancelledInGitpod;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.EarlyEnd;
import io.jenkins.plugins.gitpod.request.OwnerTracker;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * The execution of one {@code gitpodPrebuild}. It saves only the id of its request and its options; the engine and the ledger
 * keep the state of the request. No method blocks the thread that runs the pipeline. Saved in {@code program.dat}: fields may
 * be added but not renamed.
 */
final class GitpodPrebuildExecution extends StepExecution implements RequestListener {

    private static final long serialVersionUID = 1L;

    private static final Logger LOGGER = Logger.getLogger(GitpodPrebuildExecution.class.getName());

    private PrebuildOptions options;
    private volatile String requestId = UUID.randomUUID().toString();

    // Not saved: a step that resumes has not ended, and it is interrupted again or the ledger knows that it has left.
    private transient volatile boolean ended;
    private transient volatile Throwable interruption;

    GitpodPrebuildExecution(StepContext context, PrebuildOptions options) {
        super(context);
        this.options = options;
    }

    PrebuildOptions options() {
        return options;
    }

    private UUID requestId() {
        return UUID.fromString(requestId);
    }

    @Override
    public boolean start() throws Exception {
        StepContext context = getContext();
        Run<?, ?> run = context.get(Run.class);
        FlowNode node = context.get(FlowNode.class);
        boolean isFirst = run.getAction(PrebuildAction.class) == null;
        if (options.isWait() && isFirst && context.get(Node.class) != null) {
            line(Messages.GitpodPrebuildExecution_insideNode());
        }
        String nodeId = node == null ? null : node.getId();
        PrebuildService service = PrebuildService.get();
        if (!service.isUp()) {
            service.whenUp(() -> begin(service, run, nodeId));
        } else if (unclaimed(service, run).isEmpty()) {
            service.submit(requestId(), run, nodeId, options, this);
        } else {
            service.background().execute(() -> begin(service, run, nodeId));
        }
        return false;
    }

    @NonNull
    @Override
    public Logs logs() {
        return options.isWait() ? options.getLogs() : Logs.NONE;
    }

    @Override
    public boolean isDone() {
        return ended;
    }

    @Override
    public boolean isFor(@NonNull UUID id) {
        return requestId().equals(id);
    }

    /**
     * Submits the request. After a crash, Jenkins may resume from a state that was saved before this step and run the step
     * again. Then the step takes over the request of its first run, unless that belongs to another running step.
     */
    private void begin(PrebuildService service, Run<?, ?> run, @Nullable String nodeId) {
        endIfFailed(() -> {
            List<UUID> unclaimed = unclaimed(service, run);
            FlowExecution execution = getContext().get(FlowExecution.class);
            if (unclaimed.isEmpty() || execution == null) {
                submit(service, run, nodeId);
                return;
            }
            ListenableFuture<List<StepExecution>> steps = execution.getCurrentExecutions(true);
            steps.addListener(
                    () -> endIfFailed(() -> {
                        if (!takeOver(service, run, nodeId, unclaimed, steps)) {
                            submit(service, run, nodeId);
                        }
                    }),
                    service.background());
        });
    }

    /** A task in the background, whose failure ends the step. */
    private interface Task {

        void run() throws IOException, InterruptedException;
    }

    private void endIfFailed(Task task) {
        try {
            task.run();
        } catch (IOException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            internalError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        }
    }

    private boolean takeOver(
            PrebuildService service,
            Run<?, ?> run,
            @Nullable String nodeId,
            List<UUID> unclaimed,
            Future<List<StepExecution>> stepsOfBuild)
            throws AbortException {
        List<StepExecution> steps;
        try {
            steps = stepsOfBuild.get();
        } catch (ExecutionException e) {
            LOGGER.log(Level.FINE, "The steps of a pipeline are not known", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        for (UUID own : unclaimed) {
            boolean isOthers =
                    steps.stream().anyMatch(step -> step instanceof RequestListener waiter && waiter.isFor(own));
            if (interruption == null && !isOthers && service.takeOver(own, run, nodeId, options, this)) {
                requestId = own.toString();
                getContext().saveState();
                leaveIfInterrupted();
                return true;
            }
        }
        return false;
    }

    private List<UUID> unclaimed(PrebuildService service, Run<?, ?> run) throws AbortException {
        Optional<OwnerTracker> owners = service.owners();
        return owners.isPresent() ? owners.get().unclaimed(run, options) : List.of();
    }

    /** For a step that was stopped while its request was being submitted. */
    private void leaveIfInterrupted() {
        if (interruption != null) {
            EarlyEnd.leave(requestId());
        }
    }

    private void submit(PrebuildService service, Run<?, ?> run, @Nullable String nodeId) {
        try {
            if (interruption == null) {
                service.submit(requestId(), run, nodeId, options, this);
                leaveIfInterrupted();
            }
        } catch (AbortException e) {
            fail(e);
        }
    }

    @Override
    public void onResume() {
        PrebuildService service = PrebuildService.get();
        service.whenUp(() -> endIfFailed(() -> resume(service, getContext().get(Run.class))));
    }

    private void resume(PrebuildService service, Run<?, ?> run) throws IOException, InterruptedException {
        String nodeId = options.isForSeveralClasses() ? nodeId() : null;
        switch (service.resume(requestId(), run, nodeId, options, this)) {
            case CONTINUES -> leaveIfInterrupted();
            // Jenkins stopped after the start of the step and before the request was saved.
            case NEVER_SENT -> submit(service, run, nodeId());
            case LOST -> fail(new AbortException(service.lostEntry(requestId(), run)));
        }
    }

    @CheckForNull
    private String nodeId() throws IOException, InterruptedException {
        FlowNode node = getContext().get(FlowNode.class);
        return node == null ? null : node.getId();
    }

    @Override
    public void stop(@NonNull Throwable cause) {
        interruption = cause;
        PrebuildService service = PrebuildService.get();
        Guarded.run("leave a prebuild", () -> EarlyEnd.leave(requestId()));
        service.later(EarlyEnd.GRACE_PERIOD, () -> service.background().execute(() -> endUnconfirmed(cause)));
        if (!service.isOpen(requestId())) {
            // No request is open, so that no listener method will be called.
            service.background().execute(() -> fail(cause));
        }
    }

    private void endUnconfirmed(Throwable cause) {
        if (!ended) {
            EarlyEnd.printLastLine(requestId(), this, null);
            fail(cause);
        }
    }

    @Override
    public boolean blocksRestart() {
        return PrebuildService.get().isCreateOut(requestId());
    }

    @CheckForNull
    @Override
    public String getStatus() {
        return PrebuildService.get().status(requestId());
    }

    // ---- called on threads of the engine

    @Override
    public void line(@NonNull String line) {
        try {
            TaskListener listener = getContext().get(TaskListener.class);
            if (listener != null) {
                BuildConsole.println(listener, line);
            }
        } catch (IOException | RuntimeException | Error e) {
            LOGGER.log(Level.FINE, "No console for: " + line, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void created(@NonNull PrebuildResult result) {
        if (!options.isWait() && interruption == null) {
            line(Messages.GitpodPrebuildExecution_detached());
            succeed(result);
        }
    }

    @Override
    public void concluded(@NonNull PrebuildRecord record) {
        if (ended) {
            return;
        }
        Result result = record.resultFor(options);
        String message = Objects.requireNonNull(record.getMessage());
        Throwable cause = interruption;
        if (cause == null && result == Result.FAILURE) {
            fail(new AbortException(message));
            return;
        }
        line(message);
        if (cause != null) {
            fail(cause);
        } else if (result == Result.ABORTED) {
            fail(new FlowInterruptedException(Result.ABORTED, false, new CancelledInGitpod(record)));
        } else {
            if (result == Result.UNSTABLE) {
                warn(message);
            }
            succeed(record.getResult());
        }
    }

    /** Makes the step and the build unstable. */
    private void warn(String message) {
        try {
            FlowNode node = getContext().get(FlowNode.class);
            if (node != null) {
                node.addOrReplaceAction(new WarningAction(Result.UNSTABLE).withMessage(message));
            }
            Run<?, ?> run = getContext().get(Run.class);
            if (run != null) {
                run.setResult(Result.UNSTABLE);
            }
        } catch (IOException | RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "Could not mark the step as unstable", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void succeed(@Nullable PrebuildResult result) {
        if (isFirstEnd()) {
            try {
                getContext().onSuccess(result);
            } catch (RuntimeException | Error e) {
                getContext().onFailure(e);
            }
        }
    }

    private void fail(Throwable cause) {
        if (isFirstEnd()) {
            getContext().onFailure(cause);
        }
    }

    /** Ends the step after an unexpected failure. */
    private void internalError(Throwable e) {
        LOGGER.log(Level.WARNING, "A Gitpod prebuild step cannot continue", e);
        fail(new AbortException(
                Messages.GitpodPrebuildExecution_internalError(e.getClass().getSimpleName())));
    }

    /** Makes sure that only one of success, failure, stop and resume completes the step. */
    private synchronized boolean isFirstEnd() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    /** Sets the default of what {@code program.dat} does not contain. */
    private Object readResolve() {
        if (options == null) {
            options = new PrebuildOptions();
        }
        ended = false;
        interruption = null;
        return this;
    }
}
