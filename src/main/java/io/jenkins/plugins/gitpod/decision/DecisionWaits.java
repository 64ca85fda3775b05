package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.Guarded;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The undecided requests that wait: until a prebuild has ended, until quiet hours are over, or until the request for a newer commit
 * of their branch is decided.
 */
final class DecisionWaits {

    /** Ends a request without a prebuild. */
    @FunctionalInterface
    interface Skipper {
        void skip(
                @NonNull PendingDecision decision,
                @NonNull DecisionInputs inputs,
                @NonNull Decision.Skip skip,
                @NonNull Notifications notifications);
    }

    private final EngineRuntime runtime;
    private final Consumer<PendingDecision> decideAgain;
    private final Skipper skipper;
    private final WaitingDecisions forEnds;
    private final QuietRequests quiet;
    private final SupersededDecisions superseded = new SupersededDecisions();

    /**
     * @param cancelLimit how old a row of prebuilds may be of which each is cancelled in favor of the next one
     * @param isPending whether a request is undecided and is to be decided
     * @param decideAgain is called when a wait is over, and returns at once
     */
    DecisionWaits(
            @NonNull EngineRuntime runtime,
            @NonNull Duration cancelLimit,
            @NonNull Predicate<UUID> isPending,
            @NonNull Consumer<PendingDecision> decideAgain,
            @NonNull Skipper skipper) {
        this.runtime = runtime;
        this.decideAgain = decideAgain;
        this.skipper = skipper;
        this.forEnds = new WaitingDecisions(runtime, cancelLimit, decideAgain);
        this.quiet = new QuietRequests(runtime, isPending, decideAgain);
    }

    /** The waits for the end of a prebuild. */
    @NonNull
    WaitingDecisions forEnds() {
        return forEnds;
    }

    /**
     * Has a request wait for the end of a prebuild. Those for older commits of its branch that waited are not needed if it gets one.
     *
     * @param ends {@link WaitingDecisions#ends} before the state was read
     */
    void untilEnd(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.WaitForEnd wait,
            long ends,
            @NonNull Notifications notifications) {
        notifications.add(() -> decision.print(wait.line()));
        for (WaitingDecisions.Superseded older : forEnds.add(decision, inputs, wait, ends)) {
            keep(older.decision(), older.inputs(), QueueRules.newerWaits(inputs.revision()), decision, notifications);
        }
    }

    /** Has a request wait until quiet hours are over. Of several for the same branch, only the newest one has to wait. */
    void untilQuietHoursEnd(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.Wait wait,
            @NonNull Notifications notifications) {
        // Those that it superseded before may be of jobs without quiet hours.
        gotNone(decision);
        QuietRequests.Unneeded unneeded =
                quiet.add(decision, inputs.key(decision.request()), wait.end(), notifications);
        if (unneeded != null) {
            Decision.Skip skip = new Decision.Skip(Messages.Decision_newerWaits(), null, true);
            keep(unneeded.older(), inputs, skip, unneeded.newer(), notifications);
        }
    }

    /**
     * A request for a newer commit of the same branch waits.
     *
     * @return false if it does not wait any longer
     */
    boolean superseded(
            @NonNull PendingDecision decision,
            @NonNull DecisionInputs inputs,
            @NonNull Decision.Superseded how,
            @NonNull Notifications notifications) {
        PendingDecision by = forEnds.newer(decision, inputs.key(decision.request()));
        if (by != null) {
            keep(decision, inputs, how.skip(), by, notifications);
        }
        return by != null;
    }

    private void keep(
            PendingDecision older,
            DecisionInputs inputs,
            Decision.Skip skip,
            PendingDecision by,
            Notifications notifications) {
        // Skipped now, its change is missed. Skipped later, it is in the prebuild of the newer one.
        Decision.Skip later = new Decision.Skip(skip.reason(), skip.instead(), false);
        for (SupersededDecisions.Kept each :
                superseded.add(new SupersededDecisions.Kept(older, inputs.withoutLists(), later), by)) {
            skipper.skip(each.decision(), each.inputs(), skip, notifications);
        }
        if (by.isOver()) {
            gotNone(by); // withdrawn just now
        }
    }

    /** A request has a prebuild, or its changes are in another one. So are those of the requests that it superseded. */
    void covered(@NonNull PendingDecision decision, @NonNull Notifications notifications) {
        superseded
                .remove(decision)
                .forEach(each -> skipper.skip(each.decision(), each.inputs(), each.skip(), notifications));
    }

    /** A request gets no prebuild, or only later. The newest of those that it superseded is decided again. */
    void gotNone(@NonNull PendingDecision decision) {
        List<SupersededDecisions.Kept> older = superseded.remove(decision);
        if (!older.isEmpty()) {
            PendingDecision newest = older.get(0).decision();
            List<SupersededDecisions.Kept> unneeded = older.stream()
                    .skip(1)
                    .flatMap(each -> superseded.add(each, newest).stream())
                    .toList();
            newest.begin(runtime.nanoTime());
            if (unneeded.isEmpty()) {
                decideAgain.accept(newest);
            } else {
                runtime.executor(WorkQueue.DELIVERY).execute(() -> {
                    skipNow(unneeded);
                    decideAgain.accept(newest);
                });
            }
        }
    }

    /** Their changes are missed until a newer request has its prebuild. May block. */
    private void skipNow(List<SupersededDecisions.Kept> unneeded) {
        Notifications notifications = new Notifications();
        Guarded.forEach("skip a request for an older commit", unneeded, each -> {
            Decision.Skip skip =
                    new Decision.Skip(each.skip().reason(), each.skip().instead(), true);
            skipper.skip(each.decision(), each.inputs(), skip, notifications);
        });
        notifications.run();
    }

    /** A request was withdrawn. */
    void withdrawn(@NonNull PendingDecision decision) {
        forEnds.withdrawn(decision.requestId());
        superseded.withdrawn(decision.requestId());
        gotNone(decision);
    }

    /** A prebuild of this Jenkins has ended. @param ended its request, or null if it is not known */
    void prebuildEnded(@Nullable PrebuildRequest ended) {
        forEnds.prebuildEnded(ended);
    }

    /** What a request waits for, for people; null if it does not wait. */
    @CheckForNull
    String line(@NonNull UUID requestId) {
        String line = forEnds.line(requestId);
        return line == null ? superseded.line(requestId) : line;
    }

    /** An undecided request for pages. */
    @NonNull
    UndecidedRequest shown(@NonNull PendingDecision decision) {
        long now = runtime.nanoTime();
        String projectId = Objects.toString(decision.request().options().getProjectId(), "");
        return Stream.of(forEnds.shown(decision), superseded.shown(decision, now), quiet.shown(decision))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> decision.shown(projectId, UndecidedRequest.WaitsFor.DECISION, now));
    }
}
