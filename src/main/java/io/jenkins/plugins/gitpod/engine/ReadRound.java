package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.engine.ConcurrentReads.Step;
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One pass of a {@link Watcher} over the prebuilds that are due, by lists of their projects or one by one. The lock
 * of the {@link WatchList} guards the fields.
 */
final class ReadRound {

    /**
     * What a round reads. Times are those of {@link EngineRuntime#nanoTime()}.
     *
     * @param due all prebuilds that are due, also those that a later round reads
     */
    record Plan(
            long now,
            long horizon,
            Set<String> projects,
            List<WatchedPrebuild> listed,
            List<WatchedPrebuild> singles,
            List<WatchedPrebuild> due) {

        /** Reads only the prebuilds that have most likely ended. */
        static Plan onlyLikelyEnded(long now) {
            return new Plan(now, now, Set.of(), List.of(), List.of(), List.of());
        }
    }

    /** The watcher that a round belongs to. Called without the lock. */
    interface Listener {

        void read(WatchedPrebuild one, Prebuild prebuild);

        void failed(WatchedPrebuild one, GitpodException e);

        /** A read found a change of which no event has told yet. @param since the time of the read before */
        void changeMissed(WatchedPrebuild one, long since);

        /**
         * The round has ended.
         *
         * @param failed whether it ended early, so that the next one has to wait
         * @param pause that wait
         * @param read what was read, or failed for a reason of its own
         */
        void ended(boolean failed, Duration pause, List<WatchedPrebuild> read);
    }

    private static final int MAX_PAGES = 200;

    /** A prebuild that is watched for less than this may be missing on lists because reads lag behind writes. */
    private static final Duration NEW = Duration.ofSeconds(30);

    private final Plan plan;
    private final ReadCalls calls;
    private final EngineRuntime runtime;
    private final WatchList list;
    private final ProjectLists lists;
    private final Duration interval;
    private final Listener listener;
    private final Deque<Step> steps = new ArrayDeque<>();
    private final Map<String, WatchedPrebuild> unread = new LinkedHashMap<>();
    private final List<WatchedPrebuild> read = new ArrayList<>();
    private final int expectedCalls;
    private int listCalls;

    /** How many pages of lists are being read. */
    private int openPages;

    /** How many of them are of prebuilds that have ended. Until they are answered, no end is read by itself. */
    private int openEndPages;

    private boolean ofLists;

    private final ConcurrentReads reads;

    /** @param interval the usual time until the next read of a prebuild */
    ReadRound(
            Plan plan,
            ReadCalls calls,
            EngineRuntime runtime,
            WatchList list,
            ProjectLists lists,
            ReadPacing pacing,
            Duration interval,
            Listener listener) {
        this.plan = plan;
        this.calls = calls;
        this.runtime = runtime;
        this.list = list;
        this.lists = lists;
        this.interval = interval;
        this.listener = listener;
        plan.listed().forEach(each -> unread.put(each.prebuildId, each));
        plan.singles().forEach(each -> unread.put(each.prebuildId, each));
        Set<String> projects = plan.projects();
        ofLists = !projects.isEmpty();
        expectedCalls = lists.expectedCalls(projects.size(), plan.listed().size());
        lists.divide(projects, pacing.failedRounds()).forEach(each -> steps.add(new ListPage(each, null, 0)));
        plan.singles().forEach(one -> steps.add(new Get(one)));
        pacing.roundBegins();
        reads = new ConcurrentReads(runtime, list, pacing, new Steps());
    }

    /** Begins what is to be done now. Also called while the round is running, if a prebuild has most likely ended. */
    void next() {
        reads.next();
    }

    private final class Steps implements ConcurrentReads.Steps {

        @Override
        public Step next() {
            return nextStep();
        }

        @Override
        public void again(Step step) {
            steps.addFirst(step);
        }

        @Override
        public void troubled(GitpodException e) {
            Set<WatchedPrebuild> told = new LinkedHashSet<>();
            synchronized (list) {
                unread.values().stream().filter(ReadRound.this::isDue).forEach(told::add);
                plan.due().stream().filter(ReadRound.this::isForLater).forEach(told::add);
            }
            told.forEach(each -> listener.failed(each, e));
        }

        @Override
        public void ended(boolean failed, Duration pause) {
            listener.ended(failed, pause, read);
        }
    }

    // ---- which call is next: under the lock

    @CheckForNull
    private Step nextStep() {
        Step end = likelyEnd();
        if (end != null) {
            return end;
        }
        if (steps.isEmpty() && ofLists && openPages == 0) {
            ofLists = false;
            lists.listed(plan.projects(), listCalls, expectedCalls);
            readWhatLeftTheLists();
        }
        while (!steps.isEmpty() && list.mayCall(runtime.nanoTime())) {
            if (openEndPages > 0 && steps.peek() instanceof Get) {
                return null;
            }
            Step step = steps.poll();
            if (!(step instanceof Get get)) {
                return opened(step);
            }
            if (get.one.beingRead) {
                continue;
            }
            boolean isRead = !unread.containsKey(get.one.prebuildId);
            if (!isRead && list.spendOn(get.one)) {
                get.one.beingRead = true;
                return step;
            }
            unread.remove(get.one.prebuildId);
        }
        return null;
    }

