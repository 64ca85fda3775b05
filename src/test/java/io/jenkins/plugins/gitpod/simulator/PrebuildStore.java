package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * All prebuilds ever made, by id, by age, and by age within a project, so that a page costs only what is on it. Maps by
 * age have the sequence's negative as key: skip lists are quick in ascending order only.
 */
final class PrebuildStore {
    /** How many times as long merging takes as walking over all. */
    private static final int MERGE_COST = 4;

    private final InstantSource clock;
    private final UuidV7 ids;
    private final Map<String, SimPrebuild> byId = new ConcurrentHashMap<>();
    private final Map<String, SimPrebuild> byEnvironment = new ConcurrentHashMap<>();
    private final NavigableMap<Long, SimPrebuild> byAge = new ConcurrentSkipListMap<>();
    private final Map<String, NavigableMap<Long, SimPrebuild>> byProject = new ConcurrentHashMap<>();
    private long lastSequence;

    PrebuildStore(InstantSource clock, UuidV7 ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** Adds a prebuild; one at a time, so that its place and its time of creation say the same about the order. */
    synchronized SimPrebuild add(Function<SimPrebuild.Creation, SimPrebuild> maker) {
        Instant now = clock.instant();
        long sequence = ++lastSequence;
        SimPrebuild prebuild = maker.apply(new SimPrebuild.Creation(sequence, ids.next(now), ids.next(now), now));
        byId.put(prebuild.id(), prebuild);
        byEnvironment.put(prebuild.environmentId(), prebuild);
        byProject
                .computeIfAbsent(prebuild.projectId(), id -> new ConcurrentSkipListMap<>())
                .put(-sequence, prebuild);
        byAge.put(-sequence, prebuild);
        return prebuild;
    }

    @CheckForNull
    SimPrebuild find(String id) {
        return byId.get(id);
    }

    @CheckForNull
    SimPrebuild findByEnvironment(String environmentId) {
        return byEnvironment.get(environmentId);
    }

    List<SimPrebuild> oldestFirst() {
        List<SimPrebuild> all = new ArrayList<>(byAge.values());
        Collections.reverse(all);
        return all;
    }

    /** Those with a sequence below the given one, newest first. */
    Iterator<SimPrebuild> newestFirst(long below) {
        return from(byAge, below);
    }

    /** The same for some projects only. */
    Iterator<SimPrebuild> newestFirst(Collection<String> projectIds, long below) {
        List<NavigableMap<Long, SimPrebuild>> parts = new ArrayList<>();
        int size = 0;
        for (String projectId : projectIds) {
            NavigableMap<Long, SimPrebuild> part = byProject.get(projectId);
            if (part != null) {
                parts.add(part);
                size += part.size();
            }
        }
        if (parts.size() == 1) {
            return from(parts.get(0), below);
        }
        if (size > byAge.size() / MERGE_COST) {
            return new Chosen(from(byAge, below), Set.copyOf(projectIds));
        }
        return new Merged(parts.stream().map(part -> from(part, below)).toList());
    }

    private static Iterator<SimPrebuild> from(NavigableMap<Long, SimPrebuild> map, long below) {
        return map.tailMap(-below, false).values().iterator();
    }

    /** What belongs to some projects out of all. */
    private static final class Chosen implements Iterator<SimPrebuild> {
        private final Iterator<SimPrebuild> all;
        private final Set<String> projectIds;
        private SimPrebuild next;

        Chosen(Iterator<SimPrebuild> all, Set<String> projectIds) {
            this.all = all;
            this.projectIds = projectIds;
        }

        @Override
        public boolean hasNext() {
            while (next == null && all.hasNext()) {
                SimPrebuild candidate = all.next();
                next = projectIds.contains(candidate.projectId()) ? candidate : null;
            }
            return next != null;
        }

        @Override
        public SimPrebuild next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            SimPrebuild found = next;
            next = null;
            return found;
        }
    }

    /** Several iterators, each newest first, as one. */
    private static final class Merged implements Iterator<SimPrebuild> {
        private record Head(SimPrebuild prebuild, Iterator<SimPrebuild> rest) {}

        private final PriorityQueue<Head> heads = new PriorityQueue<>(
                Comparator.comparingLong((Head head) -> head.prebuild().sequence())
                        .reversed());

        Merged(List<Iterator<SimPrebuild>> parts) {
            parts.forEach(this::advance);
        }

        private void advance(Iterator<SimPrebuild> part) {
            if (part.hasNext()) {
                heads.add(new Head(part.next(), part));
            }
        }

        @Override
        public boolean hasNext() {
            return !heads.isEmpty();
        }

        @Override
        public SimPrebuild next() {
            Head head = heads.poll();
            if (head == null) {
                throw new NoSuchElementException();
            }
            advance(head.rest());
            return head.prebuild();
        }
    }
}
