package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the prebuilds of one secret for all who wait: few one by one, many by lists of their projects. One round at a
 * time; the next begins an interval after the last one ended. A server that asks to wait slows the whole watcher. A
 * server in trouble is not asked once more for each prebuild, but each reader is told. What concerns one project or one
 * prebuild only is told to nobody else.
 */
final class Watcher {

    /** Who is told what was read. */
    interface Reader {
        void read(Prebuild prebuild);

        void failed(GitpodException e);
    }

    private record Watched(String prebuildId, String projectId, Reader reader) {}

    /** Up to so many are read one by one. */
    private static final int ONE_BY_ONE = 3;

    private static final int PROJECTS_PER_LIST = 25;
    private static final int PAGE_SIZE = 100;
    private static final int MOST_PAGES = 200;
    /** So many are read one by one in a round if there is no list to be had. */
    private static final int MOST_UNLISTED = 25;

    /** A project that spoils each list it is on is left out of lists for so long. */
    private static final Duration UNLISTED_FOR = Duration.ofMinutes(10);

    private static final Duration LONGEST_ASKED_WAIT = Duration.ofMinutes(5);

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
    private boolean stopped;

    /** Where the last round stopped: the next begins behind it, so that nobody always comes after the one that fails. */
    @CheckForNull
    private String stoppedAtPrebuild;

    @CheckForNull
    private String stoppedAtProject;

    /** Projects that spoil lists, and until when they are left out. Only for the round under way, as the next one. */
    private final Map<String, Long> unlistedProjects = new HashMap<>();

    /** Rounds in a row that ended in trouble. */
    private int troubledRounds;

