package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.engine.EngineRuntime;
import io.jenkins.plugins.gitpod.engine.Lane;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildHandle;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.Stage;
import io.jenkins.plugins.gitpod.engine.TokenSource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Carries out what the {@link Intake} decides. Nothing here calls Gitpod. */
final class IntakeDesk implements Intake.Desk {

    private static final Logger LOGGER = Logger.getLogger(IntakeDesk.class.getName());

    private static final Duration LOOK_FOR_PLACES = Duration.ofSeconds(2);

    private final EngineRuntime runtime;
    private final PrebuildEngine engine;
    private final Ledger ledger;
    private final Places places;
    private final CommitBook commits;
    private final PendingBook pending;
    private final Requests requests;

    IntakeDesk(
            EngineRuntime runtime,
            PrebuildEngine engine,
            Ledger ledger,
            Places places,
            CommitBook commits,
            PendingBook pending,
            Requests requests) {
        this.runtime = runtime;
        this.engine = engine;
        this.ledger = ledger;
        this.places = places;
        this.commits = commits;
        this.pending = pending;
        this.requests = requests;
    }

    private void inBackground(Runnable task) {
        runtime.lane(Lane.DELIVERY).execute(task);
    }

    private TokenSource tokens(Wish wish) {
        return ConfiguredConnection.tokens(wish.connection(), ledger, wish.requestId(), wish.run());
    }

    @Override
    public List<Sharing> active(Wish wish, Project project) {
        String apiUrl = wish.connection().endpoint().apiUrl().toString();
        String classId = Intake.classKey(project, wish.options().getEnvironmentClassId());
        return requests.sharings().stream()
                .filter(Sharing::isActive)
                .filter(each -> each.isOf(apiUrl, project.id()))
                .filter(each -> Intake.classKey(project, each.request().environmentClassId())
                        .equals(classId))
                .filter(each -> {
                    PrebuildHandle handle = requests.handle(each.requestId());
                    return handle == null || handle.view().cancelReason() == null;
                })
                .toList();
    }

    @Override
    public boolean isOurs(String prebuildId) {
        return commits.isKnown(prebuildId)
                || requests.wasOurs(prebuildId)
                || engine.open().stream()
                        .anyMatch(handle -> prebuildId.equals(handle.view().prebuildId()));
    }

    /** Sends a request on its way, or has it wait for a free place. */
    @Override
    public void make(Wish wish, String projectId) {
        UUID requestId = wish.requestId();
        PrebuildRequest request = wish.request(projectId);
        RecordingObserver observer = new RecordingObserver(request, wish.origin(), Instant.now(), wish.waiter());
        Sharing sharing = new Sharing(request, observer, commits);
        Places.Waiting place = new Places.Waiting(
                new OpenPrebuild(request, wish.origin(), Instant.now(), null),
                () -> engine.submit(request, tokens(wish), sharing),
                () -> inBackground(() -> {
                    sharing.concluded(new Outcome.NotCreated());
                    pending.forget(requestId);
                    requests.over(requestId);
                }));
        requests.enter(observer, sharing);
        Places.Admission admission = places.admit(requestId, place);
        if (admission == Places.Admission.FIRST_TO_WAIT) {
            lookForPlaces();
        }
        if (admission != Places.Admission.SUBMITTED) {
            String most = String.valueOf(wish.over().configured().getMostUnderWay());
            inBackground(() -> wish.waiter()
                    .line(Messages.PrebuildService_waitsForPlace(
                            wish.connection().name(), most)));
        }
    }

    /** Places become free by an end, by a greater limit, by a connection that is gone: looked for while somebody waits. */
    private void lookForPlaces() {
        runtime.schedule(
                LOOK_FOR_PLACES,
                () -> inBackground(() -> {
                    if (places.next()) {
                        lookForPlaces();
                    }
                }));
    }

    @Override
    public boolean join(Wish wish, Sharing sharing, String projectId) {
        RecordingObserver observer =
                new RecordingObserver(wish.request(projectId), wish.origin(), Instant.now(), wish.waiter());
        if (!sharing.join(observer)) {
            return false;
        }
        requests.enter(observer, sharing);
        ledger.share(sharing.requestId(), sharing.owners());
        pending.forget(wish.requestId());
        PrebuildResult known = requests.known(observer);
        if (known == null) {
            observer.line(Messages.PrebuildService_joinsCreating(sharing.shownFirstBuild()));
        } else {
            observer.line(Messages.PrebuildService_joins(known.getId(), sharing.shownFirstBuild()));
            observer.adopt(known);
        }
        return true;
    }

    @Override
    public void joinForeign(Wish wish, String projectId, String prebuildId) {
        // Never cancelled by us, whoever leaves: we did not make it.
        PrebuildRequest request = Requests.alike(
                wish.request(projectId), wish.requestId(), !wish.options().isWait(), false);
        RecordingObserver observer = new RecordingObserver(request, wish.origin(), Instant.now(), wish.waiter());
        Sharing sharing = new Sharing(request, observer, commits).ofForeign();
        requests.enter(observer, sharing);
        ledger.share(wish.requestId(), sharing.owners());
        SavedRequest saved = new SavedRequest(
                request, Stage.WATCHING, Instant.now(), prebuildId, request.detached(), null, Duration.ZERO);
        try {
            ledger.save(saved);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not save that a build waits for Gitpod prebuild " + prebuildId, e);
        }
        pending.forget(wish.requestId());
        engine.restore(List.of(new PrebuildEngine.Restored(saved, tokens(wish), sharing)));
        observer.adopt(new PrebuildResult(prebuildId, observer.messages().url(), PrebuildPhase.UNKNOWN));
    }

    @Override
    public void cancel(Sharing sharing, Wish by) {
        String text = Messages.PrebuildService_cancelledFor(by.origin().buildId());
        inBackground(() -> sharing.line(text));
        sharing.cancelled();
        PrebuildHandle handle = requests.handle(sharing.requestId());
        by.waiter()
                .line(Messages.PrebuildService_cancelsPrevious(
                        Objects.toString(prebuildId(handle), ""), sharing.shownFirstBuild()));
        if (!places.withdraw(sharing.requestId()) && handle != null) {
            handle.cancel();
        }
    }

    @Override
    public PrebuildResult result(Sharing sharing, String skipReason) {
        PrebuildHandle handle = requests.handle(sharing.requestId());
        PrebuildRequest request = sharing.request();
        return PrebuildResult.skipped(
                Objects.toString(prebuildId(handle), ""),
                request.connection().endpoint().projectPage(request.projectId()).toString(),
                handle == null ? "" : handle.view().phase().name(),
                skipReason);
    }

    @Nullable
    private static String prebuildId(@Nullable PrebuildHandle handle) {
        return handle == null ? null : handle.view().prebuildId();
    }

    @Override
    public void conclude(@NonNull Wish wish, @NonNull PrebuildRecord record) {
        if (!wish.isAutomatic() || record.getConclusion() == Conclusion.ERROR) {
            BuildRecords.save(wish.origin(), record);
        }
        pending.forget(wish.requestId());
        ledger.withdraw(wish.requestId());
        wish.waiter().concluded(record);
    }
}
