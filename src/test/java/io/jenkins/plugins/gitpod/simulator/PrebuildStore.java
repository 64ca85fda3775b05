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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * All prebuilds ever made, by id, by age, and by age within a project, so that a page costs only what is on it. Maps by
 * age have the sequence's negative as key: skip lists are quick in ascending order only.
 */
final class PrebuildStore {
    private final InstantSource clock;
    private final UuidV7 ids;
    private final Map<String, SimPrebuild> byId = new ConcurrentHashMap<>();
    private final NavigableMap<Long, SimPrebuild> byAge = new ConcurrentSkipListMap<>();
    private final Map<String, NavigableMap<Long, SimPrebuild>> byProject = new ConcurrentHashMap<>();
    private long lastSequence;

    PrebuildStore(InstantSource clock, UuidV7 ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** Adds a prebuild; one at a time, so that its place and its time of creation say the same about the order. */
    synchronized SimPrebuild add(Function<SimPrebuild.Birth, SimPrebuild> maker) {
        Instant now = clock.instant();
        long sequence = ++lastSequence;
        SimPrebuild prebuild = maker.apply(new SimPrebuild.Birth(sequence, ids.next(now), ids.next(now), now));
        byId.put(prebuild.id(), prebuild);
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
        List<Iterator<SimPrebuild>> parts = new ArrayList<>();
        for (String projectId : projectIds) {
            NavigableMap<Long, SimPrebuild> part = byProject.get(projectId);
            if (part != null) {
                parts.add(from(part, below));
            }
        }
        return parts.size() == 1 ? parts.get(0) : new Merged(parts);
    }

    private static Iterator<SimPrebuild> from(NavigableMap<Long, SimPrebuild> map, long below) {
        return map.tailMap(-below, false).values().iterator();
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
