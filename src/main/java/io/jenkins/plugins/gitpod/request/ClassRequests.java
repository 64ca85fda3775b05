package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.decision.Notifications;
import io.jenkins.plugins.gitpod.decision.StepRequest;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.RequestListener;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import io.jenkins.plugins.gitpod.store.CommitRequestStore;
import io.jenkins.plugins.gitpod.store.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Requests for several environment classes. Each part is an ordinary request with an id of its own, which follows from the
 * request and the class: after a crash at any time the same parts are found, and none is requested twice.
 */
final class ClassRequests {

    private final Ledger ledger;
    private final RequestRegistry registry;
    private final RequestTokens tokens;
    private final CommitRequestStore commitRequests;

    ClassRequests(Ledger ledger, RequestRegistry registry, RequestTokens tokens, CommitRequestStore commitRequests) {
        this.ledger = ledger;
        this.registry = registry;
        this.tokens = tokens;
        this.commitRequests = commitRequests;
    }

    private static String nullable(String classId) {
        return classId.isEmpty() ? null : classId;
    }

    /** Makes a request a request for each class. @return the parts that are still to be decided on */
    @NonNull
    List<StepRequest> split(
            @NonNull StepRequest request,
            @NonNull String projectId,
            @NonNull PartOf whole,
            @NonNull Notifications notifications) {
        CombinedRequest combined =
                new CombinedRequest(request.listener(), whole, request.options().isWait());
        List<StepRequest> parts = new ArrayList<>();
        for (String classId : whole.classIds()) {
            UUID partId = whole.partId(classId);
            RequestListener listener = combined.part(classId);
            if (isKnown(partId, request.run())) {
                // It was split before a crash.
                notifications.add(() -> resume(partId, request.run(), listener));
                continue;
            }
            Supplier<RequestOrigin> origin =
                    ledger.announce(partId, request.origin().part(whole));
            StepRequest part = request.part(partId, origin, projectId, nullable(classId), listener);
            if (part.newCommit() != null) {
                commitRequests.save(new CommitRequestStore.Pending(
                        partId, origin.get().buildId(), part.options(), part.newCommit(), Instant.now(), whole));
            }
            parts.add(part);
        }
        ledger.withdraw(request.requestId());
        tokens.forget(request.requestId());
        commitRequests.forget(request.requestId());
        return parts;
    }

    private boolean isKnown(UUID partId, Run<?, ?> run) {
        return registry.recorder(partId) != null
                || ledger.isKnown(partId)
                || PrebuildAction.find(run, partId.toString()) != null;
    }

    /** @return false if it was never sent */
    private static boolean resume(UUID partId, Run<?, ?> run, RequestListener listener) {
        PrebuildService service = PrebuildService.get();
        switch (service.resume(partId, run, listener)) {
            case CONTINUES -> {
                return true;
            }
            case LOST -> {
                listener.concluded(failed(partId, service.lostEntry(partId, run)));
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    private static PrebuildRecord failed(UUID partId, String message) {
        return new PrebuildRecord(partId.toString(), "", "", false, null, EndStatus.ERROR, message);
    }

    // ---- after a restart

    /** What is known of a request that was split before the restart. */
    private record Known(@NonNull PartOf whole, @NonNull String projectId) {}

    @CheckForNull
    private Known known(UUID requestId, Run<?, ?> run) {
        List<RequestRecorder> parts = registry.recorders().partsOf(requestId);
        if (!parts.isEmpty()) {
            RequestRecorder any = parts.get(0);
            return new Known(
                    Objects.requireNonNull(any.origin().partOf()),
                    any.shown(null).getProjectId());
        }
        PrebuildAction action = run.getAction(PrebuildAction.class);
        for (PrebuildRecord record : action == null ? List.<PrebuildRecord>of() : action.getRecords()) {
            PartOf whole = record.partOf();
            if (whole != null && whole.requestId().equals(requestId)) {
                return new Known(whole, record.getProjectId());
            }
        }
        return null;
    }

    /** The name of a class. After a restart, the records of the build have it before Gitpod is asked. */
    private static String name(Run<?, ?> run, Known known, String classId) {
        String partId = known.whole().partId(classId).toString();
        PrebuildRecord record = PrebuildAction.find(run, partId);
        String recorded = record == null ? null : record.getEnvironmentClassName();
        return recorded == null ? CombinedRequest.name(classId) : recorded;
    }

    /**
     * Resumes waiting for all parts. Those that were not sent before the restart are requested now.
     *
     * @param nodeId the flow node that waits
     * @return false if no part is known
     */
    synchronized boolean resume(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull RequestListener listener,
            @NonNull DecisionQueue decisions) {
        Known known = known(requestId, run);
        if (known == null) {
            return false;
        }
        CombinedRequest combined =
                new CombinedRequest(listener, known.whole(), options.isWait(), classId -> name(run, known, classId));
        for (String classId : known.whole().classIds()) {
            UUID partId = known.whole().partId(classId);
            RequestListener part = combined.part(classId);
            if (!resume(partId, run, part)) {
                ConfiguredConnection configured;
                try {
                    // Only for what was not sent: the other parts are watched over the connection that they had.
                    configured = ConfiguredConnection.named(options.getConnection());
                } catch (AbortException e) {
                    part.concluded(failed(partId, Objects.toString(e.getMessage(), "")));
                    continue;
                }
                RequestOrigin origin = new RequestOrigin(
                        run.getExternalizableId(),
                        run.getParent().getFullName(),
                        nodeId,
                        options.getCredentialsId(),
                        null,
                        known.whole());
                decisions.add(
                        new StepRequest(
                                partId,
                                run,
                                ledger.announce(partId, origin),
                                configured,
                                options.ofClass(known.projectId(), nullable(classId)),
                                null,
                                part),
                        tokens.of(configured.connection(), partId));
            }
        }
        return true;
    }

    /**
     * A step that Jenkins runs once more waits for the prebuilds that it requested before the restart.
     *
     * @return false if another step has come back to the request, or it has ended
     */
    synchronized boolean takeOver(
            @NonNull UUID requestId,
            @NonNull Run<?, ?> run,
            @Nullable String nodeId,
            @NonNull PrebuildOptions options,
            @NonNull RequestListener listener,
            @NonNull DecisionQueue decisions) {
        List<RequestRecorder> owned = registry.recorders().partsOf(requestId).stream()
                .filter(RequestRecorder::isOwned)
                .toList();
        if (owned.isEmpty() || !owned.stream().allMatch(RequestRecorder::isUnclaimed)) {
            return false;
        }
        owned.forEach(each -> ledger.waitsElsewhere(each.requestId(), nodeId));
        return resume(requestId, run, nodeId, options, listener, decisions);
    }
}
