package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Automatic requests that wait until their quiet hours are over, of each project, environment class, and branch the newest one.
 * None is saved here: a request for a commit is kept by {@link io.jenkins.plugins.gitpod.store.CommitRequestStore}, and is
 * decided again after a restart.
 */
final class QuietRequests {

    /** The wall clock may be set, and a machine may sleep. */
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(10);

    /** A time in the console. */
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm zzz");

    private final EngineRuntime runtime;
    private final Predicate<UUID> isPending;
    private final Consumer<PendingDecision> decideAgain;

    /** By what a prebuild would be of. */
    private final Map<CommitHistory.Key, PendingDecision> newest = new HashMap<>();

    /** Those that are decided again at the end of the quiet hours. */
    private final Map<UUID, Sleep> asleep = new HashMap<>();

    /** @param projectId the empty text if it is not known */
    private record Sleep(String projectId, ZonedDateTime end) {}

    /**
     * A request that does not wait any longer.
     *
     * @param newer the request for a newer commit, which waits
     */
    record Unneeded(@NonNull PendingDecision older, @NonNull PendingDecision newer) {}

    QuietRequests(
            @NonNull EngineRuntime runtime,
            @NonNull Predicate<UUID> isPending,
            @NonNull Consumer<PendingDecision> decideAgain) {
        this.runtime = runtime;
        this.isPending = isPending;
        this.decideAgain = decideAgain;
    }

    /**
     * Has a request wait.
     *
     * @param key what its prebuild would be of, or null if that is not known
     * @return a request that need not wait, because one for a newer commit waits: this one or another one. Null if there is none
     */
    @CheckForNull
    synchronized Unneeded add(
            @NonNull PendingDecision decision,
            @Nullable CommitHistory.Key key,
            @NonNull ZonedDateTime end,
            @NonNull Notifications notifications) {
        newest.values().removeIf(each -> !isPending.test(each.requestId()));
        asleep.keySet().removeIf(isPending.negate());
        PendingDecision other = key == null ? null : newest.get(key);
        if (other != null && other.isNewerThan(decision)) {
            return new Unneeded(decision, other);
        }
        if (key != null) {
            newest.put(key, decision);
        }
        notifications.add(() -> decision.print(Messages.Decision_quietHours(TIME.format(end))));
        asleep.put(decision.requestId(), new Sleep(key == null ? "" : key.projectId(), end));
        sleep(decision, end.toInstant());
        if (other == null || other == decision) {
            return null;
        }
        asleep.remove(other.requestId());
        return new Unneeded(other, decision);
    }

    private synchronized boolean isAsleep(PendingDecision decision) {
        return isPending.test(decision.requestId()) && asleep.containsKey(decision.requestId());
    }

    /** The waiting request for pages, or null if it does not wait. */
    @CheckForNull
    synchronized UndecidedRequest shown(@NonNull PendingDecision decision) {
        Sleep sleep = asleep.get(decision.requestId());
        return sleep == null
                ? null
                : decision.shown(
                        sleep.projectId(),
                        new UndecidedRequest.WaitsFor(UndecidedRequest.Kind.QUIET_HOURS, TIME.format(sleep.end())),
                        runtime.nanoTime());
    }

    private synchronized void wake(PendingDecision decision) {
        asleep.remove(decision.requestId());
    }

    private void sleep(PendingDecision decision, Instant until) {
        Duration left = Duration.between(runtime.now(), until);
        Duration next = left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : left;
        runtime.schedule(next, () -> {
            if (!isAsleep(decision)) {
                return;
            } else if (runtime.now().isBefore(until)) {
                sleep(decision, until);
            } else {
                wake(decision);
                decision.startAge(runtime.nanoTime());
                decideAgain.accept(decision);
            }
        });
    }
}
