package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPage;
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks for many ends on a page of a list of prebuilds that have ended: one call instead of up to a hundred. Gitpod
 * documents no order of lists. Where the newest come first, prebuilds that have just ended are on the first pages;
 * otherwise the first page has few of them, and they are read one by one. So are those of which a list leaves parts out.
 */
final class EndPage implements ConcurrentReads.Step {

    /** The next page is read only if this one spared at least so many calls. */
    private static final int ENOUGH = 10;

    /** The round that a page belongs to. */
    interface Round {

        /** @param asked when the call began */
        void ended(WatchedPrebuild one, Prebuild prebuild, long asked);

        /** The next call. Called under the lock. */
        void next(EndPage page);

        /** The call is over. Called under the lock. */
        void over();
    }

    /** The same for all pages of a list. */
    private final List<String> projects;

    private final List<WatchedPrebuild> ends;
    private final ReadCalls calls;
    private final WatchList list;
    private final ProjectLists lists;
    private final EngineRuntime runtime;
    private final Round round;

    /** Where the page begins, as the page before said; null for the first one. */
    @CheckForNull
    private final String start;

    /** @param ends what is looked for, of no more projects than fit into a list */
    EndPage(
            List<WatchedPrebuild> ends,
            ReadCalls calls,
            WatchList list,
            ProjectLists lists,
            EngineRuntime runtime,
            Round round) {
        this(projects(ends), ends, calls, list, lists, runtime, round, null);
    }

    private EndPage(
            List<String> projects,
            List<WatchedPrebuild> ends,
            ReadCalls calls,
            WatchList list,
            ProjectLists lists,
            EngineRuntime runtime,
            Round round,
            @CheckForNull String start) {
        this.projects = projects;
        this.ends = ends;
        this.calls = calls;
        this.list = list;
        this.lists = lists;
        this.runtime = runtime;
        this.round = round;
        this.start = start;
    }

    private static List<String> projects(List<WatchedPrebuild> ends) {
        return ends.stream().map(each -> each.projectId).distinct().toList();
    }

    @Override
    public boolean isNeeded() {
        return !list.isStopped();
    }

    @Override
    public void make() throws GitpodException {
        long asked = runtime.nanoTime();
        PrebuildPage answer = calls.listEnded(projects, start);
        Set<String> wanted = ends.stream().map(each -> each.prebuildId).collect(Collectors.toSet());
        int onPage = 0;
        int found = 0;
        for (Prebuild each : answer.prebuilds()) {
            if (!each.status().phase().isEnd() || !ReadCalls.isWhole(each)) {
                continue;
            }
            if (wanted.contains(each.id())) {
                onPage++; // also if another call has read it meanwhile: that says nothing against lists
            }
            WatchedPrebuild one = list.get(each.id());
            if (one != null && !hasEnded(one)) {
                found++;
                round.ended(one, each, asked);
            }
        }
        if (found > 0) {
            list.refund();
        }
        synchronized (list) {
            if (Math.max(onPage, found) >= ENOUGH) {
                lists.endsAreOnLists();
            } else if (start == null) {
                lists.endsAreNotOnLists(runtime.nanoTime());
            }
            if (found >= ENOUGH) {
                goOn(answer.nextPage());
            }
        }
    }

    private boolean hasEnded(WatchedPrebuild one) {
        synchronized (list) {
            return one.phase != null && one.phase.isEnd();
        }
    }

    private void goOn(@CheckForNull String next) {
        List<WatchedPrebuild> open = ends.stream()
                .filter(each -> list.get(each.prebuildId) == each && !hasEnded(each))
                .toList();
        if (open.size() >= ENOUGH && next != null && !next.isEmpty() && !next.equals(start)) {
            round.next(new EndPage(projects, open, calls, list, lists, runtime, round, next));
        }
    }

    @Override
    public void failed(GitpodException e) {
        synchronized (list) {
            lists.endsAreNotOnLists(runtime.nanoTime());
        }
    }

    @Override
    public void over() {
        round.over();
    }
}
