package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Trigger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Who made which prebuild, when the answer to a create was lost. All creates of this engine are known here, so that a
 * prebuild is adopted only if nothing else explains it: <em>k</em> lost creates and exactly <em>k</em> unclaimed matches
 * are assigned. Once the read lag is over, fewer matches than lost creates are assigned as well: all of them are surely
 * ours, and lost creates that fit the same match asked for the same thing. More matches than lost creates never are.
 */
final class LostCreates {

    /** How many ended prebuilds are still known as claimed. */
    private static final int REMEMBERED = 10_000;

    private static final Comparator<Prebuild> OLDEST_FIRST = Comparator.comparing(LostCreates::createdAt)
            .thenComparing(Prebuild::id);

    private final Duration clockSkew;
    private final Map<UUID, Entry> entries = new HashMap<>();
    private final Set<String> claimed = java.util.Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    });

    private static final class Entry {
        final PrebuildRequest request;
        final Instant intentTime;
        boolean lost;

        @CheckForNull
        String subjectId;

        Entry(PrebuildRequest request, Instant intentTime, boolean lost) {
            this.request = request;
            this.intentTime = intentTime;
            this.lost = lost;
        }

        URI apiUrl() {
            return request.connection().endpoint().apiUrl();
        }

        boolean sameProject(Entry other) {
            return apiUrl().equals(other.apiUrl()) && request.projectId().equals(other.request.projectId());
        }
    }

    /** What a look at Gitpod's list says: whose prebuilds are surely whose, and what else might be. */
    record Decision(Map<UUID, Prebuild> assigned, List<Prebuild> candidates, boolean held) {}

    LostCreates(Duration clockSkew) {
        this.clockSkew = clockSkew;
    }

    /** A create goes out now. */
    synchronized void sent(PrebuildRequest request, Instant intentTime) {
        entries.put(request.requestId(), new Entry(request, intentTime, false));
    }

    /** A create of an earlier life, of which nobody knows whether it went out. */
    synchronized void lostBefore(PrebuildRequest request, Instant intentTime) {
        entries.put(request.requestId(), new Entry(request, intentTime, true));
    }

    /** The answer to this create was lost. */
    synchronized void lost(UUID requestId) {
        Entry entry = entries.get(requestId);
        if (entry != null) {
            entry.lost = true;
        }
    }

    /** This prebuild belongs to a known request. */
    synchronized void claim(String prebuildId) {
        claimed.add(prebuildId);
    }

    /** This create is answered: {@code prebuildId} is null if nothing was made. */
    synchronized void settled(UUID requestId, @Nullable String prebuildId) {
        if (prebuildId != null) {
            claimed.add(prebuildId);
        }
        entries.remove(requestId);
    }

    /**
     * Decides what a list of prebuilds means for a lost create and its like.
     *
     * @param listed all prebuilds of the project that the account {@code subjectId} made by hand or API
     * @param lagOver whether what is not on the list by now was not made
     */
    synchronized Decision decide(UUID requestId, String subjectId, List<Prebuild> listed, boolean lagOver) {
        Entry mine = entries.get(requestId);
        if (mine == null || !mine.lost) {
            return new Decision(Map.of(), List.of(), false);
        }
        mine.subjectId = subjectId;
        List<Entry> lost = new ArrayList<>();
        List<Entry> unanswered = new ArrayList<>();
        boolean shared = false;
        for (Entry entry : entries.values()) {
            if (entry.sameProject(mine)) {
                if (!entry.lost || entry.subjectId == null) {
                    unanswered.add(entry);
                } else if (entry.subjectId.equals(subjectId)) {
                    lost.add(entry);
                    shared |= entry.request.connection().sharedAccount();
                }
            }
        }
        lost.sort(Comparator.comparing((Entry e) -> e.intentTime).thenComparing(e -> e.request.requestId()));
        List<Prebuild> candidates = new ArrayList<>();
        for (Prebuild prebuild : listed) {
            if (!claimed.contains(prebuild.id())
                    && prebuild.metadata().triggeredBy() != Trigger.SCHEDULED
                    && lost.stream().anyMatch(entry -> fits(entry, prebuild))) {
                candidates.add(prebuild);
            }
        }
        candidates.sort(OLDEST_FIRST);
        boolean held = unanswered.stream()
                .anyMatch(entry -> candidates.stream().anyMatch(prebuild -> fits(entry, prebuild)));
        Map<UUID, Prebuild> assigned = Map.of();
        boolean countFits = candidates.size() == lost.size() || (lagOver && candidates.size() < lost.size());
        if (!shared && !held && countFits) {
            assigned = match(lost, candidates);
            assigned.forEach((id, prebuild) -> settled(id, prebuild.id()));
        }
        return new Decision(assigned, candidates, held);
    }

    /** Gives each candidate to a lost create that it fits, the choosiest first; nothing if one is left over. */
    private Map<UUID, Prebuild> match(List<Entry> lost, List<Prebuild> candidates) {
        Map<UUID, Prebuild> assigned = new LinkedHashMap<>();
        for (Prebuild prebuild : candidates) {
            Entry chosen = null;
            for (Entry entry : lost) {
                boolean free = !assigned.containsKey(entry.request.requestId()) && fits(entry, prebuild);
                boolean choosier =
                        chosen == null || (chosen.request.environmentClassId() == null && namesClass(entry));
                if (free && choosier) {
                    chosen = entry;
                }
            }
            if (chosen == null) {
                return Map.of();
            }
            assigned.put(chosen.request.requestId(), prebuild);
        }
        return assigned;
    }

    private static boolean namesClass(Entry entry) {
        return entry.request.environmentClassId() != null;
    }

    private boolean fits(Entry entry, Prebuild prebuild) {
        String environmentClassId = entry.request.environmentClassId();
        return entry.request.projectId().equals(prebuild.metadata().projectId())
                && (environmentClassId == null
                        || environmentClassId.equals(prebuild.metadata().environmentClassId()))
                && !createdAt(prebuild).isBefore(entry.intentTime.minus(clockSkew));
    }

    private static Instant createdAt(Prebuild prebuild) {
        Instant createdAt = prebuild.metadata().createdAt();
        return createdAt == null ? Instant.EPOCH : createdAt;
    }
}
