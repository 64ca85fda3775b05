package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.GitpodLookup;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.springframework.security.access.AccessDeniedException;

/** Saves records with builds, whether they are starting, running, or have ended. */
final class BuildRecorder {

    private static final Logger LOGGER = Logger.getLogger(BuildRecorder.class.getName());

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    /** The last one follows after about two minutes. A pipeline that has not been loaded by then never will be. */
    private static final int MAX_RETRIES = 7;

    private BuildRecorder() {}

    /** Records the present state of a request with its build, if that is still there. A failure is logged. */
    static void save(@NonNull Supplier<RequestOrigin> origin, @NonNull PrebuildRecord record) {
        Guarded.run("record a prebuild with its build", () -> {
            RequestOrigin asked = origin.get();
            String buildId = asked.buildId();
            Run<?, ?> run = build(buildId);
            if (run == null) {
                LOGGER.log(Level.FINE, "Build {0} is gone; its prebuild is not recorded", buildId);
                return;
            }
            PrebuildRecord before = PrebuildAction.find(run, record.getRequestId());
            PrebuildRecord complete =
                    named(record).withCredential(asked.knownCredentialsId()).partOf(asked.partOf());
            PrebuildService.get().recorded(run, before, PrebuildAction.put(run, complete));
            save(run, origin, 0);
        });
    }

    private static PrebuildRecord named(PrebuildRecord record) {
        GitpodLookup names = GitpodLookup.get();
        return record.named(names.knownName(record.getProjectId()), names.knownName(record.getEnvironmentClassId()));
    }

    private static void save(Run<?, ?> run, Supplier<RequestOrigin> origin, int retries) {
        if (isStarting(run)) {
            Duration delay = retryDelay(retries);
            if (delay != null) {
                saveLater(origin, retries, delay);
            } else {
                LOGGER.log(Level.WARNING, "Could not save a prebuild''s record: the pipeline {0} is not loaded", run);
            }
            return;
        }
        try {
            // The files of a job that is being deleted are removed before any listener is told.
            if (run.getRootDir().isDirectory()) {
                run.save();
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save what became of a Gitpod prebuild with " + run, e);
        }
    }

    /** How long to wait for a pipeline that is not loaded, or null if it was awaited long enough. */
    @CheckForNull
    static Duration retryDelay(int retries) {
        return retries < MAX_RETRIES ? FIRST_RETRY.multipliedBy(1L << retries) : null;
    }

    private static void saveLater(Supplier<RequestOrigin> origin, int retries, Duration delay) {
        PrebuildService service = PrebuildService.get();
        Runnable retry = () -> {
            // It may have been deleted meanwhile.
            Run<?, ?> later = build(origin.get().buildId());
            if (later != null) {
                save(later, origin, retries + 1);
            }
        };
        service.later(delay, () -> service.background().execute(retry));
    }

    /**
     * Whether the build is of a pipeline that is being set up. It cannot be saved then, for it has no first node yet: an
     * SCM that holds its script may be checked out before.
     */
    private static boolean isStarting(Run<?, ?> run) {
        if (!run.isBuilding() || !(run instanceof FlowExecutionOwner.Executable pipeline)) {
            return false;
        }
        FlowExecutionOwner owner = pipeline.asFlowExecutionOwner();
        return owner != null && owner.getOrNull() == null;
    }

    /** The build that a request came from, or null if it is gone. */
    @CheckForNull
    static Run<?, ?> build(@NonNull String buildId) {
        try {
            return Run.fromExternalizableId(buildId);
        } catch (IllegalArgumentException | AccessDeniedException e) {
            return null;
        }
    }
}
