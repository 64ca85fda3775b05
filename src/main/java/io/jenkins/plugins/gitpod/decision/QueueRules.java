package io.jenkins.plugins.gitpod.decision;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.time.Duration;
import java.util.Objects;

/**
 * Whether a request waits until a running prebuild has ended: with {@link WhenActive#QUEUE}, and with
 * {@link WhenActive#CANCEL_PREVIOUS} if otherwise none would ever complete. A pure function, a part of {@link DecisionRules}.
 */
final class QueueRules {

    /** The end of a prebuild of this Jenkins is noticed; this is only a precaution. */
    static final Duration OWN_RECHECK = Duration.ofMinutes(5);

    /** Nothing tells the end of a prebuild that this Jenkins does not know. */
    static final Duration FOREIGN_RECHECK = Duration.ofSeconds(30);

    private final PrebuildOptions options;
    private final boolean isAutomatic;
    private final String revision;
    private final LocalState state;

    private QueueRules(PrebuildOptions options, boolean isAutomatic, @Nullable String revision, LocalState state) {
        this.options = options;
        this.isAutomatic = isAutomatic;
        this.revision = revision;
        this.state = state;
    }

    /**
     * Decides.
     *
     * @return null if the request need not wait
     */
    @CheckForNull
    static Decision decide(
            @NonNull PrebuildOptions options,
            boolean isAutomatic,
            @Nullable String revision,
            @NonNull LocalState state) {
        return new QueueRules(options, isAutomatic, revision, state).decide();
    }

    @CheckForNull
    private Decision decide() {
        boolean isQueue = options.getWhenActive() == WhenActive.QUEUE;
        if (!isQueue && options.getWhenActive() != WhenActive.CANCEL_PREVIOUS) {
            return null;
        }
        Decision decision = isQueue || state.queue().hasWaited() ? contained() : null;
        if (decision == null) {
            decision = isQueue ? waitForAny() : waitForOverdue();
            String newer = state.queue().newerCommit();
            if (decision != null && isAutomatic && newer != null) {
                return new Decision.Superseded(newerWaits(newer));
            }
        }
        return decision;
    }

    /** The decision about a request for a commit when a newer request for a commit of the same branch waits. */
    @NonNull
    static Decision.Skip newerWaits(@Nullable String newerCommit) {
        // Until the newer one has its prebuild, the change of the older one is missed.
        return new Decision.Skip(Messages.Decision_newerInQueue(brief(newerCommit)), null, true);
    }

    private static String brief(@Nullable String commit) {
        return DecisionRules.brief(Objects.toString(commit, ""));
    }

    /** A running prebuild that contains the commit makes another one unnecessary. */
    @CheckForNull
    private Decision contained() {
        RunningPrebuild running = state.running().stream()
                .filter(each -> isAutomatic || each.isSameCredential())
                .filter(this::contains)
                .findFirst()
                .orElse(null);
        if (running == null) {
            return null;
        } else if (!isAutomatic) {
            return new Decision.Join(running, false);
        }
        String reason = Messages.Decision_inRunning(brief(revision), running.firstBuild());
        PrebuildResult instead = PrebuildResult.skipped(running.prebuildId(), running.url(), running.phase(), reason)
                .builtFrom(running.builtFrom());
        return new Decision.Skip(reason, instead, false);
    }

    private boolean contains(RunningPrebuild running) {
        return state.queue().later().contains(running.requestId())
                || !options.isForce() && !running.isForeign() && state.isForCommit(running);
    }

    /** Prebuilds of any credential count, and those of other systems as well. */
    @CheckForNull
    private Decision waitForAny() {
        String ending = state.queue().ending();
        if (!state.running().isEmpty()) {
            RunningPrebuild first = state.running().get(0);
            return new Decision.WaitForEnd(line(first), first.prebuildId(), OWN_RECHECK);
        } else if (ending != null) {
            String line = ending.isEmpty()
                    ? Messages.Decision_waitsForEarlier()
                    : Messages.Decision_waitsForCancelled(ending);
            return new Decision.WaitForEnd(line, ending, OWN_RECHECK);
        } else if (!state.foreign().isEmpty()) {
            LocalState.ForeignPrebuild first = state.foreign().get(0);
            String line = first.isGivenUp()
                    ? Messages.Decision_waitsForGivenUp(first.id())
                    : Messages.Decision_waitsForForeign(first.id());
            return new Decision.WaitForEnd(line, first.id(), FOREIGN_RECHECK);
        }
        return null;
    }

    private static String line(RunningPrebuild running) {
        if (running.isForeign()) {
            return Messages.Decision_waitsForForeign(running.prebuildId());
        }
        return running.prebuildId().isEmpty()
                ? Messages.Decision_waitsForCreating(running.firstBuild())
                : Messages.Decision_waitsFor(running.prebuildId(), running.firstBuild());
    }

    /** Without this, commits that come faster than prebuilds complete would cancel each of them. */
    @CheckForNull
    private Decision waitForOverdue() {
        for (RunningPrebuild each : state.running()) {
            Duration age = state.queue().overdue().get(each.requestId());
            if (age != null && !each.isForeign() && each.isSameCredential()) {
                String line = Messages.Decision_notCancelled(each.prebuildId(), each.firstBuild(), age.toMinutes());
                return new Decision.WaitForEnd(line, each.prebuildId(), OWN_RECHECK);
            }
        }
        return null;
    }
}
