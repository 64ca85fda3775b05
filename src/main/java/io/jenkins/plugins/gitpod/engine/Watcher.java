package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Reads the prebuilds of one secret for all requests that wait. Each prebuild has a time when it is due; what is due
 * together is read in one {@linkplain ReadRound round}, within a {@linkplain CallBudget budget} of calls. An event brings
 * the next read of its prebuild forward.
 *
 * <p>When Gitpod asks to slow down, the whole watcher does. When Gitpod is in trouble, the watcher does not make another
 * call for each prebuild, but every reader is told. A failure that concerns one project or one prebuild is told only to
 * its readers. What was tried longest ago comes first, so that a failing prebuild does not hold up the others.
 */
final class Watcher {

    /** Up to this number, prebuilds are read one by one. */
    private static final int MAX_ONE_BY_ONE = 3;

    /** Several events of one moment lead to one read. */
    private static final Duration EVENT_DELAY = Duration.ofMillis(300);

    /** As long as so many calls may be made, each event leads to a read at once. */
    private static final int MANY_CALLS = 15;

    /** How long the read for an event waits after an event brought no change; doubled each time. */
    private static final Duration FIRST_EVENT_GAP = Duration.ofSeconds(4);

    /** The pause between two parts is this part of the interval. A part has a call or more, so no more than eleven are read in an interval. */
    private static final int PARTS_PER_INTERVAL = 12;

    private final ReadCalls calls;
    private final EngineRuntime runtime;
    private final PollSchedule schedule;
    private final ReadPacing pacing;
    private final ProjectLists lists = new ProjectLists();

    @CheckForNull
    private final EventSubscription events;

    /** Its lock guards the fields below as well. */
    private final WatchList list;

    @CheckForNull
    private ReadRound round;

    @CheckForNull
    private EngineRuntime.Timer wake;

    private long wakeAt;

    /** No call is made before this time. */
    private long pausedUntil;

    /** By polling, no part of the projects is listed before this time. */
    private long nextPartAt;

    /**
     * @param maxConcurrentReads the maximum number of concurrent calls
     * @param events where events come from, or null to do without
     * @param streams permits for event streams, shared by all watchers
     */
    Watcher(
            GitpodClient client,
            EngineRuntime runtime,
            EngineSettings settings,
            int maxConcurrentReads,
            @CheckForNull EventSource events,
            Semaphore streams) {
        this.calls = new ReadCalls(client);
        this.runtime = runtime;
        Duration usual = settings.pollInterval();
        this.schedule = new PollSchedule(usual);
        Backoff backoff = new Backoff(usual, Backoff.max(settings.longestPollInterval(), usual));
        this.pacing = new ReadPacing(runtime, backoff, maxConcurrentReads);
        this.list = new WatchList(new CallBudget(usual, runtime.nanoTime()));
        this.pausedUntil = runtime.nanoTime();
        this.nextPartAt = pausedUntil;
        this.events = events == null ? null : new EventSubscription(events, streams, runtime, new EventListener());
    }

    /** Whether events tell changes. */
    private boolean isReliable() {
        return events != null && events.isReliable();
    }

    private Duration usualInterval() {
        return Backoff.withJitter(schedule.base(), runtime.random());
    }

    /** Has a prebuild read from now on, the first time after an interval. */
    void watch(String prebuildId, String projectId, WatchList.Reader reader) {
        synchronized (list) {
            if (list.isStopped()) {
                return;
            }
            long now = runtime.nanoTime();
            WatchedPrebuild next = new WatchedPrebuild(prebuildId, projectId, reader, now);
            boolean isNewProject = !list.isEmpty() && !list.hasProject(projectId);
            Duration interval = isNewProject ? schedule.firstOfProject(runtime.random()) : usualInterval();
            next.due = now + interval.toNanos();
            list.add(next);
            wakeBy(next.due);
        }
        if (events != null) {
            events.start();
        }
    }

    void unwatch(String prebuildId) {
        boolean last;
        synchronized (list) {
            last = list.removeLast(prebuildId);
            if (last) {
                cancelWake();
            }
        }
        if (last && events != null) {
            events.stop();
            if (!list.isEmpty()) {
                // Another wait began while the stream was being closed.
                events.start();
            }
        }
    }