    Watcher(GitpodClient client, EngineRuntime runtime, EngineSettings settings) {
        this.client = client;
        this.runtime = runtime;
        this.settings = settings;
        this.backoff =
                new Backoff(settings.pollInterval(), max(settings.longestPollInterval(), settings.pollInterval()));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Has a prebuild read from the next round on. */
    void watch(String prebuildId, String projectId, Reader reader) {
        synchronized (watched) {
            if (stopped) {
                return;
            }
            watched.put(prebuildId, new Watched(prebuildId, projectId, reader));
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

    /** No more rounds. */
    void stop() {
        synchronized (watched) {
            stopped = true;
            watched.clear();
        }
    }

    private void scheduleRound(Duration delay) {
        runtime.schedule(delay, () -> runtime.lane(Lane.WATCH).execute(this::round));
    }

    private Duration spread(Duration interval) {
        return Duration.ofNanos((long) (interval.toNanos() * (0.9 + 0.2 * runtime.random())));
    }

    private void round() {
        Round round;
        synchronized (watched) {
            if (watched.isEmpty()) {
                roundDue = false;
                return;
            }
            round = new Round(watched.values());
        }
        try {
            round.read();
        } finally {
            scheduleRound(round.pause());
        }
    }

    /** The same in a circle, beginning behind the one where it stopped. */
    private static List<String> behind(@CheckForNull String stoppedAt, Collection<String> all) {
        List<String> order = new ArrayList<>(all);
        Collections.rotate(order, -(order.indexOf(stoppedAt) + 1));
        return order;
    }

    /** What a failed call says about the calls to come. */
    private enum Scope {
        /** The server, the way to it or the token is in trouble: no other call would do better now. */
        ALL,
        /** It is about what was asked for. */
        THIS
    }

    private static Scope scope(GitpodException e) {
        return switch (RetryPolicy.read(e)) {
            case NOT_FOUND, FINAL -> Scope.THIS;
            case SUSPECT -> {
                boolean oddAnswer = e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_LARGE;
                yield oddAnswer && !e.sentHtml() ? Scope.THIS : Scope.ALL;
            }
            default -> Scope.ALL;
        };
    }

    /** One pass over all that is watched. */
    private final class Round {

        private final Map<String, Watched> unread = new LinkedHashMap<>();
        private boolean anythingRead;

        @CheckForNull
        private GitpodException trouble;

        Round(Collection<Watched> all) {
            all.forEach(each -> unread.put(each.prebuildId(), each));
        }

        void read() {
            if (unread.size() > ONE_BY_ONE) {
                readLists();
            }
            // Beside few: what left the list. It ended, has a phase unknown to this version, or is not to be seen yet.
            readEach();
            GitpodException told = trouble;
            if (told != null) {
                unread.values().forEach(each -> each.reader().failed(told));
            }
        }

        Duration pause() {
            GitpodException last = trouble;
            if (last == null) {
                troubledRounds = 0;
                backoff.reset();
                return spread(settings.pollInterval());
            }
            troubledRounds++;
            boolean limited = RetryPolicy.read(last) == RetryPolicy.Verdict.WAIT;
            if (limited && anythingRead) {
                // Some calls a round are let through: to come more seldom would only make it worse for the others.
                backoff.reset();
            }
            Duration pause = backoff.next(runtime.random());
            if (!limited) {
                return pause;
            }
            Duration asked = min(last.retryAfter().orElse(pause), LONGEST_ASKED_WAIT);
            return max(pause, spread(asked.multipliedBy(6).dividedBy(5)));
        }

        private void readEach() {
            if (trouble != null) {
                return;
            }
            int unlisted = 0;
            for (String id : behind(stoppedAtPrebuild, unread.keySet())) {
                Watched next = unread.get(id);
                if (unlistedProjects.containsKey(next.projectId())) {
                    unlisted++;
                    if (unlisted > MOST_UNLISTED) {
                        continue; // its turn comes in one of the next rounds
                    }
                    stoppedAtPrebuild = id;
                }
                try {
                    read(get(next.prebuildId()));
                } catch (GitpodException e) {
                    if (scope(e) == Scope.ALL) {
                        trouble = e;
                        stoppedAtPrebuild = id;
                        return;
                    }
                    unread.remove(id);
                    next.reader().failed(e);
                }
            }
        }

        private void read(Prebuild prebuild) {
            Watched one = unread.remove(prebuild.id());
            if (one != null) {
                anythingRead = true;
                one.reader().read(prebuild);
            }
        }

        private Prebuild get(String prebuildId) throws GitpodException {
            Prebuild prebuild;
            try {
                prebuild = client.getPrebuild(prebuildId);
            } catch (RuntimeException | Error e) {
                throw Defects.failedCall("GetPrebuild", e);
            }
            if (!prebuild.id().equals(prebuildId)) {
                throw GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, "GetPrebuild")
                        .detail("the answer is about another prebuild")
                        .build();
            }
            return prebuild;
        }

        private void readLists() {
            long now = runtime.nanoTime();
            unlistedProjects.values().removeIf(until -> now - until > 0);
            List<String> projects = new ArrayList<>(
                    unread.values().stream().map(Watched::projectId).distinct().toList());
            projects.removeAll(unlistedProjects.keySet());
            projects = behind(stoppedAtProject, projects);
            // One project may be what the server stumbles over: with ever shorter lists the others are spared.
            int each = Math.max(1, PROJECTS_PER_LIST >> Math.min(troubledRounds, 5));
            for (int from = 0; from < projects.size(); from += each) {
                readList(projects.subList(from, Math.min(projects.size(), from + each)));
            }
        }

        /** Reads the lists of some projects; if one of them spoils the answer, finds out which by halves. */
        private void readList(List<String> projects) {
            if (trouble != null) {
                return;
            }
            try {
                readPages(projects);
            } catch (GitpodException e) {
                if (scope(e) == Scope.ALL) {
                    trouble = e;
                    stoppedAtProject = projects.get(projects.size() - 1);
                    return;
                }
                if (projects.size() == 1) {
                    unlistedProjects.put(projects.get(0), runtime.nanoTime() + UNLISTED_FOR.toNanos());
                } else {
                    int half = projects.size() / 2;
                    readList(projects.subList(0, half));
                    readList(projects.subList(half, projects.size()));
                }
            }
        }

        private void readPages(List<String> projects) throws GitpodException {
            PrebuildFilter filter =
                    PrebuildFilter.none().withProjectIds(projects).withPhases(ACTIVE);
            String token = null;
            for (int page = 0; page < MOST_PAGES; page++) {
                PrebuildPage answer = list(filter, token);
                answer.prebuilds().forEach(this::read);
                String next = answer.nextToken();
                if (next == null || next.isEmpty() || next.equals(token)) {
                    return;
                }
                token = next;
            }
        }

        private PrebuildPage list(PrebuildFilter filter, @CheckForNull String token) throws GitpodException {
            try {
                return client.listPrebuilds(filter, PAGE_SIZE, token);
            } catch (RuntimeException | Error e) {
                throw Defects.failedCall("ListPrebuilds", e);
            }
        }
    }
}
