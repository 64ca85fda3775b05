package io.jenkins.plugins.gitpod.freestyle;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.Result;
import hudson.remoting.Channel;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.BuildConsole;
import io.jenkins.plugins.gitpod.record.CancelledInGitpod;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.request.EarlyEnd;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.model.InterruptedBuildAction;

/** The wait of a freestyle build for its prebuild. It blocks the thread of the build's executor. */
final class FreestyleWait implements RequestListener {

    private final UUID requestId = UUID.randomUUID();
    private final AbstractBuild<?, ?> build;
    private final BuildListener listener;
    private final PrebuildOptions options;

    /** Completed when the prebuild has an id. */
    private final CompletableFuture<PrebuildResult> created = new CompletableFuture<>();

    private final CompletableFuture<PrebuildRecord> ended = new CompletableFuture<>();

    /** The connection to the agent of the build, or null if the build runs on the controller. */
    @CheckForNull
    private final Channel agent;

    private final CompletableFuture<AgentLost> agentLost = new CompletableFuture<>();

    private volatile boolean hasReturned;

    private enum AgentLost {
        YES
    }

    FreestyleWait(
            AbstractBuild<?, ?> build,
            BuildListener listener,
            PrebuildOptions options,
            @Nullable VirtualChannel channel) {
        this.agent = channel instanceof Channel remote ? remote : null;
        this.build = build;
        this.listener = listener;
        this.options = options;
    }

    /**
     * Requests the prebuild and waits as the options say.
     *
     * @return whether the build continues
     * @throws AbortException if the connection to the agent is lost; the message is for people
     */
    boolean await() throws InterruptedException, IOException {
        PrebuildService service = PrebuildService.get();
        service.submit(requestId, build, null, options, this);
        Channel.Listener watch = watchAgent();
        try {
            Object first = CompletableFuture.anyOf(agentLost, ended, options.isWait() ? ended : created)
                    .get();
            if (first instanceof AgentLost) {
                leave();
                throw new AbortException(Messages.FreestyleWait_agentLost());
            } else if (first instanceof PrebuildResult result) {
                PrebuildEnvironmentAction.set(build, result);
                line(Messages.FreestyleWait_detached());
                return true;
            }
            return conclude((PrebuildRecord) first);
        } catch (ExecutionException e) {
            // No code completes a future with a failure.
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            leave();
            throw e;
        } finally {
            hasReturned = true;
            if (agent != null) {
                agent.removeListener(watch);
            }
        }
    }

    /** The wait needs no agent, but the steps after this one do: the build ends when its agent is lost. */
    private Channel.Listener watchAgent() {
        Channel.Listener watch = new Channel.Listener() {
            @Override
            public void onClosed(Channel channel, IOException cause) {
                agentLost.complete(AgentLost.YES);
            }
        };
        if (agent != null) {
            agent.addListener(watch);
            if (agent.isClosingOrClosed()) {
                agentLost.complete(AgentLost.YES);
            }
        }
        return watch;
    }

    private boolean conclude(PrebuildRecord record) throws IOException {
        Result outcome = record.resultFor(options);
        String message = Objects.requireNonNull(record.getMessage());
        PrebuildResult result = record.getResult();
        if (result != null) {
            PrebuildEnvironmentAction.set(build, result);
        }
        if (outcome == Result.SUCCESS) {
            line(message);
            return true;
        } else if (outcome == Result.UNSTABLE) {
            line(message);
            build.setResult(Result.UNSTABLE);
            return true;
        }
        BuildConsole.error(listener, message);
        if (outcome == Result.ABORTED) {
            build.setResult(Result.ABORTED);
            build.addAction(new InterruptedBuildAction(List.of(new CancelledInGitpod(record))));
        }
        return false;
    }

    /** Leaves the prebuild. Returns within {@link EarlyEnd#GRACE_PERIOD}. */
    private void leave() {
        EarlyEnd.leave(requestId);
        PrebuildRecord record = null;
        try {
            record = ended.get(EarlyEnd.GRACE_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            // Not cancelled in time, or interrupted again. The engine keeps trying to cancel the prebuild.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        EarlyEnd.printLastLine(requestId, this, record);
    }

    @NonNull
    @Override
    public Logs logs() {
        return options.isWait() ? options.getLogs() : Logs.NONE;
    }

    @Override
    public boolean isDone() {
        return hasReturned;
    }

    @Override
    public boolean isFor(@NonNull UUID id) {
        return requestId.equals(id);
    }

    @Override
    public void line(@NonNull String line) {
        BuildConsole.println(listener, line);
    }

    @Override
    public void created(@NonNull PrebuildResult result) {
        created.complete(result);
    }

    @Override
    public void concluded(@NonNull PrebuildRecord record) {
        ended.complete(record);
    }

    @Override
    public String toString() {
        return "build step of " + build + " waiting for request " + requestId;
    }
}
