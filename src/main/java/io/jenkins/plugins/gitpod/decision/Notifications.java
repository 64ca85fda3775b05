package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.engine.Guarded;
import java.util.ArrayList;
import java.util.List;

/** What builds are told about a decision, once the lock under which it was made is released. Not thread-safe. */
public final class Notifications {

    private final List<Runnable> tasks = new ArrayList<>();

    /** Adds something that may block, such as a line in a console. */
    public void add(@NonNull Runnable task) {
        tasks.add(task);
    }

    void run() {
        Guarded.forEach("tell a build what was decided", tasks, Runnable::run);
    }
}
