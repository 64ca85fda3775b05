package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs tasks that call code of others: a console, a file, a listener. Whatever one of them throws is logged and reaches no
 * other one, so that each build is told the end of its prebuild.
 */
public final class Guarded {

    private static final Logger LOGGER = Logger.getLogger(Guarded.class.getName());

    private Guarded() {}

    /**
     * Runs one task.
     *
     * @param what what it does, for the log: "save a record"
     */
    public static void run(@NonNull String what, @NonNull Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOGGER.log(Level.WARNING, "Gitpod prebuilds: could not " + what, e);
        }
    }

    /** Runs a task for each element. */
    public static <T> void forEach(@NonNull String what, @NonNull Iterable<T> elements, @NonNull Consumer<T> task) {
        elements.forEach(element -> run(what, () -> task.accept(element)));
    }
}
