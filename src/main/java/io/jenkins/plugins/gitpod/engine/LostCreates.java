package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.engine.PendingCreate.Moment;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;

/**
 * Decides which prebuild is the work of which create, if the answers to creates were lost. It knows all creates of this
 * engine, so that a prebuild is assigned to a create only if nothing else explains it: <em>k</em> lost creates and exactly
 * <em>k</em> unclaimed matches are assigned. Once the read lag is over, fewer matches than lost creates are assigned as
 * well: all of them surely belong to the engine, and lost creates that fit the same match made the same request. More
 * matches than lost creates are never assigned. Prebuilds that were made before a create's call was over come before those
 * that were made later. Thread-safe.
 */
final class LostCreates {

    /** How many claimed prebuilds are remembered; the oldest are forgotten. */
    private static final int MAX_CLAIMED = 10_000;

    private static final Comparator<Prebuild> OLDEST_FIRST =
            Comparator.comparing(PendingCreate::createdAt).thenComparing(Prebuild::id);

    /** Wanted creates before surplus ones, those with a class before those without, then by the end of their time. */
    private static final Comparator<Map.Entry<Key, PendingCreate>> MOST_SPECIFIC_FIRST = Comparator.comparing(
                    (Map.Entry<Key, PendingCreate> entry) -> entry.getValue().isSurplus())
            .thenComparing(entry -> entry.getValue().request().environmentClassId() == null)
            .thenComparing(entry -> entry.getValue().order())
            .thenComparing(entry -> entry.getKey().requestId())
            .thenComparing(entry -> entry.getKey().number());

    private final Duration clockSkew;
    private final Duration latest;
    private final Map<Key, PendingCreate> creates = new HashMap<>();

    /** The new keys of creates that were handed over while they were out. */
    private final Map<Key, Key> successors = new HashMap<>();

    private final Set<String> claimed = Collections.newSetFromMap(new Remembered());

