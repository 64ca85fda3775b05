package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.gitpod.engine.WatchList.WatchedPrebuild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a {@link Watcher} divides its projects into lists, and what it learned about them. Not thread-safe: belongs to the
 * round that is running, or to the planning of the next one.
 */
final class ProjectLists {

    static final int PAGE_SIZE = 100;

    private static final int MAX_PROJECTS_PER_LIST = 25;

    /** How long a project that makes lists fail is left out of them. */
    private static final Duration LEFT_OUT_FOR = Duration.ofMinutes(10);

    /** From this number on, ends are looked for on lists. */
    private static final int MANY_ENDS = 20;

    /** How long ends are read one by one after a list had few of them; doubled each time. The ends may only have seemed so. */
    private static final Duration FIRST_ONE_BY_ONE = Duration.ofSeconds(30);

    private static final Duration MAX_ONE_BY_ONE = Duration.ofMinutes(10);

    private final Backoff oneByOne = new Backoff(FIRST_ONE_BY_ONE, MAX_ONE_BY_ONE);

    private final Map<String, Long> lastTried = new HashMap<>();

    /** Projects that make lists fail, and until when they are left out. */
    private final Map<String, Long> leftOut = new HashMap<>();

    /** Until when ends are read one by one, or null. */
    @CheckForNull
    private Long endsOneByOneUntil;

    /** How many more pages than expected the last list had for each of its projects, because others use them, too. */
    private final Map<String, Double> extraPages = new HashMap<>();

    /** Removes the projects that cannot be listed at present. */
    void removeLeftOut(Set<String> projects, long now) {
        leftOut.values().removeIf(until -> now - until > 0);
        projects.removeAll(leftOut.keySet());
    }

    /** How many calls list so many watched prebuilds if the projects have no others. */
    int expectedCalls(int projects, int prebuilds) {
        int lists = (projects + MAX_PROJECTS_PER_LIST - 1) / MAX_PROJECTS_PER_LIST;
        int pages = (prebuilds + PAGE_SIZE - 1) / PAGE_SIZE;
        return Math.max(lists, pages);
    }

    /** The same with the pages that other prebuilds of the projects added the last time. */
    int calls(Set<String> projects, int prebuilds) {
        double extra = projects.stream()
                .mapToDouble(id -> extraPages.getOrDefault(id, 0.0))
                .sum();
        return expectedCalls(projects.size(), prebuilds) + (int) Math.ceil(extra);
    }

    /** Lists of these projects were read to their ends. */
    void listed(Set<String> projects, int calls, int expected) {
        double extra = Math.max(0, calls - expected) / (double) projects.size();
        projects.forEach(id -> extraPages.put(id, extra));
    }

    /** How many calls list all projects in parts: more than in one go, because no part begins within a page. */
    int callsInParts(Map<String, Integer> prebuildsOfProject) {
        Set<String> left = new LinkedHashSet<>(prebuildsOfProject.keySet());
        int calls = 0;
        while (!left.isEmpty()) {
            Set<String> part = part(left, prebuildsOfProject);
            left.removeAll(part);
            calls += calls(part, part.stream().mapToInt(prebuildsOfProject::get).sum());
        }
        return calls;
    }

    /** The projects that come first, about a page of them or one that has more. */
    Set<String> part(Set<String> projects, Map<String, Integer> prebuildsOfProject) {
        Set<String> part = new LinkedHashSet<>();
        int prebuilds = 0;
        for (String id : projects) {
            prebuilds += prebuildsOfProject.getOrDefault(id, 0);
            if (!part.isEmpty() && prebuilds > PAGE_SIZE) {
                break;
            }
            part.add(id);
        }
        return part;
    }

    /**
     * The projects of each list, those that were tried longest ago first.
     *
     * @param failedRounds how many rounds in a row have failed: one project may be the cause, and shorter lists spare the
     *     others
     */
    List<List<String>> divide(Set<String> projects, int failedRounds) {
        List<String> order = new ArrayList<>(projects);
        order.sort(Comparator.comparing((String id) -> lastTried.getOrDefault(id, 0L))
                .thenComparing(Comparator.naturalOrder()));
        int each = Math.max(1, MAX_PROJECTS_PER_LIST >> Math.min(failedRounds, 5));
        List<List<String>> lists = new ArrayList<>();
        for (int from = 0; from < order.size(); from += each) {
            lists.add(order.subList(from, Math.min(order.size(), from + each)));
        }
        return lists;
    }

    /**
     * The ends that may be found on lists of prebuilds that have ended, those of each list together.
     *
     * @param ends the prebuilds that have most likely ended
     */
    List<List<WatchedPrebuild>> listsOfEnds(List<WatchedPrebuild> ends, long now) {
        if (ends.size() < MANY_ENDS || (endsOneByOneUntil != null && now - endsOneByOneUntil < 0)) {
            return List.of();
        }
        List<String> projects =
                ends.stream().map(each -> each.projectId).distinct().toList();
        Map<Integer, List<WatchedPrebuild>> lists = ends.stream()
                .collect(Collectors.groupingBy(each -> projects.indexOf(each.projectId) / MAX_PROJECTS_PER_LIST));
        return lists.values().stream().filter(each -> each.size() >= MANY_ENDS).toList();
    }

    /** A list had few of the ends that were looked for. */
    void endsAreNotOnLists(long now) {
        endsOneByOneUntil = now + oneByOne.next(0.5).toNanos();
    }

    /** A list had many of them. */
    void endsAreOnLists() {
        oneByOne.reset();
    }

    /** @param number the number of the try, for the order */
    void tried(List<String> projects, long number) {
        projects.forEach(id -> lastTried.put(id, number));
    }

    /** The list of this project alone failed. */
    void leaveOut(String projectId, long now) {
        leftOut.put(projectId, now + LEFT_OUT_FOR.toNanos());
    }

    /** Nothing is watched: the order begins anew. */
    void forgetOrder() {
        lastTried.clear();
        extraPages.clear();
    }
}