    /** Ends are read first, also those that happen during the round. */
    @CheckForNull
    private Step likelyEnd() {
        long now = runtime.nanoTime();
        if (openEndPages > 0 || steps.peek() instanceof EndPage) {
            return null; // the pages that follow may have it
        }
        WatchedPrebuild one = list.nextLikelyEnded(now);
        if (one == null) {
            return null;
        }
        List<WatchedPrebuild> ends = list.likelyEnded(now);
        if (ends.size() >= ProjectLists.PAGE_SIZE) {
            List<List<WatchedPrebuild>> many = lists.listsOfEnds(ends, now);
            if (!many.isEmpty()) {
                return opened(endPage(many.get(0)));
            }
        }
        if (!list.spendOn(one)) {
            return null;
        }
        unread.put(one.prebuildId, one);
        one.beingRead = true;
        return new Get(one);
    }

    private Step opened(Step page) {
        openPages++;
        if (page instanceof EndPage) {
            openEndPages++;
        }
        list.spend();
        return page;
    }

    private EndPage endPage(List<WatchedPrebuild> ends) {
        return new EndPage(ends, calls, list, lists, runtime, new EndPages());
    }

    /** What is watched and on no list has ended, has a phase unknown to this version, or is too new to be listed. */
    private void readWhatLeftTheLists() {
        List<WatchedPrebuild> ends = unread.values().stream()
                .filter(each -> isDue(each) || plan.now() - each.since > NEW.toNanos())
                .sorted(Comparator.comparingLong(each -> each.lastTry))
                .toList();
        lists.listsOfEnds(ends, runtime.nanoTime()).forEach(each -> steps.add(endPage(each)));
        ends.forEach(each -> steps.add(new Get(each)));
    }

    /** Whether this one is due and left to a later round. */
    private boolean isForLater(WatchedPrebuild one) {
        return list.get(one.prebuildId) == one
                && !plan.projects().contains(one.projectId)
                && !plan.singles().contains(one);
    }

    private boolean isDue(WatchedPrebuild one) {
        return plan.horizon() - one.due >= 0;
    }

    /** @param asked when the call began */
    private void deliver(WatchedPrebuild one, Prebuild prebuild, long asked) {
        Long missedSince;
        synchronized (list) {
            unread.remove(one.prebuildId);
            if (list.get(one.prebuildId) != one) {
                return;
            }
            missedSince = list.read(one, prebuild.status().phase(), asked, runtime.nanoTime(), interval);
            read.add(one);
        }
        if (missedSince != null) {
            listener.changeMissed(one, missedSince);
        }
        listener.read(one, prebuild);
    }

    private final class EndPages implements EndPage.Round {

        @Override
        public void ended(WatchedPrebuild one, Prebuild prebuild, long asked) {
            deliver(one, prebuild, asked);
        }

        @Override
        public void next(EndPage page) {
            steps.addFirst(page);
        }

        @Override
        public void over() {
            openPages--;
            openEndPages--;
        }
    }

    /** Reads one prebuild. */
    private final class Get implements Step {

        private final WatchedPrebuild one;

        Get(WatchedPrebuild one) {
            this.one = one;
        }

        @Override
        public boolean isNeeded() {
            if (list.get(one.prebuildId) == one) {
                list.tried(one);
                return true;
            }
            unread.remove(one.prebuildId);
            list.refund();
            return false;
        }

        @Override
        public void make() throws GitpodException {
            long asked = runtime.nanoTime();
            Prebuild prebuild = calls.get(one.prebuildId);
            if (prebuild.status().phase().isEnd()) {
                list.refund();
            }
            deliver(one, prebuild, asked);
        }

        @Override
        public void failed(GitpodException e) {
            synchronized (list) {
                unread.remove(one.prebuildId);
                list.readFailed(one);
                read.add(one);
            }
            listener.failed(one, e);
        }

        @Override
        public void over() {
            one.beingRead = false;
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
        public boolean isNeeded() {
            if (list.isStopped()) {
                return false;
            }
            listCalls++;
            lists.tried(projects, list.nextTry());
            return true;
        }

        @Override
        public void make() throws GitpodException {
            long asked = runtime.nanoTime();
            PrebuildPage answer = calls.listActive(projects, start);
            for (Prebuild each : answer.prebuilds()) {
                WatchedPrebuild one;
                synchronized (list) {
                    one = unread.get(each.id());
                }
                if (one != null && ReadCalls.isWhole(each)) {
                    deliver(one, each, asked);
                }
            }
            String next = answer.nextPage();
            if (next != null && !next.isEmpty() && !next.equals(start) && page + 1 < MAX_PAGES) {
                synchronized (list) {
                    steps.addFirst(new ListPage(projects, next, page + 1));
                }
            }
        }

        @Override
        public void failed(GitpodException e) {
            synchronized (list) {
                if (projects.size() == 1) {
                    lists.leaveOut(projects.get(0), runtime.nanoTime());
                } else {
                    int half = projects.size() / 2;
                    steps.addFirst(new ListPage(projects.subList(half, projects.size()), null, 0));
                    steps.addFirst(new ListPage(projects.subList(0, half), null, 0));
                }
            }
        }

        @Override
        public void over() {
            openPages--;
        }
    }
}