    /** Forgets the oldest entries. */
    private static final class Remembered extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_CLAIMED;
        }
    }

    /** A create: its request, and its number within it. */
    record Key(UUID requestId, int number) {}

    /**
     * The prebuilds of a project that one account made.
     *
     * @param complete whether these are all: if not, nothing can be concluded from their number
     */
    record Listing(List<Prebuild> prebuilds, boolean complete) {
        Listing {
            prebuilds = List.copyOf(prebuilds);
        }
    }

    /**
     * The result of a look-up.
     *
     * @param assigned the prebuilds that are surely the work of a create
     * @param candidates the prebuilds that may be
     * @param held whether a create that is still unanswered may explain a candidate
     * @param overtaken whether the request's creates were answered or assigned in the meantime
     */
    record Decision(Map<Key, Prebuild> assigned, List<Prebuild> candidates, boolean held, boolean overtaken) {

        boolean isAssigned(UUID requestId) {
            return assigned.keySet().stream().anyMatch(key -> key.requestId().equals(requestId));
        }

        /** What the creates of each request have made, the oldest create first. */
        Map<UUID, Map<Integer, Prebuild>> byRequest() {
            Map<UUID, Map<Integer, Prebuild>> byRequest = new HashMap<>();
            assigned.forEach((key, prebuild) -> byRequest
                    .computeIfAbsent(key.requestId(), id -> new TreeMap<>())
                    .put(key.number(), prebuild));
            return byRequest;
        }
    }

    /**
     * @param clockSkew the maximum difference of this machine's clock from Gitpod's, used if Gitpod's time is not known
     * @param latest how long after its call was over a create may still take effect
     */
    LostCreates(Duration clockSkew, Duration latest) {
        this.clockSkew = clockSkew;
        this.latest = latest;
    }

    /** A create is being sent. */
    synchronized void sent(PrebuildRequest request, int number, ServerClock clock, Moment now) {
        creates.put(new Key(request.requestId(), number), PendingCreate.out(request, clock, clockSkew, now, latest));
    }

    /**
     * A create from before a restart, which may or may not have been sent.
     *
     * @param surplus whether what it made is not wanted
     */
    synchronized void lostBefore(
            PrebuildRequest request, CreateAttempt intent, boolean surplus, ServerClock clock, Moment now) {
        PendingCreate create = PendingCreate.restored(request, clock, clockSkew, intent, now, latest);
        if (surplus) {
            create.surplus();
        }
        creates.put(new Key(request.requestId(), intent.number()), create);
    }

    /**
     * The answer to a create was lost.
     *
     * @param mayActFor how long it may still take effect
     */
    synchronized void lost(UUID requestId, int number, Moment now, Duration mayActFor) {
        Key key = new Key(requestId, number);
        Key successor = successors.remove(key);
        PendingCreate create = creates.get(successor == null ? key : successor);
        if (create != null) {
            create.lost(now, mayActFor);
        }
    }

    /** A known request made this prebuild. */
    synchronized void claim(String prebuildId) {
        claimed.add(prebuildId);
    }

    /**
     * A create was answered.
     *
     * @param prebuildId what it made, or null
     * @return the request that it was handed over to in the meantime, or null
     */
    @CheckForNull
    synchronized UUID settled(UUID requestId, int number, @Nullable String prebuildId) {
        if (prebuildId != null) {
            claimed.add(prebuildId);
        }
        Key key = new Key(requestId, number);
        Key successor = successors.remove(key);
        creates.remove(successor == null ? key : successor);
        return successor == null ? null : successor.requestId();
    }

    /** A request has ended: its creates are no longer looked for. */
    synchronized void closed(UUID requestId, @Nullable String prebuildId) {
        if (prebuildId != null) {
            claimed.add(prebuildId);
        }
        creates.keySet().removeIf(key -> key.requestId().equals(requestId));
    }

    /**
     * Hands a create over to a surplus request, because what it made is not wanted.
     *
     * @return false if there is nothing to hand over: it was answered, or was handed over before
     */
    synchronized boolean handOver(UUID requestId, int number, PrebuildRequest to) {
        Key key = new Key(requestId, number);
        Key successor = new Key(to.requestId(), number);
        PendingCreate create = creates.remove(key);
        if (create == null || creates.containsKey(successor)) {
            return false;
        }
        if (!create.isLost()) {
            successors.put(key, successor);
        }
        create.becomeSurplusOf(to);
        creates.put(successor, create);
        return true;
    }

    /** How many creates are unanswered or lost. For tests. */
    synchronized int size() {
        return creates.size();
    }

    /** Whether a prebuild that no request claims may be the work of an unanswered or lost create. */
    synchronized boolean mayBeOurs(URI apiUrl, Prebuild prebuild) {
        return !claimed.contains(prebuild.id())
                && prebuild.metadata().triggeredBy() != Trigger.SCHEDULED
                && creates.values().stream()
                        .anyMatch(create -> create.request()
                                        .connection()
                                        .endpoint()
                                        .apiUrl()
                                        .equals(apiUrl)
                                && create.fits(prebuild));
    }

    /**
     * Decides what a list of prebuilds means for the lost creates of a request and of others in the same project.
     *
     * @param own the prebuilds of the project that the account {@code subjectId} made
     * @param lagOver whether the read lag is over, so that what is not on the list was not made
     */
    synchronized Decision decide(UUID requestId, String subjectId, Listing own, boolean lagOver) {
        List<PendingCreate> mine = creates.entrySet().stream()
                .filter(entry -> entry.getKey().requestId().equals(requestId))
                .map(Map.Entry::getValue)
                .toList();
        if (mine.stream().noneMatch(PendingCreate::isLost)) {
            return new Decision(Map.of(), List.of(), false, true);
        }
        for (PendingCreate create : mine) {
            create.subject(subjectId);
            if (lagOver && create.isLost()) {
                create.lagOver();
            }
        }
        List<Map.Entry<Key, PendingCreate>> lost = new ArrayList<>();
        List<PendingCreate> unanswered = new ArrayList<>();
        boolean shared = false;
        for (Map.Entry<Key, PendingCreate> entry : creates.entrySet()) {
            PendingCreate create = entry.getValue();
            if (create.isSameProject(mine.get(0))) {
                String creator = create.subjectId();
                if (!create.isLost() || creator == null) {
                    unanswered.add(create);
                } else if (creator.equals(subjectId)) {
                    lost.add(Map.entry(entry.getKey(), create));
                    shared |= create.request().connection().sharedAccount();
                }
            }
        }
        lost.sort(MOST_SPECIFIC_FIRST);
        List<Prebuild> candidates = candidates(own, subjectId, lost);
        boolean held =
                unanswered.stream().anyMatch(create -> candidates.stream().anyMatch(create::fits));
        Map<Key, Prebuild> assigned = Map.of();
        if (!shared && !held && own.complete()) {
            assigned = assign(lost, candidates, lagOver);
            assigned.forEach((key, prebuild) -> settled(key.requestId(), key.number(), prebuild.id()));
        }
        return new Decision(assigned, candidates, held, false);
    }

    private List<Prebuild> candidates(Listing own, String subjectId, List<Map.Entry<Key, PendingCreate>> lost) {
        List<Prebuild> candidates = new ArrayList<>();
        for (Prebuild prebuild : own.prebuilds()) {
            if (mayBeOurs(prebuild, subjectId)
                    && lost.stream().anyMatch(entry -> entry.getValue().fits(prebuild))
                    && candidates.stream().noneMatch(known -> known.id().equals(prebuild.id()))) {
                candidates.add(prebuild);
            }
        }
        candidates.sort(OLDEST_FIRST);
        return candidates;
    }

    private boolean mayBeOurs(Prebuild prebuild, String subjectId) {
        String creatorId = prebuild.metadata().creatorId();
        return !claimed.contains(prebuild.id())
                && prebuild.metadata().triggeredBy() != Trigger.SCHEDULED
                && (creatorId == null || creatorId.isEmpty() || creatorId.equals(subjectId));
    }

    /** Assigns what was made while the calls were out, then, if creates are left over, what was made later. */
    private static Map<Key, Prebuild> assign(
            List<Map.Entry<Key, PendingCreate>> lost, List<Prebuild> candidates, boolean lagOver) {
        List<Prebuild> atOnce = new ArrayList<>();
        List<Prebuild> later = new ArrayList<>();
        for (Prebuild prebuild : candidates) {
            boolean isAtOnce = lost.stream().anyMatch(entry -> entry.getValue().fitsAtOnce(prebuild));
            (isAtOnce ? atOnce : later).add(prebuild);
        }
        // Until the read lag is over, the prebuild of another lost create may still appear: then there would be one
        // more match.
        long awaited = lagOver || isOneRequest(lost)
                ? 0
                : lost.stream().filter(entry -> !entry.getValue().isLagOver()).count();
        Map<Prebuild, Key> matched = new LinkedHashMap<>();
        if (atOnce.size() > lost.size()
                || atOnce.size() < awaited
                || !match(lost, atOnce, PendingCreate::fitsAtOnce, matched)) {
            return Map.of();
        }
        if (lagOver && later.size() <= lost.size() - atOnce.size()) {
            Map<Prebuild, Key> all = new LinkedHashMap<>(matched);
            if (match(lost, later, PendingCreate::fits, all)) {
                matched = all;
            }
        }
        Map<Key, Prebuild> assigned = new LinkedHashMap<>();
        matched.forEach((prebuild, key) -> assigned.put(key, prebuild));
        return assigned;
    }

    /** Whether all are of one request, which every match then belongs to. */
    private static boolean isOneRequest(List<Map.Entry<Key, PendingCreate>> lost) {
        return lost.stream().map(entry -> entry.getKey().requestId()).distinct().count() == 1;
    }

    /** Gives each prebuild to a create that it fits, if possible the most specific one. @return false if one is left over */
    private static boolean match(
            List<Map.Entry<Key, PendingCreate>> mostSpecificFirst,
            List<Prebuild> prebuilds,
            BiPredicate<PendingCreate, Prebuild> fits,
            Map<Prebuild, Key> matched) {
        return prebuilds.stream()
                .allMatch(prebuild -> place(prebuild, mostSpecificFirst, fits, matched, new HashSet<>()));
    }

    /** Assigns one prebuild, and moves others to other creates if needed (augmenting paths in a bipartite graph). */
    private static boolean place(
            Prebuild prebuild,
            List<Map.Entry<Key, PendingCreate>> creates,
            BiPredicate<PendingCreate, Prebuild> fits,
            Map<Prebuild, Key> matched,
            Set<Key> tried) {
        for (Map.Entry<Key, PendingCreate> entry : creates) {
            Key key = entry.getKey();
            if (fits.test(entry.getValue(), prebuild) && tried.add(key)) {
                Prebuild holder = matched.entrySet().stream()
                        .filter(pair -> pair.getValue().equals(key))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(null);
                if (holder == null || place(holder, creates, fits, matched, tried)) {
                    matched.put(prebuild, key);
                    return true;
                }
            }
        }
        return false;
    }
}
