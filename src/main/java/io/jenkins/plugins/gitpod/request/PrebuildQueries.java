package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.decision.DecisionQueue;
import io.jenkins.plugins.gitpod.decision.UndecidedRequest;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.store.RunTimes;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What pages ask about prebuilds. Answers come from memory: no method calls Gitpod or loads a build. */
@Restricted(NoExternalUse.class)
public final class PrebuildQueries {

    private final RequestRegistry registry;
    private final DecisionQueue decisions;
    private final RequestParts parts;
    private final UsualLengths lengths;
    private final RunTimes runTimes;

    PrebuildQueries(
            @NonNull RequestRegistry registry,
            @NonNull DecisionQueue decisions,
            @NonNull RequestParts parts,
            @NonNull UsualLengths lengths,
            @NonNull RunTimes runTimes) {
        this.registry = registry;
        this.decisions = decisions;
        this.parts = parts;
        this.lengths = lengths;
        this.runTimes = runTimes;
    }

    /** All open requests, the undecided ones included, the oldest first. */
    @NonNull
    public List<OpenPrebuild> open() {
        // Those first that may be handed over meanwhile.
        List<UndecidedRequest> undecided = decisions.undecided();
        Map<String, OpenPrebuild> all = new LinkedHashMap<>();
        Instant now = Instant.now();
        undecided.forEach(each -> all.put(each.request().requestId().toString(), OpenPrebuild.of(each, now)));
        registry.shown().forEach(each -> all.put(each.getRequestId(), each));
        return all.values().stream()
                .sorted(Comparator.comparing(OpenPrebuild::since))
                .toList();
    }

    /** The open requests of a build, the oldest first. */
    @NonNull
    public List<OpenPrebuild> openOf(@NonNull Run<?, ?> run) {
        return registry.shown(run.getExternalizableId());
    }

    /** The full names of the jobs whose builds would lose the prebuild if it were cancelled. */
    @NonNull
    public Set<String> owningJobs(@NonNull UUID requestId) {
        return registry.owningJobs(requestId);
    }

    /** Whether this Jenkins created, or creates, the prebuild of an open request. Others are not its to cancel. */
    public boolean isOwn(@NonNull UUID requestId) {
        SharedPrebuild shared = registry.shared(requestId);
        return shared != null && !shared.isForeign();
    }

    /** How long prebuilds of a project usually take. May read a small file the first time. */
    @NonNull
    public UsualLengths.Usual usual(@NonNull String projectId, @Nullable String environmentClassId) {
        return lengths.of(projectId, environmentClassId);
    }

    /** Whether a request is open, or a part of it is. */
    boolean isOpen(@NonNull UUID requestId) {
        return decisions.isPending(requestId)
                || registry.isOpen(requestId)
                || parts.of(requestId).stream().anyMatch(this::isOpen);
    }

    /** Whether a create request was sent and not answered yet. */
    boolean isCreateOut(@NonNull UUID requestId) {
        PrebuildHandle handle = registry.handle(requestId);
        return handle == null ? parts.of(requestId).stream().anyMatch(this::isCreateOut) : handle.isCreateOut();
    }

    /** The message of a build that ends before Gitpod has confirmed the cancellation, or null if nothing is open. */
    @CheckForNull
    String unconfirmedCancelMessage(@NonNull UUID requestId) {
        RequestRecorder recorder = registry.recorder(requestId);
        PrebuildHandle handle = registry.handle(requestId);
        if (recorder == null || handle == null) {
            String ofParts = parts.of(requestId).stream()
                    .map(this::unconfirmedCancelMessage)
                    .filter(Objects::nonNull)
                    .collect(Collectors.joining(" "));
            return ofParts.isEmpty() ? null : ofParts;
        }
        String prebuildId = handle.view().prebuildId();
        String url = recorder.messages().url();
        return prebuildId == null
                ? Messages.PrebuildMessages_stillUnknown(handle.view().request().projectId(), url)
                : Messages.PrebuildMessages_stillCancelling(prebuildId, url);
    }

    /** The state of an open request for people, or null if it is not open. Does not wait for anything. */
    @CheckForNull
    String status(@NonNull UUID requestId) {
        String undecided = decisions.status(requestId);
        if (undecided != null) {
            return undecided;
        }
        List<UUID> all = parts.of(requestId);
        return all.isEmpty()
                ? statusOfOne(requestId)
                : all.stream().map(this::status).filter(Objects::nonNull).collect(Collectors.joining("; "));
    }

    @CheckForNull
    private String statusOfOne(UUID requestId) {
        RequestRecorder recorder = registry.recorder(requestId);
        if (recorder == null || !registry.isOpen(requestId)) {
            return null;
        }
        PrebuildHandle handle = registry.handle(requestId);
        PrebuildHandle.View view = handle == null ? null : handle.view();
        PrebuildResult result = recorder.result();
        String classId = result == null ? null : result.getEnvironmentClassId();
        OpenPrebuild shown = recorder.shown(view);
        String progress = new Progress(
                        shown.getState(),
                        recorder.timeline(),
                        lengths.inMemory(shown.getProjectId(), classId),
                        Instant.now())
                .text();
        String prebuildId = view == null ? null : view.prebuildId();
        return prebuildId == null ? progress : Messages.PrebuildQueries_status(prebuildId, progress);
    }

    /** A record was saved with its build. */
    void recorded(@NonNull PrebuildRecord record) {
        lengths.add(record);
        SharedPrebuild shared = registry.shared(UUID.fromString(record.getRequestId()));
        if (shared == null || !shared.isForeign()) {
            runTimes.add(record);
        }
        // Reads the file of the project before a status needs it.
        usual(record.getProjectId(), null);
    }
}
