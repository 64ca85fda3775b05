package io.jenkins.plugins.gitpod.lifecycle;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.request.BuildLookup;
import io.jenkins.plugins.gitpod.request.OwnerTracker;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * Finds the requests whose owner does not resume after Jenkins has started: those of builds that are not among the pipelines
 * that Jenkins resumes, and those of pipelines that resumed without the step, because their state was saved before it. The only
 * builds loaded for that are those that Jenkins does not list as resumed. A request counts as orphaned only if two checks in a
 * row find it so.
 */
final class OrphanCheck {

    private static final Logger LOGGER = Logger.getLogger(OrphanCheck.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(2);
    /** Pipelines list their steps on threads of their own. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(1);

    private final PrebuildService service;

    /** The requests that the check before found orphaned. */
    private Set<UUID> suspects = Set.of();

    private OrphanCheck(PrebuildService service) {
        this.service = service;
    }

    static void start() {
        new OrphanCheck(PrebuildService.get()).schedule();
    }

    private void schedule() {
        after(EVERY, this::ask);
    }

    private void after(Duration delay, Runnable task) {
        service.later(delay, () -> service.background().execute(task));
    }

    private void ask() {
        Map<UUID, RequestOrigin> unclaimed = unclaimed();
        if (!unclaimed.isEmpty()) {
            Map<String, Steps> alive = alive();
            unclaimed.values().forEach(origin -> alive.computeIfAbsent(origin.buildId(), OrphanCheck::unlisted));
            after(TO_ANSWER, () -> check(alive));
        }
    }

    private Map<UUID, RequestOrigin> unclaimed() {
        return service.owners().map(OwnerTracker::unclaimed).orElse(Map.of());
    }

    private void check(Map<String, Steps> alive) {
        Map<UUID, RequestOrigin> unclaimed = unclaimed();
        Set<UUID> orphaned = new HashSet<>();
        unclaimed.forEach((requestId, origin) -> {
            Steps steps = alive.get(origin.buildId());
            if (steps == null || steps.haveNone(origin.whole(requestId))) {
                orphaned.add(requestId);
            }
        });
        service.owners()
                .ifPresent(
                        owners -> orphaned.stream().filter(suspects::contains).forEach(owners::unclaimedGone));
        suspects = orphaned;
        // The others may still resume, or fail to.
        schedule();
    }

    private static Map<String, Steps> alive() {
        Map<String, Steps> alive = new HashMap<>();
        for (FlowExecution execution : FlowExecutionList.get()) {
            try {
                if (execution.getOwner().getExecutable() instanceof Run<?, ?> run) {
                    alive.put(run.getExternalizableId(), new Steps(execution.getCurrentExecutions(true)));
                }
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "A resumed pipeline has no build", e);
            }
        }
        return alive;
    }

    /**
     * The steps of a pipeline that Jenkins does not list, or null if the build is over. If a job is renamed while it is being
     * built, the list has its old name, and Jenkins resumes the pipeline only when something loads the build.
     */
    @CheckForNull
    static Steps unlisted(String buildId) {
        try {
            if (BuildLookup.isBeingMoved(buildId)) {
                return Steps.UNKNOWN;
            }
            if (BuildLookup.find(buildId) instanceof FlowExecutionOwner.Executable pipeline) {
                FlowExecutionOwner owner = pipeline.asFlowExecutionOwner();
                FlowExecution execution = owner == null ? null : owner.get();
                return execution == null || execution.isComplete()
                        ? null
                        : new Steps(execution.getCurrentExecutions(true));
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.FINE, "Build " + buildId + " is gone, or its pipeline cannot be loaded", e);
        }
        return null;
    }

    /** The steps of a pipeline, as far as it is loaded. */
    record Steps(@NonNull ListenableFuture<List<StepExecution>> running) {

        /** Of a build whose job is being renamed: it is found a little later. */
        private static final Steps UNKNOWN = new Steps(SettableFuture.create());

        /** Whether the pipeline is loaded and none of its steps has this request. */
        boolean haveNone(UUID requestId) {
            if (!running.isDone()) {
                return false;
            }
            try {
                return running.get().stream()
                        .noneMatch(step -> step instanceof RequestListener waiter && waiter.isFor(requestId));
            } catch (ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
