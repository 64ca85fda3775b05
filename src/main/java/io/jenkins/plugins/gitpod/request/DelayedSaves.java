package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.engine.Guarded;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Builds with changes that a crash may lose. Such a build is saved after a while, once for all changes until then, or before
 * that if it is saved for another reason. Until then it stays in memory, so that Jenkins does not load it without them.
 */
final class DelayedSaves {

    private final Consumer<Runnable> later;

    /** The saves of each build, one for each request. Guarded by this. */
    private final Map<Run<?, ?>, Set<Runnable>> pending = new IdentityHashMap<>();

    private boolean closed;

    /** @param later runs a task in the background after a while */
    DelayedSaves(@NonNull Consumer<Runnable> later) {
        this.later = later;
    }

    /**
     * A build has a change that is to be saved.
     *
     * @param save puts the change into the build once more, in case Jenkins has loaded it again, and saves it
     */
    void add(@NonNull Run<?, ?> run, @NonNull Runnable save) {
        Set<Runnable> saves = new LinkedHashSet<>(List.of(save));
        boolean isLate;
        synchronized (this) {
            isLate = closed;
            Set<Runnable> earlier = isLate ? null : pending.putIfAbsent(run, saves);
            if (earlier != null) {
                earlier.add(save);
                return;
            }
        }
        if (isLate) {
            save.run();
        } else {
            later.accept(() -> save(run, saves));
        }
    }

    /** A build is about to be saved with all its changes. */
    synchronized void remove(@NonNull Run<?, ?> run) {
        Set<Runnable> saves = pending.remove(run);
        if (saves != null) {
            saves.clear();
        }
    }

    /** The first save removes the others, because it saves their changes too, unless it no longer applies. */
    private void save(Run<?, ?> run, Set<Runnable> saves) {
        for (Runnable next = poll(run, saves); next != null; next = poll(run, saves)) {
            Guarded.run("save the phases of a prebuild with its build", next);
        }
    }

    @CheckForNull
    private synchronized Runnable poll(Run<?, ?> run, Set<Runnable> saves) {
        Iterator<Runnable> each = saves.iterator();
        if (each.hasNext()) {
            Runnable next = each.next();
            each.remove();
            return next;
        }
        if (pending.get(run) == saves) {
            pending.remove(run);
        }
        return null;
    }

    /** Saves all builds. */
    void saveAll() {
        Map<Run<?, ?>, Set<Runnable>> all;
        synchronized (this) {
            all = new IdentityHashMap<>(pending);
        }
        all.forEach(this::save);
    }

    /** Saves all builds. Later changes are saved at once. */
    void close() {
        synchronized (this) {
            closed = true;
        }
        saveAll();
    }
}
