package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.engine.PendingCreate.Moment;
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
 * Who made which prebuild, when the answer to a create was lost. All creates of this engine are known here, so that a
 * prebuild is taken for one's work only if nothing else explains it: <em>k</em> lost creates and exactly <em>k</em>
 * unclaimed matches are assigned. Once the read lag is over, fewer matches than lost creates are assigned as well: all of
 * them are surely ours, and lost creates that fit the same match asked for the same thing. More matches than lost creates
 * never are. What was made before a create's call was over counts before what was made later.
 */
final class LostCreates {

    /** How many ended prebuilds are still known as claimed. */
    private static final int REMEMBERED = 10_000;

    private static final Comparator<Prebuild> OLDEST_FIRST =
            Comparator.comparing(PendingCreate::createdAt).thenComparing(Prebuild::id);

    /** Who waits before what nobody wants, who names a class before who takes any, then whose time is over first. */
    private static final Comparator<Map.Entry<Key, PendingCreate>> CHOOSIEST_FIRST = Comparator.comparing(
                    (Map.Entry<Key, PendingCreate> entry) -> entry.getValue().isSurplus())
            .thenComparing(entry -> entry.getValue().request().environmentClassId() == null)
            .thenComparing(entry -> entry.getValue().order())
            .thenComparing(entry -> entry.getKey().requestId())
            .thenComparing(entry -> entry.getKey().number());

    private final Duration clockSkew;
    private final Duration latest;
    private final Map<Key, PendingCreate> creates = new HashMap<>();

    /** Creates that are still out, and were handed over. */
    private final Map<Key, Key> heirs = new HashMap<>();

    private final Set<String> claimed = Collections.newSetFromMap(new Remembered());

    /** Forgets the eldest when it grows too large. */
    private static final class Remembered extends LinkedHashMap<String, Boolean> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }

    /** A create: whose, and which one of its request. */
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
     * What a look at Gitpod's list says.
     *
     * @param assigned which prebuilds are surely whose
     * @param candidates what else might be theirs
     * @param held whether a create that is still unanswered may explain a candidate
     * @param overtaken whether the request was answered or assigned by somebody else in the meantime
     */
    record Decision(Map<Key, Prebuild> assigned, List<Prebuild> candidates, boolean held, boolean overtaken) {

        boolean isAssigned(UUID requestId) {
            return assigned.keySet().stream().anyMatch(key -> key.requestId().equals(requestId));
        }

        /** For each request, what its creates have made, the oldest create first. */
        Map<UUID, Map<Integer, Prebuild>> byRequest() {
            Map<UUID, Map<Integer, Prebuild>> byRequest = new HashMap<>();
            assigned.forEach((key, prebuild) -> byRequest
                    .computeIfAbsent(key.requestId(), id -> new TreeMap<>())
                    .put(key.number(), prebuild));
            return byRequest;
        }
    }

    /**
     * @param clockSkew how far this machine's clock may be from Gitpod's, where Gitpod does not tell
     * @param latest how long after its call was over a create that hung may still take effect
     */
    LostCreates(Duration clockSkew, Duration latest) {
        this.clockSkew = clockSkew;
        this.latest = latest;
    }

    /** A create goes out now. */
    synchronized void sent(PrebuildRequest request, int number, ServerClock clock, Moment now) {
        creates.put(new Key(request.requestId(), number), PendingCreate.out(request, clock, clockSkew, now, latest));
    }

    /**
     * A create of an earlier life, of which nobody knows whether it went out.
     *
     * @param surplus whether nobody wants what it made
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
        Key heir = heirs.remove(key);
        PendingCreate create = creates.get(heir == null ? key : heir);
        if (create != null) {
            create.lost(now, mayActFor);
        }
    }

    /** The same for one of which nothing is known. */
    synchronized void lost(UUID requestId, int number, Moment now) {
        lost(requestId, number, now, latest);
    }

    /** This prebuild belongs to a known request. */
    synchronized void claim(String prebuildId) {
        claimed.add(prebuildId);
    }

    /**
     * This create is answered: {@code prebuildId} is null if nothing was made.
     *
     * @return the request that it was handed over to meanwhile, or null if it was not
     */
    @CheckForNull
    synchronized UUID settled(UUID requestId, int number, @Nullable String prebuildId) {
        if (prebuildId != null) {
            claimed.add(prebuildId);
        }
        Key key = new Key(requestId, number);
        Key heir = heirs.remove(key);
        creates.remove(heir == null ? key : heir);
        return heir == null ? null : heir.requestId();
    }

    /** Nobody looks for any of this request's creates any longer. */
    synchronized void closed(UUID requestId, @Nullable String prebuildId) {
        if (prebuildId != null) {
            claimed.add(prebuildId);
        }
        creates.keySet().removeIf(key -> key.requestId().equals(requestId));
    }

    /**
     * Another request looks after a create from now on, for nobody wants what it made.
     *
     * @return false if there is nothing to look after: it was answered, or is looked after already
     */
    synchronized boolean handOver(UUID requestId, int number, PrebuildRequest to) {
        Key key = new Key(requestId, number);
        Key heir = new Key(to.requestId(), number);
        PendingCreate create = creates.remove(key);
        if (create == null || creates.containsKey(heir)) {
            return false;
        }
        if (!create.isLost()) {
            heirs.put(key, heir);
        }
        create.becomeSurplusOf(to);
        creates.put(heir, create);
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
     * Decides what a list of prebuilds means for a request's lost creates and their like.
     *
     * @param own prebuilds of the project that the account {@code subjectId} made by hand or API
     * @param lagOver whether what is not on the list by now was not made
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
        lost.sort(CHOOSIEST_FIRST);
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

    /** First what was made while the calls were out, then, if creates are left over, what was made later. */
    private static Map<Key, Prebuild> assign(
            List<Map.Entry<Key, PendingCreate>> lost, List<Prebuild> candidates, boolean lagOver) {
        List<Prebuild> atOnce = new ArrayList<>();
        List<Prebuild> later = new ArrayList<>();
        for (Prebuild prebuild : candidates) {
            boolean isAtOnce = lost.stream().anyMatch(entry -> entry.getValue().fitsAtOnce(prebuild));
            (isAtOnce ? atOnce : later).add(prebuild);
        }
        // Until the read lag is over, what one waits for may still turn up, and then there would be one too many.
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

    /** Whatever turned up is then this request's, and it needs no more than one. */
    private static boolean isOneRequest(List<Map.Entry<Key, PendingCreate>> lost) {
        return lost.stream().map(entry -> entry.getKey().requestId()).distinct().count() == 1;
    }

    /** Gives each prebuild to a create that it fits, if possible the choosiest. @return false if one is left over */
    private static boolean match(
            List<Map.Entry<Key, PendingCreate>> choosiestFirst,
            List<Prebuild> prebuilds,
            BiPredicate<PendingCreate, Prebuild> fits,
            Map<Prebuild, Key> matched) {
        return prebuilds.stream().allMatch(prebuild -> place(prebuild, choosiestFirst, fits, matched, new HashSet<>()));
    }

    /** Makes room if need be: whoever has the place may find another one (augmenting paths in a bipartite graph). */
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
