package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.api.PrebuildFilter;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the prebuilds of one secret for all who wait. Each prebuild has a time when it is due; what is due together is
 * read in one round, few one by one, many by lists of their projects. Calls follow one another, each as a task of its own,
 * so that many watchers share few threads, and all of them within a {@linkplain CallBudget budget}.
 *
 * <p>A server that asks to wait slows the whole watcher. A server in trouble is not asked once more for each prebuild, but
 * each reader is told. What concerns one project or one prebuild only is told to nobody else. What was tried longest ago
 * comes first, so that nobody always comes after the one that fails.
 */
final class Watcher {

    /** Who is told what was read. */
    interface Reader {
        void read(Prebuild prebuild);

        void failed(GitpodException e);
    }

    /** Up to so many are read one by one. */
    private static final int ONE_BY_ONE = 3;

    private static final int PROJECTS_PER_LIST = 25;
    private static final int PAGE_SIZE = 100;
    private static final int MOST_PAGES = 200;

    /** A project that spoils each list it is on is left out of lists for so long. */
    private static final Duration UNLISTED_FOR = Duration.ofMinutes(10);

    private static final Duration LONGEST_ASKED_WAIT = Duration.ofMinutes(5);
    /** A round waits no longer for a server that asks to: a page's token does not live for ever. */
    private static final Duration LONGEST_WAIT_IN_ROUND = Duration.ofSeconds(10);

    /** The gap between calls after the first "too many", and the longest. */
    private static final Duration FIRST_GAP = Duration.ofMillis(250);

    private static final Duration LONGEST_GAP = Duration.ofSeconds(5);

    /** So many calls beyond the budget may look for ends that then are none. */
    private static final int DEBT = 10;

    /** Several events of one moment are read together. */
    private static final Duration HINT_DELAY = Duration.ofMillis(300);

    /** An event that brought nothing new makes the next one wait, twice as long each time. */
    private static final Duration FIRST_HINT_GAP = Duration.ofSeconds(4);

    /** What is not yet to be seen in lists, because reads lag behind writes, has not left them. */
    private static final Duration NEW = Duration.ofSeconds(30);

    private static final Set<PrebuildPhase> ACTIVE = EnumSet.of(
            PrebuildPhase.PENDING,
            PrebuildPhase.STARTING,
            PrebuildPhase.RUNNING,
            PrebuildPhase.STOPPING,
            PrebuildPhase.SNAPSHOTTING,
            PrebuildPhase.CANCELLING);

    private final GitpodClient client;
    private final EngineRuntime runtime;
    private final PollSchedule pace;
    private final Backoff backoff;

    @CheckForNull
    private final EventSubscription hints;

    // ---- guarded by watched

    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private final CallBudget budget;
    private boolean stopped;

    @CheckForNull
    private Round underWay;

    @CheckForNull
    private EngineRuntime.Timer wake;

    private long wakeAt;
    /** Nothing is asked before. */
    private long pausedUntil;

    private long tries;

    // ---- only for the round under way, as the next one

    private final Map<String, Long> lastTried = new HashMap<>();

    /** Projects that spoil lists, and until when they are left out. */
    private final Map<String, Long> unlistedProjects = new HashMap<>();

    /** How many pages the list of so many prebuilds had beyond what was expected: others use the projects, too. */
    private int extraPages;

    /** Rounds in a row that ended in trouble. */
    private int troubledRounds;

    /** "Too many" in a row. */
    private int refusals;

    private Duration gap = Duration.ZERO;

    Watcher(GitpodClient client, EngineRuntime runtime, EngineSettings settings) {
        this(client, runtime, settings, null, new StreamPlaces(0));
    }

