package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the prebuilds of one secret for all who wait: few one by one, many by lists of their projects. One round at a
 * time; the next begins an interval after the last one ended. A server that asks to wait slows the whole watcher and is
 * nobody's failure.
 */
final class Watcher {

    /** Who is told what was read. */
    interface Reader {
        void read(Prebuild prebuild);

        void failed(GitpodException e);
    }

    private record Watched(String projectId, Reader reader) {}

    /** Up to so many are read one by one. */
    private static final int ONE_BY_ONE = 3;

    private static final int PROJECTS_PER_LIST = 25;
    private static final int PAGE_SIZE = 100;
    private static final int MOST_PAGES = 200;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private static final Set<PrebuildPhase> ACTIVE = EnumSet.of(
            PrebuildPhase.PENDING,
            PrebuildPhase.STARTING,
            PrebuildPhase.RUNNING,
            PrebuildPhase.STOPPING,
            PrebuildPhase.SNAPSHOTTING,
            PrebuildPhase.CANCELLING);

    private final GitpodClient client;
    private final EngineRuntime runtime;
    private final EngineSettings settings;
    private final Backoff backoff;
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private boolean roundDue;

    Watcher(GitpodClient client, EngineRuntime runtime, EngineSettings settings) {
        this.client = client;
        this.runtime = runtime;
        this.settings = settings;
        this.backoff = new Backoff(settings.pollInterval(), max(LONGEST_PAUSE, settings.pollInterval()));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Has a prebuild read from the next round on. */
    void watch(String prebuildId, String projectId, Reader reader) {
        synchronized (watched) {
            watched.put(prebuildId, new Watched(projectId, reader));
            if (!roundDue) {
                roundDue = true;
                scheduleRound(spread(settings.pollInterval()));
            }
        }
    }

    void unwatch(String prebuildId) {
        synchronized (watched) {
            watched.remove(prebuildId);
        }
    }

    private void scheduleRound(Duration delay) {
        runtime.schedule(delay, () -> runtime.lane(Lane.WATCH).execute(this::round));
    }

    private Duration spread(Duration interval) {
        return Duration.ofNanos((long) (interval.toNanos() * (0.9 + 0.2 * runtime.random())));
    }

    private void round() {
        Map<String, Watched> now;
        synchronized (watched) {
            if (watched.isEmpty()) {
                roundDue = false;
                return;
            }
            now = new LinkedHashMap<>(watched);
        }
        Round round = new Round();
        try {
            if (now.size() <= ONE_BY_ONE) {
                round.readEach(now);
            } else {
                round.readLists(now);
            }
        } finally {
            scheduleRound(round.pause());
        }
    }

    /** One pass over all that is watched. */
    private final class Round {

        private boolean failed;

        @CheckForNull
        private Duration askedToWait;

        Duration pause() {
            Duration pause;
            if (failed) {
                pause = backoff.next(runtime.random());
            } else {
                backoff.reset();
                pause = spread(settings.pollInterval());
            }
            return askedToWait == null ? pause : max(pause, spread(askedToWait.multipliedBy(6).dividedBy(5)));
        }

        /** @return whether the round may go on */
        private boolean failure(GitpodException e, Collection<Watched> concerned) {
            RetryPolicy.Verdict verdict = RetryPolicy.read(e);
            if (verdict == RetryPolicy.Verdict.WAIT) {
                askedToWait = e.retryAfter().orElse(settings.pollInterval());
                return false;
            }
            concerned.forEach(each -> each.reader().failed(e));
            if (verdict == RetryPolicy.Verdict.NOT_FOUND) {
                return true;
            }
            failed = true;
            return false;
        }

        void readEach(Map<String, Watched> some) {
            List<Map.Entry<String, Watched>> left = new ArrayList<>(some.entrySet());
            while (!left.isEmpty()) {
                Map.Entry<String, Watched> next = left.remove(0);
                try {
                    next.getValue().reader().read(client.getPrebuild(next.getKey()));
                } catch (GitpodException e) {
                    if (!failure(e, List.of(next.getValue()))) {
                        if (askedToWait == null) {
                            // A server in trouble is not asked once more for each of them.
                            left.forEach(each -> each.getValue().reader().failed(e));
                        }
                        return;
                    }
                }
            }
        }

        void readLists(Map<String, Watched> all) {
            List<String> projects = new ArrayList<>(new LinkedHashSet<>(
                    all.values().stream().map(Watched::projectId).toList()));
            Map<String, Watched> unseen = new LinkedHashMap<>(all);
            for (int from = 0; from < projects.size(); from += PROJECTS_PER_LIST) {
                Set<String> some = new LinkedHashSet<>(
                        projects.subList(from, Math.min(projects.size(), from + PROJECTS_PER_LIST)));
                try {
                    readList(some, unseen);
                } catch (GitpodException e) {
                    List<Watched> concerned = unseen.values().stream()
                            .filter(each -> some.contains(each.projectId()))
                            .toList();
                    failure(e, concerned);
                    return;
                }
            }
            // What left the list has ended, or has a phase that this version does not know, or is not to be seen yet.
            readEach(unseen);
        }

        private void readList(Set<String> projects, Map<String, Watched> unseen) throws GitpodException {
            PrebuildFilter filter =
                    PrebuildFilter.none().withProjectIds(List.copyOf(projects)).withPhases(ACTIVE);
            String token = null;
            for (int page = 0; page < MOST_PAGES; page++) {
                PrebuildPage answer = client.listPrebuilds(filter, PAGE_SIZE, token);
                for (Prebuild prebuild : answer.prebuilds()) {
                    Watched one = unseen.remove(prebuild.id());
                    if (one != null) {
                        one.reader().read(prebuild);
                    }
                }
                token = answer.nextToken();
                if (token == null || token.isEmpty()) {
                    return;
                }
            }
        }
    }
}
