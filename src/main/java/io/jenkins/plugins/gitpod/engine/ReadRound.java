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
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One pass of a {@link Watcher} over the prebuilds that are due, by lists of their projects or one by one. Each call is a
 * task of its own, so that many watchers share few threads.
 */
final class ReadRound {

    /** What a round reads. Times are those of {@link EngineRuntime#nanoTime()}. */
    record Plan(
            long now, long horizon, Set<String> projects, List<WatchedPrebuild> listed, List<WatchedPrebuild> singles) {

        /** Reads only the prebuilds that have most likely ended. */
        static Plan onlyLikelyEnded(long now) {
            return new Plan(now, now, Set.of(), List.of(), List.of());
        }
    }

    /** The watcher that a round belongs to. */
    interface Listener {

        void read(WatchedPrebuild one, Prebuild prebuild);

        void failed(WatchedPrebuild one, GitpodException e);

        /** A read found a change of which no event told. @param since the time of the read before */
        void changeMissed(long since);

        /**
         * The round has ended.
         *
         * @param failed whether it ended early, so that the next one has to wait
         * @param pause that wait
         * @param read what was read, or failed for a reason of its own
         */
        void ended(boolean failed, Duration pause, List<WatchedPrebuild> read);
    }

    /** Whether a failed call concerns the calls that follow. */
    private enum Scope {
        /** The server, the network or the token: no other call would do better now. */
        ALL,
        /** Only what was asked for. */
        THIS;

        static Scope of(GitpodException e) {
            return switch (RetryPolicy.read(e)) {
                case NOT_FOUND, FINAL -> THIS;
                case UNEXPECTED -> {
                    boolean isInvalidAnswer = e.kind() == Kind.UNREADABLE || e.kind() == Kind.TOO_LARGE;
                    yield isInvalidAnswer && !e.sentHtml() ? THIS : ALL;
                }
                default -> ALL;
            };
        }
    }

    /** One call. */
    private interface Step {
        void make() throws GitpodException;

        /** The call failed, and that concerns only what was asked for. */
        void failed(GitpodException e);
    }

    private static final int MAX_PAGES = 200;

    /** A round waits no longer than this for a server that asks to: page tokens expire. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    /** A prebuild that is watched for less than this may be missing on lists because reads lag behind writes. */
    private static final Duration NEW = Duration.ofSeconds(30);

    private static final Set<PrebuildPhase> ACTIVE = EnumSet.of(
            PrebuildPhase.PENDING,
            PrebuildPhase.STARTING,
            PrebuildPhase.RUNNING,
            PrebuildPhase.STOPPING,
            PrebuildPhase.SNAPSHOTTING,
            PrebuildPhase.CANCELLING);

    private final Plan plan;
    private final GitpodClient client;
    private final EngineRuntime runtime;
    private final WatchList list;
    private final ProjectLists lists;
    private final ReadPacing pacing;
    private final Duration interval;
    private final Listener listener;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Map<String, WatchedPrebuild> unread = new LinkedHashMap<>();
    private final List<WatchedPrebuild> read = new ArrayList<>();
    private final int expectedCalls;
    private int listCalls;
    private boolean ofLists;

    /** Whether the round ends early. */
    private boolean failed;

    /** @param interval the usual time until the next read of a prebuild */
    ReadRound(
            Plan plan,
            GitpodClient client,
            EngineRuntime runtime,
            WatchList list,
            ProjectLists lists,
            ReadPacing pacing,
            Duration interval,
            Listener listener) {
        this.plan = plan;
        this.client = client;
        this.runtime = runtime;
        this.list = list;
        this.lists = lists;
        this.pacing = pacing;
        this.interval = interval;
        this.listener = listener;
        plan.listed().forEach(each -> unread.put(each.prebuildId, each));
        plan.singles().forEach(each -> unread.put(each.prebuildId, each));
        Set<String> projects = plan.projects();
        ofLists = !projects.isEmpty();
        expectedCalls = lists.expectedCalls(projects.size(), plan.listed().size());
        lists.divide(projects, pacing.failedRounds()).forEach(each -> steps.add(new ListPage(each, null, 0)));
        plan.singles().forEach(one -> steps.add(new Get(one)));
    }

    /** Makes the next call, then has itself called again. */
    void next() {
        Duration wait = Duration.ZERO;
        boolean more = false;
        try {
            Step step = nextStep();
            if (step != null) {
                wait = make(step);
                more = !failed;
            }
        } finally {
            if (!more) {
                end(wait);
            } else if (wait.isZero()) {
                runtime.executor(WorkQueue.WATCH).execute(this::next);
            } else {
                runtime.schedule(wait, () -> runtime.executor(WorkQueue.WATCH).execute(this::next));
            }
        }
    }

    private void end(Duration pause) {
        if (!failed) {
            pacing.roundSucceeded();
        }
        listener.ended(failed, pause, read);
    }

