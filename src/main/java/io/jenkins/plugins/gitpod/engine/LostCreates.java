package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Trigger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
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

    /** A create that was lost in a crash may have waited in a queue for so long after its intent was saved. */
    private static final Duration LONGEST_QUEUE = Duration.ofMinutes(60);

    private static final Comparator<Prebuild> OLDEST_FIRST =
            Comparator.comparing(LostCreates::createdAt).thenComparing(Prebuild::id);

    /** Who names a class before who takes any, then whose time is over first. */
    private static final Comparator<Entry> CHOOSIEST_FIRST = Comparator.comparing(
                    (Entry entry) -> entry.request.environmentClassId() == null)
            .thenComparing(entry -> entry.until)
            .thenComparing(entry -> entry.request.requestId());

    private final Duration clockSkew;
    private final Duration latest;
    private final Map<UUID, Entry> entries = new HashMap<>();
    private final Set<String> claimed = Collections.newSetFromMap(new Remembered());

    /** Forgets the eldest when it grows too large. */
    private static final class Remembered extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    private static final class Entry {
        final PrebuildRequest request;
        final Instant from;
        final Instant until;
        boolean lost;

        @CheckForNull
        String subjectId;

        Entry(PrebuildRequest request, Instant from, Instant until, boolean lost) {
            this.request = request;
            this.from = from;
            this.until = until;
            this.lost = lost;
        }

        URI apiUrl() {
            return request.connection().endpoint().apiUrl();
        }

        boolean sameProject(Entry other) {
            return apiUrl().equals(other.apiUrl()) && request.projectId().equals(other.request.projectId());
        }

        boolean fits(Prebuild prebuild) {
            String environmentClassId = request.environmentClassId();
            Instant createdAt = createdAt(prebuild);
            return request.projectId().equals(prebuild.metadata().projectId())
                    && (environmentClassId == null
                            || environmentClassId.equals(prebuild.metadata().environmentClassId()))
                    && !createdAt.isBefore(from)
                    && !createdAt.isAfter(until);
        }
    }

    /**
     * What a look at Gitpod's list says.
     *
     * @param assigned whose prebuilds are surely whose
     * @param candidates what else might be theirs
     * @param held whether a create that is still unanswered may explain a candidate
     * @param overtaken whether the request was answered or assigned by somebody else in the meantime
     */
    record Decision(Map<UUID, Prebuild> assigned, List<Prebuild> candidates, boolean held, boolean overtaken) {}

    /**
     * @param clockSkew how far this machine's clock may be from Gitpod's
     * @param latest how long after it was sent a create that hangs may still take effect
     */
    LostCreates(Duration clockSkew, Duration latest) {
        this.clockSkew = clockSkew;
        this.latest = latest;
    }

    /** A create goes out now. */
    synchronized void sent(PrebuildRequest request, Instant now) {
        Instant until = now.plus(latest).plus(clockSkew);
        entries.put(request.requestId(), new Entry(request, now.minus(clockSkew), until, false));
    }

    /** A create of an earlier life, of which nobody knows whether it went out. */
    synchronized void lostBefore(PrebuildRequest request, Instant intentTime) {
        Instant until = intentTime.plus(LONGEST_QUEUE).plus(latest).plus(clockSkew);
        entries.put(request.requestId(), new Entry(request, intentTime.minus(clockSkew), until, true));
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

    /** How many creates are unanswered or lost. */
    synchronized int open() {
        return entries.size();
    }

    /**
     * Decides what a list of prebuilds means for a lost create and its like.
     *
     * @param own prebuilds of the project that the account {@code subjectId} made by hand or API
     * @param lagOver whether what is not on the list by now was not made
     */
    synchronized Decision decide(UUID requestId, String subjectId, OwnPrebuilds own, boolean lagOver) {
        Entry mine = entries.get(requestId);
        if (mine == null || !mine.lost) {
            return new Decision(Map.of(), List.of(), false, true);
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
        lost.sort(CHOOSIEST_FIRST);
        List<Prebuild> candidates = new ArrayList<>();
        for (Prebuild prebuild : own.prebuilds()) {
            if (mayBeOurs(prebuild, subjectId)
                    && lost.stream().anyMatch(entry -> entry.fits(prebuild))
                    && candidates.stream().noneMatch(known -> known.id().equals(prebuild.id()))) {
                candidates.add(prebuild);
            }
        }
        candidates.sort(OLDEST_FIRST);
        boolean held = unanswered.stream().anyMatch(entry -> candidates.stream().anyMatch(entry::fits));
        Map<UUID, Prebuild> assigned = Map.of();
        boolean countFits = candidates.size() == lost.size() || (lagOver && candidates.size() < lost.size());
        if (!shared && !held && countFits && own.complete()) {
            assigned = match(lost, candidates);
            assigned.forEach((id, prebuild) -> settled(id, prebuild.id()));
        }
        return new Decision(assigned, candidates, held, false);
    }

    private boolean mayBeOurs(Prebuild prebuild, String subjectId) {
        String creatorId = prebuild.metadata().creatorId();
        return !claimed.contains(prebuild.id())
                && prebuild.metadata().triggeredBy() != Trigger.SCHEDULED
                && (creatorId == null || creatorId.isEmpty() || creatorId.equals(subjectId));
    }

    /** Gives each candidate to a lost create that it fits, the choosiest first; nothing if one is left over. */
    private static Map<UUID, Prebuild> match(List<Entry> choosiestFirst, List<Prebuild> candidates) {
        Map<UUID, Prebuild> assigned = new LinkedHashMap<>();
        for (Prebuild prebuild : candidates) {
            UUID chosen = choosiestFirst.stream()
                    .filter(entry -> entry.fits(prebuild))
                    .map(entry -> entry.request.requestId())
                    .filter(id -> !assigned.containsKey(id))
                    .findFirst()
                    .orElse(null);
            if (chosen == null) {
                return Map.of();
            }
            assigned.put(chosen, prebuild);
        }
        return assigned;
    }

    private static Instant createdAt(Prebuild prebuild) {
        Instant createdAt = prebuild.metadata().createdAt();
        return createdAt == null ? Instant.EPOCH : createdAt;
    }
}
