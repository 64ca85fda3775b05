package io.jenkins.plugins.gitpod.build;

import hudson.model.Run;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;

/**
 * After a start of Jenkins, finds the requests whose builds do not come back: those of builds that are not among the
 * pipelines that Jenkins itself resumes. Loads no build for that. A request whose step resumed has a waiter by then; one
 * whose build goes on without the step is noticed when the build ends.
 */
final class OrphanCheck {

    private static final Logger LOGGER = Logger.getLogger(OrphanCheck.class.getName());
    private static final Duration EVERY = Duration.ofSeconds(5);

    private OrphanCheck() {}

    static void schedule() {
        PrebuildService service = PrebuildService.get();
        service.later(EVERY, () -> service.background().execute(() -> check(service)));
    }

    private static void check(PrebuildService service) {
        if (!service.anyRestoredUnclaimed()) {
            return;
        }
        Set<String> alive = new HashSet<>();
        for (FlowExecution execution : FlowExecutionList.get()) {
            try {
                if (execution.getOwner().getExecutable() instanceof Run<?, ?> run) {
                    alive.add(run.getExternalizableId());
                }
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "A resumed pipeline has no build", e);
            }
        }
        service.unclaimedGone(origin -> !alive.contains(origin.buildId()));
        // What is left may resume yet, or fail to.
        schedule();
    }
}
