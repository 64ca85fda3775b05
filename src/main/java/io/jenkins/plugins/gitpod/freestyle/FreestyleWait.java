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
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.CancelledInGitpod;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.StepResult;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.model.InterruptedBuildAction;

/** A freestyle build that waits for its prebuild, on its executor's thread, while the plugin's one watcher watches. */
final class FreestyleWait implements PrebuildListener {

    /** How long a build that ends early waits for Gitpod to take the cancel. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private final UUID requestId = UUID.randomUUID();
    private final AbstractBuild<?, ?> build;
    private final BuildListener listener;
    private final PrebuildOptions options;

    /** The prebuild's state if the build does not wait for its end. */
    private final CompletableFuture<PrebuildResult> created = new CompletableFuture<>();

    private final CompletableFuture<PrebuildRecord> ended = new CompletableFuture<>();

    /** The agent's connection if the build runs on one, and its loss. */
    @CheckForNull
    private final Channel agent;

    private final CompletableFuture<AgentLost> agentLost = new CompletableFuture<>();

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

    /** @return whether the build goes on */
    boolean await() throws InterruptedException, IOException {
        PrebuildService service = PrebuildService.get();
        service.submit(requestId, build, null, options, this);
        Channel.Listener watch = watchAgent();
        try {
            Object first = CompletableFuture.anyOf(agentLost, ended, options.isWait() ? ended : created)
                    .get();
            if (first instanceof AgentLost) {
                leave(service);
                throw new AbortException(Messages.FreestyleWait_agentLost());
            } else if (first instanceof PrebuildResult result) {
                PrebuildEnvironmentAction.set(build, result);
                line(Messages.FreestyleWait_detached());
                return true;
            }
            return conclude((PrebuildRecord) first);
        } catch (ExecutionException e) {
            // Neither future is ever completed with a failure.
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            leave(service);
            throw e;
        } finally {
            if (agent != null) {
                agent.removeListener(watch);
            }
        }
    }

    /** The wait needs no agent, but the build ends without its own: nothing after this step could run. */
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
        StepResult verdict = StepResult.of(record, options);
        PrebuildResult result = record.getResult();
        if (result != null) {
            PrebuildEnvironmentAction.set(build, result);
        }
        if (verdict.result() == Result.SUCCESS) {
            line(verdict.message());
            return true;
        } else if (verdict.result() == Result.UNSTABLE) {
            line(verdict.message());
            build.setResult(Result.UNSTABLE);
            return true;
        }
        listener.error("[Gitpod] " + verdict.message());
        if (verdict.result() == Result.ABORTED) {
            build.setResult(Result.ABORTED);
            build.addAction(new InterruptedBuildAction(List.of(new CancelledInGitpod(record))));
        }
        return false;
    }

    /** The build is interrupted: the prebuild is cancelled, and the build ends soon whatever Gitpod says. */
    private void leave(PrebuildService service) {
        service.owners().ifPresent(owners -> owners.leave(requestId));
        PrebuildRecord record = null;
        try {
            record = ended.get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException e) {
            // Interrupted once more: somebody is in a hurry. The ledger goes on with the cancel.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        String farewell = record == null ? service.farewell(requestId) : record.getMessage();
        if (farewell != null) {
            line(farewell);
        }
    }

    @Override
    public boolean isFor(@NonNull UUID id) {
        return requestId.equals(id);
    }

    @Override
    public void line(@NonNull String line) {
        listener.getLogger().println("[Gitpod] " + line);
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
