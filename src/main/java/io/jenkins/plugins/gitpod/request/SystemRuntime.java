package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/**
 * Runs all tasks of the engine as SYSTEM. A pool thread would be anonymous. Where anonymous users may not see jobs, it would
 * find neither the build for a record nor the folder for a credential.
 */
final class SystemRuntime implements EngineRuntime {

    private final EngineRuntime runtime;

    SystemRuntime(EngineRuntime runtime) {
        this.runtime = runtime;
    }

    private static Runnable asSystem(Runnable task) {
        return () -> {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                task.run();
            }
        };
    }

    @NonNull
    @Override
    public Instant now() {
        return runtime.now();
    }

    @Override
    public long nanoTime() {
        return runtime.nanoTime();
    }

    @NonNull
    @Override
    public Timer schedule(@NonNull Duration delay, @NonNull Runnable task) {
        return runtime.schedule(delay, asSystem(task));
    }

    @NonNull
    @Override
    public Executor executor(@NonNull WorkQueue queue) {
        Executor executor = runtime.executor(queue);
        return task -> executor.execute(asSystem(task));
    }

    @Override
    public double random() {
        return runtime.random();
    }
}
