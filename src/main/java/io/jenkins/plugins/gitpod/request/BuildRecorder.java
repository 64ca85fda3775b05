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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;

/** Saves records with builds, whether they are starting, running, or have ended. */
final class BuildRecorder {

    private static final Logger LOGGER = Logger.getLogger(BuildRecorder.class.getName());

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    /** The last one follows after about two minutes. A pipeline that has not been loaded by then never will be. */
    private static final int MAX_RETRIES = 7;

    private BuildRecorder() {}

    /**
     * Records the present state of a request with its build, and saves the build. A failure is logged.
     *
     * @return false if the build is not found: it is gone, or its job is being renamed
     */
    static boolean save(@NonNull Supplier<RequestOrigin> origin, @NonNull PrebuildRecord record) {
        return record(origin, record, run -> {
            PrebuildService.get().delayedSaves().remove(run);
            save(run, origin, 0);
        });
    }

    /**
     * The same, but the build is saved a little later. If it is not found, nothing is recorded.
     *
     * @param save saves the build once more with this record or a newer one
     */
    static void saveLater(
            @NonNull Supplier<RequestOrigin> origin, @NonNull PrebuildRecord record, @NonNull Runnable save) {
        record(origin, record, run -> PrebuildService.get().delayedSaves().add(run, save));
    }

    private static boolean record(
            Supplier<RequestOrigin> origin, PrebuildRecord record, Consumer<Run<?, ?>> whenRecorded) {
        AtomicBoolean isFound = new AtomicBoolean(true);
        Guarded.run("record a prebuild with its build", () -> {
            RequestOrigin asked = origin.get();
            String buildId = asked.buildId();
            Run<?, ?> run = BuildLookup.find(buildId);
            if (run == null) {
                LOGGER.log(Level.FINE, "Build {0} is not found; its prebuild is not recorded", buildId);
                isFound.set(false);
                return;
            }
            PrebuildRecord before = PrebuildAction.find(run, record.getRequestId());
            PrebuildRecord complete =
                    named(record).withCredential(asked.knownCredentialsId()).partOf(asked.partOf());
            PrebuildService.get().recorded(run, before, PrebuildAction.put(run, complete));
            whenRecorded.accept(run);
        });
        return isFound.get();
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

    /** How long to wait for a pipeline that is not loaded or a build that is not found, or null after all that. */
    @CheckForNull
    static Duration retryDelay(int retries) {
        return retries < MAX_RETRIES ? FIRST_RETRY.multipliedBy(1L << retries) : null;
    }

    private static void saveLater(Supplier<RequestOrigin> origin, int retries, Duration delay) {
        PrebuildService service = PrebuildService.get();
        Runnable retry = () -> {
            // It may have been deleted meanwhile.
            Run<?, ?> later = BuildLookup.find(origin.get().buildId());
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
}