    /** @param events where hints come from, or null to do without */
    Watcher(
            GitpodClient client,
            EngineRuntime runtime,
            EngineSettings settings,
            @CheckForNull EventSource events,
            StreamPlaces places) {
        this.client = client;
        this.runtime = runtime;
        this.pace = new PollSchedule(settings.pollInterval());
        this.backoff =
                new Backoff(settings.pollInterval(), max(settings.longestPollInterval(), settings.pollInterval()));
        this.budget = new CallBudget(settings.pollInterval(), runtime.nanoTime());
        this.pausedUntil = runtime.nanoTime();
        this.hints = events == null ? null : new EventSubscription(events, places, runtime, new HintsEar());
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private Duration spread(Duration interval) {
        return Duration.ofNanos((long) (interval.toNanos() * (0.9 + 0.2 * runtime.random())));
    }

    /** One prebuild that somebody waits for. */
    private static final class Watched {
        final String prebuildId;
        final String projectId;
        final Reader reader;
        final long since;
        long due;
        long lastTry;

        @CheckForNull
        PrebuildPhase phase;

        long lastRead;

        /** An event has spoken of it since it was read. */
        boolean told;

        /** The last read failed, and the next one may do better: no event will tell. */
        boolean troubled;

        /** An event has spoken of its creation. */
        boolean created;

        /** An event asks for a read, which is due. */
        boolean hinted;

        /** Such reads in a row that brought nothing new. */
        int idleHints;

        Watched(String prebuildId, String projectId, Reader reader, long now) {
            this.prebuildId = prebuildId;
            this.projectId = projectId;
            this.reader = reader;
            this.since = now;
            this.lastRead = now;
        }
    }

    /** Has a prebuild read from now on, the first time after an interval. */
    void watch(String prebuildId, String projectId, Reader reader) {
        synchronized (watched) {
            if (stopped) {
                return;
            }
            long now = runtime.nanoTime();
            Watched next = new Watched(prebuildId, projectId, reader, now);
            next.due = now + spread(pace.base()).toNanos();
            watched.put(prebuildId, next);
            wakeBy(next.due);
        }
        if (hints != null) {
            hints.want();
        }
    }

    void unwatch(String prebuildId) {
        boolean last;
        synchronized (watched) {
            last = watched.remove(prebuildId) != null && watched.isEmpty();
            if (last) {
                sleep();
            }
        }
        if (last && hints != null) {
            hints.unwant();
            wantAgain();
        }
    }

    /** For a wait that began while the stream of the one before was being closed. */
    private void wantAgain() {
        boolean again;
        synchronized (watched) {
            again = !watched.isEmpty();
        }
        if (again && hints != null) {
            hints.want();
        }
    }

    /** No more rounds. */
    void stop() {
        synchronized (watched) {
            stopped = true;
            watched.clear();
            sleep();
        }
        if (hints != null) {
            hints.close();
        }
    }

    /**
     * Asks for a call beside the rounds, which takes only what they leave of the budget.
     *
     * @return how long to wait and then to ask again; zero if the call may be made now; null if no call may be made any
     *     longer
     */
    @CheckForNull
    Duration admitExtraCall() {
        synchronized (watched) {
            if (stopped) {
                return null;
            }
            long now = runtime.nanoTime();
            Duration wait = max(budget.untilFull(now), Duration.ofNanos(pausedUntil - now));
            if (wait.isZero()) {
                budget.spend();
            }
            return wait;
        }
    }

    // ---- when: under the lock

    private void sleep() {
        if (wake != null) {
            wake.cancel();
            wake = null;
        }
    }

    private void wakeBy(long at) {
        if (underWay != null || (wake != null && wakeAt - at <= 0)) {
            return;
        }
        sleep();
        wakeAt = at;
        Duration delay = Duration.ofNanos(Math.max(0, at - runtime.nanoTime()));
        wake = runtime.schedule(delay, () -> runtime.lane(WorkQueue.WATCH).execute(this::begin));
    }

    private void sleepUntilDue() {
        watched.values().stream()
                .mapToLong(each -> each.due)
                .min()
                .ifPresent(due -> wakeBy(due - pausedUntil > 0 ? due : pausedUntil));
    }

    private void begin() {
        Round round;
        synchronized (watched) {
            wake = null;
            if (stopped || watched.isEmpty() || underWay != null) {
                return;
            }
            round = plan(runtime.nanoTime());
            if (round == null) {
                return;
            }
            underWay = round;
        }
        round.next();
    }

    /** The next round if it is time for one; otherwise sees to it that somebody asks again. */
    @CheckForNull
    private Round plan(long now) {
        boolean anyDue = now - pausedUntil >= 0 && watched.values().stream().anyMatch(each -> now - each.due >= 0);
        if (!anyDue) {
            sleepUntilDue();
            return null;
        }
        // What is due a little later comes along: one list costs less than many single reads.
        long horizon =
                now + pace.base().dividedBy(watched.size() > ONE_BY_ONE ? 2 : 8).toNanos();
        List<Watched> due = new ArrayList<>(watched.values().stream()
                .filter(each -> horizon - each.due >= 0)
                .sorted(Comparator.comparingLong(each -> each.lastTry))
                .toList());
        unlistedProjects.values().removeIf(until -> now - until > 0);
        Set<String> projects = new HashSet<>();
        due.forEach(each -> projects.add(each.projectId));
        projects.removeAll(unlistedProjects.keySet());
        int listCalls = listCalls(projects);
        budget.share(watched.size(), listCalls, now);
        boolean byList = due.size() > Math.max(ONE_BY_ONE, listCalls) && !projects.isEmpty();
        int cost = byList ? listCalls : 1;
        Duration wait = budget.until(cost, now);
        if (!wait.isZero()) {
            wakeBy(now + wait.toNanos());
            return null;
        }
        if (byList) {
            List<Watched> listed = watched.values().stream()
                    .filter(each -> projects.contains(each.projectId))
                    .toList();
            due.removeAll(listed);
            int left = Math.max(0, budget.affordable(now) - listCalls);
            return new Round(now, horizon, projects, listed, due.subList(0, Math.min(due.size(), left)));
        }
        List<Watched> few = due.subList(0, Math.min(due.size(), budget.affordable(now)));
        return new Round(now, horizon, Set.of(), List.of(), few);
    }

    private int listCalls(Set<String> projects) {
        long prebuilds = watched.values().stream()
                .filter(each -> projects.contains(each.projectId))
                .count();
        int lists = (projects.size() + PROJECTS_PER_LIST - 1) / PROJECTS_PER_LIST;
        int pages = (int) ((prebuilds + PAGE_SIZE - 1) / PAGE_SIZE);
        return Math.max(lists, pages) + extraPages;
    }

    // ---- hints

    private final class HintsEar implements EventSubscription.Ear {

        @Override
        public boolean isWatched(String prebuildId) {
            synchronized (watched) {
                return watched.containsKey(prebuildId);
            }
        }

        @Override
        public void hint(PrebuildEvent event) {
            synchronized (watched) {
                Watched one = watched.get(event.prebuildId());
                if (one == null) {
                    return;
                }
                one.told = true;
                // Of its creation, whoever watches it knows. One that is made again and again is something else.
                boolean known = event.creation() && !one.created;
                one.created |= event.creation();
                if (one.hinted || known) {
                    return;
                }
                one.hinted = true;
                long now = runtime.nanoTime();
                Duration wait = HINT_DELAY;
                if (one.idleHints > 0) {
                    Duration longer = FIRST_HINT_GAP.multipliedBy(1L << Math.min(one.idleHints - 1, 10));
                    wait = min(longer, pace.longest());
                }
                long due = now + wait.toNanos();
                if (due - one.due < 0) {
                    one.due = due;
                    wakeBy(due);
                }
            }
        }

        @Override
        public void deaf() {
            readAllWithin(spread(pace.base()));
        }

        @Override
        public void hearsAgain() {
            readAllWithin(HINT_DELAY);
        }

        private void readAllWithin(Duration delay) {
            synchronized (watched) {
                long soon = runtime.nanoTime() + delay.toNanos();
                watched.values().forEach(each -> each.due = Math.min(each.due, soon));
                if (!watched.isEmpty()) {
                    wakeBy(soon);
                }
            }
        }
    }

    // ---- one pass over what is due

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

    /** One call. */
    private interface Step {
        void make() throws GitpodException;

        /** The call failed, and it is about what was asked for. */
        void failed(GitpodException e);
    }

    private final class Round {

        private final long begun;
        private final long horizon;
        private final Deque<Step> steps = new ArrayDeque<>();
        private final Map<String, Watched> unread = new LinkedHashMap<>();
        private final List<Watched> read = new ArrayList<>();
        private final int listCalls;
        private int listsMade;
        private boolean ofLists;

        /** Nothing more is asked in this round. */
        private boolean broken;

        Round(long now, long horizon, Set<String> projects, List<Watched> listed, List<Watched> singles) {
            this.begun = now;
            this.horizon = horizon;
            listed.forEach(each -> unread.put(each.prebuildId, each));
            singles.forEach(each -> unread.put(each.prebuildId, each));
            ofLists = !projects.isEmpty();
            listCalls = ofLists ? listCalls(projects) - extraPages : 0;
            List<String> order = new ArrayList<>(projects);
            order.sort(Comparator.comparing((String id) -> lastTried.getOrDefault(id, 0L))
                    .thenComparing(Comparator.naturalOrder()));
            // One project may be what the server stumbles over: with ever shorter lists the others are spared.
            int each = Math.max(1, PROJECTS_PER_LIST >> Math.min(troubledRounds, 5));
            for (int from = 0; from < order.size(); from += each) {
                steps.add(new ListPage(order.subList(from, Math.min(order.size(), from + each)), null, 0));
            }
            singles.forEach(one -> steps.add(new Get(one)));
        }

        /** Makes the next call, then has itself called again. */
        void next() {
            Duration wait = Duration.ZERO;
            boolean more = false;
            try {
                Step step = nextStep();
                if (step != null) {
                    wait = make(step);
                    more = !broken;
                }
            } finally {
                if (!more) {
                    end(wait);
                } else if (wait.isZero()) {
                    runtime.lane(WorkQueue.WATCH).execute(this::next);
                } else {
                    runtime.schedule(wait, () -> runtime.lane(WorkQueue.WATCH).execute(this::next));
                }
            }
        }

        @CheckForNull
        private Step nextStep() {
            if (steps.isEmpty() && ofLists) {
                ofLists = false;
                extraPages = Math.max(0, listsMade - listCalls);
                readWhatLeftTheLists();
            }
            synchronized (watched) {
                while (!steps.isEmpty() && !stopped && budget.affordable(runtime.nanoTime()) > -DEBT) {
                    Step step = steps.poll();
                    if (!(step instanceof Get get) || watched.get(get.one.prebuildId) == get.one) {
                        budget.spend();
                        return step;
                    }
                    unread.remove(get.one.prebuildId);
                }
            }
            return null;
        }

        /** What is watched and on no list ended, has a phase unknown to this version, or is not to be seen yet. */
        private void readWhatLeftTheLists() {
            unread.values().stream()
                    .filter(each -> horizon - each.due >= 0 || begun - each.since > NEW.toNanos())
                    .sorted(Comparator.comparingLong(each -> each.lastTry))
                    .forEach(each -> steps.add(new Get(each)));
        }

        /** @return how long to wait before the next call */
        private Duration make(Step step) {
            try {
                step.make();
                refusals = 0;
                gap = gap.compareTo(Duration.ofMillis(10)) < 0
                        ? Duration.ZERO
                        : gap.multipliedBy(19).dividedBy(20);
                return gap;
            } catch (GitpodException e) {
                if (scope(e) == Scope.THIS) {
                    step.failed(e);
                    return gap;
                }
                if (RetryPolicy.read(e) == RetryPolicy.Verdict.WAIT) {
                    steps.addFirst(step);
                    Duration pause = refused(e);
                    broken = pause.compareTo(LONGEST_WAIT_IN_ROUND) > 0;
                    return pause;
                }
                broken = true;
                troubledRounds++;
                tellUnread(e);
                return backoff.next(runtime.random());
            }
        }

        /** The server asks to wait: so do all who are read with the same secret. */
        private Duration refused(GitpodException e) {
            refusals++;
            gap = gap.isZero() ? FIRST_GAP : min(gap.multipliedBy(2), LONGEST_GAP);
            tellUnread(e);
            Duration asked = min(e.retryAfter().orElse(gap), LONGEST_ASKED_WAIT);
            Duration pause = spread(asked.multipliedBy(6).dividedBy(5));
            return refusals == 1 ? max(pause, gap) : max(pause, backoff.next(runtime.random()));
        }

        private void tellUnread(GitpodException e) {
            unread.values().stream().filter(each -> horizon - each.due >= 0).forEach(each -> each.reader.failed(e));
        }

        private void end(Duration pause) {
            synchronized (watched) {
                long now = runtime.nanoTime();
                if (broken) {
                    pausedUntil = now + pause.toNanos();
                } else {
                    troubledRounds = 0;
                    backoff.reset();
                }
                boolean events = hints != null && hints.trusted();
                double luck = runtime.random();
                for (Watched each : read) {
                    boolean told = events && !each.troubled;
                    Duration interval = pace.next(each.phase, Duration.ofNanos(now - each.since), told, luck);
                    long due = now + interval.toNanos();
                    // An event that came after the read stands.
                    each.due = each.hinted ? Math.min(each.due, due) : due;
                }
                underWay = null;
                if (stopped || watched.isEmpty()) {
                    lastTried.clear();
                    return;
                }
                sleepUntilDue();
            }
        }

        private void read(Prebuild prebuild) {
            Watched one = unread.remove(prebuild.id());
            if (one == null) {
                return;
            }
            PrebuildPhase phase = prebuild.status().phase();
            boolean missed;
            long before;
            synchronized (watched) {
                before = one.lastRead;
                one.lastRead = runtime.nanoTime();
                boolean changed = one.phase != null && one.phase != phase;
                missed = changed && !one.told;
                if (changed) {
                    one.idleHints = 0;
                } else if (one.hinted) {
                    one.idleHints++;
                }
                one.phase = phase;
                one.told = false;
                one.hinted = false;
                one.troubled = false;
                one.lastTry = ++tries;
                // Until the end of the round says better.
                one.due = one.lastRead + pace.base().toNanos();
                read.add(one);
            }
            if (missed && hints != null) {
                hints.missed(before);
            }
            one.reader.read(prebuild);
        }

        private void tried(Watched one) {
            synchronized (watched) {
                one.lastTry = ++tries;
            }
        }

        private final class Get implements Step {

            private final Watched one;

            Get(Watched one) {
                this.one = one;
            }

            @Override
            public void make() throws GitpodException {
                tried(one);
                Prebuild prebuild = get(one.prebuildId);
                if (prebuild.status().phase().isEnd()) {
                    synchronized (watched) {
                        budget.refund();
                    }
                }
                Round.this.read(prebuild);
            }

            @Override
            public void failed(GitpodException e) {
                unread.remove(one.prebuildId);
                synchronized (watched) {
                    one.hinted = false;
                    one.troubled = true;
                    read.add(one);
                }
                one.reader.failed(e);
            }
        }

        /** A page of the list of some projects. If one of them spoils the answer, halves find out which. */
        private final class ListPage implements Step {

            private final List<String> projects;

            @CheckForNull
            private final String token;

            private final int page;

            ListPage(List<String> projects, @CheckForNull String token, int page) {
                this.projects = projects;
                this.token = token;
                this.page = page;
            }

            @Override
            public void make() throws GitpodException {
                listsMade++;
                synchronized (watched) {
                    tries++;
                    projects.forEach(id -> lastTried.put(id, tries));
                }
                PrebuildPage answer =
                        list(PrebuildFilter.none().withProjectIds(projects).withPhases(ACTIVE), token);
                answer.prebuilds().forEach(Round.this::read);
                String next = answer.nextPage();
                if (next != null && !next.isEmpty() && !next.equals(token) && page + 1 < MOST_PAGES) {
                    steps.addFirst(new ListPage(projects, next, page + 1));
                }
            }

            @Override
            public void failed(GitpodException e) {
                if (projects.size() == 1) {
                    unlistedProjects.put(projects.get(0), runtime.nanoTime() + UNLISTED_FOR.toNanos());
                } else {
                    int half = projects.size() / 2;
                    steps.addFirst(new ListPage(projects.subList(half, projects.size()), null, 0));
                    steps.addFirst(new ListPage(projects.subList(0, half), null, 0));
                }
            }
        }
    }

    private Prebuild get(String prebuildId) throws GitpodException {
        Prebuild prebuild;
        try {
            prebuild = client.getPrebuild(prebuildId);
        } catch (RuntimeException | Error e) {
            throw UnexpectedFailures.failedCall("GetPrebuild", e);
        }
        if (!prebuild.id().equals(prebuildId)) {
            throw GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, "GetPrebuild")
                    .detail("the answer is about another prebuild")
                    .build();
        }
        return prebuild;
    }

    private PrebuildPage list(PrebuildFilter filter, @CheckForNull String token) throws GitpodException {
        try {
            return client.listPrebuilds(filter, PAGE_SIZE, token);
        } catch (RuntimeException | Error e) {
            throw UnexpectedFailures.failedCall("ListPrebuilds", e);
        }
    }
}
