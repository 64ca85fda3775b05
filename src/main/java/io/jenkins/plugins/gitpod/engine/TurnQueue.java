package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * What waits for its turn. Projects take turns, and so do the jobs of a project, so that neither a project with hundreds of
 * jobs nor a job with hundreds of builds holds up others. What a job has waits in order. Not thread-safe.
 *
 * @param <T> what waits
 */
final class TurnQueue<T> {

    private record Waiting<T>(long turn, T what) {}

    /** Queues by name, each with something in it, in the order of their turns. */
    private static final class Round<Q> {

        private final Map<String, Q> queues = new HashMap<>();
        private final Queue<String> names = new ArrayDeque<>();
    }

    private final Round<Round<PriorityQueue<Waiting<T>>>> projects = new Round<>();
    private int size;

    int size() {
        return size;
    }

    /** @param turn the place among those of the same job, the lowest first */
    void add(@NonNull String project, @NonNull String job, long turn, @NonNull T what) {
        Round<PriorityQueue<Waiting<T>>> jobs = projects.queues.get(project);
        if (jobs == null) {
            jobs = new Round<>();
            projects.queues.put(project, jobs);
            projects.names.add(project);
        }
        PriorityQueue<Waiting<T>> queue = jobs.queues.get(job);
        if (queue == null) {
            queue = new PriorityQueue<>(Comparator.comparingLong(Waiting<T>::turn));
            jobs.queues.put(job, queue);
            jobs.names.add(job);
        }
        queue.add(new Waiting<>(turn, what));
        size++;
    }

    /** Removes what is next, or returns null. */
    @CheckForNull
    T poll() {
        String project = projects.names.poll();
        if (project == null) {
            return null;
        }
        Round<PriorityQueue<Waiting<T>>> jobs = projects.queues.get(project);
        String job = jobs.names.remove();
        PriorityQueue<Waiting<T>> queue = jobs.queues.get(job);
        Waiting<T> next = queue.remove();
        size--;
        if (queue.isEmpty()) {
            jobs.queues.remove(job);
        } else {
            jobs.names.add(job);
        }
        if (jobs.names.isEmpty()) {
            projects.queues.remove(project);
        } else {
            projects.names.add(project);
        }
        return next.what();
    }
}