    /** Makes no more calls. */
    void stop() {
        synchronized (list) {
            list.stop();
            cancelWake();
        }
        if (events != null) {
            events.close();
        }
    }

    /**
     * Asks for a call that is not part of a round; it may use only what the rounds leave of the budget.
     *
     * @return how long to wait and then to ask again; zero if the call may be made now; null if no call may be made any
     *     longer
     */
    @CheckForNull
    Duration admitExtraCall() {
        synchronized (list) {
            if (list.isStopped()) {
                return null;
            }
            long now = runtime.nanoTime();
            Duration wait = Backoff.max(list.budget().untilFull(now), Duration.ofNanos(pausedUntil - now));
            if (wait.isZero()) {
                list.spend();
            }
            return wait;
        }
    }

    // ---- when the next round begins: under the lock

    private void cancelWake() {
        if (wake != null) {
            wake.cancel();
            wake = null;
        }
    }

    private void wakeBy(long at) {
        if (wake != null && wakeAt - at <= 0) {
            return;
        }
        cancelWake();
        wakeAt = at;
        Duration delay = Duration.ofNanos(Math.max(0, at - runtime.nanoTime()));
        wake = runtime.schedule(delay, () -> runtime.executor(WorkQueue.WATCH).execute(this::begin));
    }

    private void wakeWhenDue() {
        list.all().stream()
                .mapToLong(each -> each.due)
                .min()
                .ifPresent(due -> wakeBy(due - pausedUntil > 0 ? due : pausedUntil));
    }

    /** Begins a round. One that is running has another look, since it can read an end while other calls last. */
    private void begin() {
        ReadRound next;
        synchronized (list) {
            wake = null;
            if (list.isStopped() || list.isEmpty()) {
                return;
            }
            if (round == null) {
                ReadRound.Plan plan = plan(runtime.nanoTime());
                if (plan == null) {
                    return;
                }
                round = new ReadRound(plan, calls, runtime, list, lists, pacing, schedule.base(), new RoundListener());
            }
            next = round;
        }
        next.next();
    }

    /** The next round if it is time for one; otherwise schedules the next look. */
    @CheckForNull
    private ReadRound.Plan plan(long now) {
        boolean anyDue = now - pausedUntil >= 0 && list.all().stream().anyMatch(each -> now - each.due >= 0);
        if (!anyDue) {
            wakeWhenDue();
            return null;
        }
        // What is due a little later is read as well: one list costs less than many single reads.
        Duration ahead = schedule.base().dividedBy(list.size() > MAX_ONE_BY_ONE ? 2 : 8);
        long horizon = now + ahead.toNanos();
        List<WatchedPrebuild> due = new ArrayList<>(list.all().stream()
                .filter(each -> horizon - each.due >= 0)
                .sorted(Comparator.comparingLong(each -> each.lastTry))
                .toList());
        Set<String> projects = new LinkedHashSet<>();
        due.forEach(each -> projects.add(each.projectId));
        lists.removeLeftOut(projects, now);
        CallBudget budget = list.budget();
        int allCalls = lists.calls(projects, list.count(projects));
        budget.share(list.size(), allCalls, now);
        boolean byList = due.size() > Math.max(MAX_ONE_BY_ONE, allCalls) && !projects.isEmpty();
        // Each part becomes due at a time of its own. So the lists, and the ends that they tell, are spread over the
        // interval.
        // After a failure, one project may be the cause: what is tried next must not depend on what can be read.
        Map<String, Integer> counts = list.countByProject();
        boolean inParts =
                byList && pacing.failedRounds() == 0 && budget.allowsInEachInterval(lists.callsInParts(counts));
        Set<String> part = inParts ? lists.part(projects, counts) : projects;
        int listCalls = lists.calls(part, list.count(part));
        Duration wait = budget.until(byList ? listCalls : 1, now);
        if (inParts && !isReliable()) {
            wait = Backoff.max(wait, Duration.ofNanos(nextPartAt - now));
        }
        if (!wait.isZero()) {
            if (list.nextLikelyEnded(now) != null) {
                return ReadRound.Plan.onlyLikelyEnded(now);
            }
            wakeBy(now + wait.toNanos());
            return null;
        }
        if (byList) {
            int left = Math.max(0, budget.affordable(now) - listCalls);
            List<WatchedPrebuild> singles = due.stream()
                    .filter(each -> !projects.contains(each.projectId))
                    .limit(left)
                    .toList();
            List<WatchedPrebuild> listed = list.of(part);
            nextPartAt = now + schedule.base().dividedBy(PARTS_PER_INTERVAL).toNanos();
            return new ReadRound.Plan(now, horizon, part, listed, singles, due);
        }
        List<WatchedPrebuild> few = due.subList(0, Math.min(due.size(), budget.affordable(now)));
        return new ReadRound.Plan(now, horizon, Set.of(), List.of(), few, due);
    }

