package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.PrebuildListener;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Steps that Jenkins runs once more after a crash, for the pipeline's saved state was older than they: such a step goes on
 * with what it asked for in its earlier life, instead of asking twice.
 */
final class Returns {

    private final RequestRegistry requests;
    private final Ledger ledger;

    Returns(RequestRegistry requests, Ledger ledger) {
        this.requests = requests;
        this.ledger = ledger;
    }

    /** What this build asked for in the same words before the restart, and nobody has come back to; the oldest first. */
    @NonNull
    List<UUID> candidates(@NonNull Run<?, ?> run, @NonNull PrebuildOptions options) throws AbortException {
        String buildId = run.getExternalizableId();
        List<RequestRecorder> unclaimed = requests.observers().stream()
                .filter(observer ->
                        observer.isUnclaimed() && observer.origin().buildId().equals(buildId))
                .toList();
        if (unclaimed.isEmpty()) {
            return List.of();
        }
        String connection =
                ConfiguredConnection.named(options.getConnection()).connection().name();
        return unclaimed.stream()
                .filter(observer -> observer.asksFor(options, connection))
                .sorted(Comparator.comparing(RequestRecorder::since))
                .map(RequestRecorder::requestId)
                .toList();
    }

    /** @return false if somebody else has come back to it, or it is over */
    boolean takeOver(@NonNull UUID requestId, @Nullable String nodeId, @NonNull PrebuildListener waiter) {
        RequestRecorder observer = requests.observer(requestId);
        if (observer == null) {
            return false;
        }
        PrebuildResult known = requests.known(observer);
        if (!observer.takeOver(waiter)) {
            return false;
        }
        ledger.waitsElsewhere(requestId, nodeId);
        RequestOrigin origin = ledger.origin(requestId);
        if (origin != null) {
            observer.relocated(origin);
        }
        if (known != null) {
            waiter.line(observer.messages().resumed(known.getId()));
            waiter.created(known);
        }
        return true;
    }
}
