package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Requests for commits that are not needed if the request for a newer commit of their branch gets a prebuild. It may get none, by
 * an option of its job or because it is withdrawn; then the newest of these is decided again. Of each job, only the newest one is
 * kept: the options that decide about the newer one decide about the older ones as well.
 */
final class SupersededDecisions {

    /**
     * One that is kept.
     *
     * @param inputs without lists
     * @param skip what is decided once the newer one has its prebuild
     */
    record Kept(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.Skip skip) {}

    private final Map<UUID, Kept> kept = new HashMap<>();

    /** The request that each one waits for. */
    private final Map<UUID, PendingDecision> newer = new HashMap<>();

    /**
     * Keeps a request, and those that it was kept instead of, until a newer one is decided.
     *
     * @return those that are not needed in any case, because a newer one of their job is kept or is the newer one
     */
    @NonNull
    synchronized List<Kept> add(@NonNull Kept older, @NonNull PendingDecision by) {
        List<Kept> all = new ArrayList<>(remove(older.decision()));
        all.addAll(remove(by));
        all.add(older);
        all.sort(Comparator.comparing((Kept each) -> each.decision().order()).reversed());
        Set<String> jobs = new HashSet<>(Set.of(job(by)));
        List<Kept> unneeded = new ArrayList<>();
        for (Kept each : all) {
            if (!jobs.add(job(each.decision()))) {
                unneeded.add(each);
            } else if (each.decision().isUndecided()) {
                UUID requestId = each.decision().requestId();
                kept.put(requestId, each);
                newer.put(requestId, by);
            }
        }
        return unneeded;
    }

    private static String job(PendingDecision decision) {
        return decision.request().origin().jobFullName();
    }

    /** Removes the requests that wait for a newer one, the newest first. */
    @NonNull
    synchronized List<Kept> remove(@NonNull PendingDecision by) {
        List<Kept> removed = kept.values().stream()
                .filter(each -> newer.get(each.decision().requestId()) == by)
                .sorted(Comparator.comparing((Kept each) -> each.decision().order())
                        .reversed())
                .toList();
        removed.forEach(each -> withdrawn(each.decision().requestId()));
        return removed;
    }

    /** Removes a request that was withdrawn, if it is one of these. */
    synchronized void withdrawn(@NonNull UUID requestId) {
        kept.remove(requestId);
        newer.remove(requestId);
    }

    /** The request for pages, or null if it is none of these. */
    @CheckForNull
    synchronized UndecidedRequest shown(@NonNull PendingDecision decision, long nanoTime) {
        Kept one = kept.get(decision.requestId());
        if (one == null) {
            return null;
        }
        NewCommit commit = newer.get(decision.requestId()).request().newCommit();
        String revision = commit == null ? null : commit.checkout().revision();
        return decision.shown(
                one.inputs().project().id(),
                new UndecidedRequest.WaitsFor(
                        UndecidedRequest.Kind.NEWER_REQUEST, revision == null ? "" : DecisionRules.brief(revision)),
                nanoTime);
    }

    /** Why a request waits, for people; null if it is none of these. */
    @CheckForNull
    synchronized String line(@NonNull UUID requestId) {
        Kept one = kept.get(requestId);
        return one == null ? null : one.skip().reason();
    }
}