    private final class RoundListener implements ReadRound.Listener {

        @Override
        public void read(WatchedPrebuild one, Prebuild prebuild) {
            one.reader.read(prebuild);
        }

        @Override
        public void failed(WatchedPrebuild one, GitpodException e) {
            one.reader.failed(e);
        }

        @Override
        public void changeMissed(WatchedPrebuild one, long since) {
            if (events != null) {
                events.changeMissed(one.prebuildId, since);
            }
        }

        @Override
        public void ended(boolean failed, Duration pause, List<WatchedPrebuild> read) {
            synchronized (list) {
                long now = runtime.nanoTime();
                if (failed) {
                    pausedUntil = now + pause.toNanos();
                }
                boolean reliable = isReliable();
                double jitter = runtime.random();
                for (WatchedPrebuild each : read) {
                    boolean byEvents = reliable && !each.readFailed;
                    Duration age = Duration.ofNanos(now - each.since);
                    Duration interval = byEvents && list.isEndDoubtful(each)
                            ? schedule.longest()
                            : schedule.next(each.phase, age, byEvents, jitter);
                    long due = now + interval.toNanos();
                    // A read that an event has asked for meanwhile is not put off.
                    each.due = each.readRequested ? Math.min(each.due, due) : due;
                }
                round = null;
                if (list.isEmpty()) {
                    lists.forgetOrder();
                } else {
                    wakeWhenDue();
                }
            }
        }
    }

    private final class EventListener implements EventSubscription.Listener {

        @Override
        public boolean isWatched(String prebuildId) {
            return list.get(prebuildId) != null;
        }

        @Override
        public void onEvent(PrebuildEvent event) {
            synchronized (list) {
                WatchedPrebuild one = list.get(event.prebuildId());
                if (one == null) {
                    return;
                }
                one.eventReceived = true;
                one.eventAt = runtime.nanoTime();
                // The first event of its creation brings nothing new. Further ones mean something else.
                boolean known = event.creation() && !one.creationReceived;
                one.creationReceived |= event.creation();
                if (one.readRequested || known) {
                    return;
                }
                list.requestRead(one);
                long now = runtime.nanoTime();
                long due = now + delay(one, now).toNanos();
                boolean isEarlier = due - one.due < 0;
                if (isEarlier) {
                    one.due = due;
                }
                // An end is read while other calls last, and while a list that is due waits for the budget.
                if (isEarlier || list.isInLastPhase(one)) {
                    wakeBy(due);
                }
            }
        }

        private Duration delay(WatchedPrebuild one, long now) {
            if (one.idleReads == 0) {
                // If calls are scarce, a change that is no end waits for the next list.
                boolean isSoon = list.isInLastPhase(one) || list.budget().affordable(now) >= MANY_CALLS;
                return isSoon ? EVENT_DELAY : schedule.base();
            }
            Duration longer = FIRST_EVENT_GAP.multipliedBy(1L << Math.min(one.idleReads - 1, 10));
            return Backoff.min(longer, schedule.longest());
        }

        /** Everything is read within an interval, each project at a time of its own. */
        @Override
        public void onLost() {
            Map<String, Duration> delays = new HashMap<>();
            readAll(projectId -> delays.computeIfAbsent(projectId, id -> schedule.firstOfProject(runtime.random())));
        }

        @Override
        public void onReopened() {
            readAll(projectId -> EVENT_DELAY);
        }

        private void readAll(Function<String, Duration> delayOfProject) {
            synchronized (list) {
                long now = runtime.nanoTime();
                list.all()
                        .forEach(each -> each.due = Math.min(
                                each.due,
                                now + delayOfProject.apply(each.projectId).toNanos()));
                list.all().stream().mapToLong(each -> each.due).min().ifPresent(Watcher.this::wakeBy);
            }
        }
    }
}