    @CheckForNull
    private Step nextStep() {
        Step end = likelyEnd();
        if (end != null) {
            return end;
        }
        if (steps.isEmpty() && ofLists) {
            ofLists = false;
            lists.listed(listCalls, expectedCalls);
            readWhatLeftTheLists();
        }
        synchronized (list) {
            while (!steps.isEmpty() && list.mayCall(runtime.nanoTime())) {
                Step step = steps.poll();
                if (!(step instanceof Get get)) {
                    list.spend();
                    return step;
                }
                boolean isRead = !unread.containsKey(get.one.prebuildId);
                if (!isRead && list.spendOn(get.one)) {
                    return step;
                }
                unread.remove(get.one.prebuildId);
            }
        }
        return null;
    }

    /** Ends are read first, also those that happen during the round. */
    @CheckForNull
    private Step likelyEnd() {
        synchronized (list) {
            WatchedPrebuild one = list.nextLikelyEnded(runtime.nanoTime());
            if (one == null || !list.spendOn(one)) {
                return null;
            }
            unread.put(one.prebuildId, one);
            return new Get(one);
        }
    }

    /** What is watched and on no list has ended, has a phase unknown to this version, or is too new to be listed. */
    private void readWhatLeftTheLists() {
        unread.values().stream()
                .filter(each -> isDue(each) || plan.now() - each.since > NEW.toNanos())
                .sorted(Comparator.comparingLong(each -> each.lastTry))
                .forEach(each -> steps.add(new Get(each)));
    }

    private boolean isDue(WatchedPrebuild one) {
        return plan.horizon() - one.due >= 0;
    }

    /** @return how long to wait before the next call, or before the next round if this one failed */
    private Duration make(Step step) {
        try {
            step.make();
            return pacing.succeeded();
        } catch (GitpodException e) {
            if (Scope.of(e) == Scope.THIS) {
                step.failed(e);
                return pacing.gap();
            }
            // Gitpod's trouble concerns every prebuild that this token is used for.
            unread.values().stream().filter(this::isDue).forEach(each -> listener.failed(each, e));
            if (RetryPolicy.read(e) == RetryPolicy.Decision.WAIT) {
                steps.addFirst(step);
                Duration pause = pacing.slowDown(e);
                failed = pause.compareTo(MAX_WAIT) > 0;
                return pause;
            }
            failed = true;
            return pacing.roundFailed();
        }
    }

    private void read(Prebuild prebuild) {
        WatchedPrebuild one = unread.remove(prebuild.id());
        if (one == null) {
            return;
        }
        PrebuildPhase phase = prebuild.status().phase();
        Long missedSince = list.read(one, phase, runtime.nanoTime(), interval);
        read.add(one);
        if (missedSince != null) {
            listener.changeMissed(missedSince);
        }
        listener.read(one, prebuild);
    }

    /** Reads one prebuild. */
    private final class Get implements Step {

        private final WatchedPrebuild one;

        Get(WatchedPrebuild one) {
            this.one = one;
        }

        @Override
        public void make() throws GitpodException {
            list.tried(one);
            Prebuild prebuild = get(one.prebuildId);
            if (prebuild.status().phase().isEnd()) {
                list.refund();
            }
            read(prebuild);
        }

        @Override
        public void failed(GitpodException e) {
            unread.remove(one.prebuildId);
            list.readFailed(one);
            read.add(one);
            listener.failed(one, e);
        }
    }

    /** Reads a page of the list of some projects. If one of them makes the list fail, halving finds out which. */
    private final class ListPage implements Step {

        private final List<String> projects;

        /** Where the page begins, as the page before said; null for the first one. */
        @CheckForNull
        private final String start;

        private final int page;

        ListPage(List<String> projects, @CheckForNull String start, int page) {
            this.projects = projects;
            this.start = start;
            this.page = page;
        }

        @Override
        public void make() throws GitpodException {
            listCalls++;
            lists.tried(projects, list.nextTry());
            PrebuildPage answer =
                    list(PrebuildFilter.none().withProjectIds(projects).withPhases(ACTIVE), start);
            answer.prebuilds().forEach(ReadRound.this::read);
            String next = answer.nextPage();
            if (next != null && !next.isEmpty() && !next.equals(start) && page + 1 < MAX_PAGES) {
                steps.addFirst(new ListPage(projects, next, page + 1));
            }
        }

        @Override
        public void failed(GitpodException e) {
            if (projects.size() == 1) {
                lists.leaveOut(projects.get(0), runtime.nanoTime());
            } else {
                int half = projects.size() / 2;
                steps.addFirst(new ListPage(projects.subList(half, projects.size()), null, 0));
                steps.addFirst(new ListPage(projects.subList(0, half), null, 0));
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

    private PrebuildPage list(PrebuildFilter filter, @CheckForNull String start) throws GitpodException {
        try {
            return client.listPrebuilds(filter, ProjectLists.PAGE_SIZE, start);
        } catch (RuntimeException | Error e) {
            throw UnexpectedFailures.failedCall("ListPrebuilds", e);
        }
    }
}
