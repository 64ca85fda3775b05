package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.engine.SavedRequest.CreateAttempt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Opens requests of their own for what one request may have made in surplus: they look for it and cancel it, and outlive
 * the request.
 */
final class SurplusRequests {

    private static final Logger LOGGER = Logger.getLogger(SurplusRequests.class.getName());

    private final EngineContext context;
    private final TokenSource tokens;
    private final UUID requestId;

    /** @param requestId the request that they clean up after */
    SurplusRequests(EngineContext context, TokenSource tokens, UUID requestId) {
        this.context = context;
        this.tokens = tokens;
        this.requestId = requestId;
    }

    /** Has a create looked for that may have made a prebuild. */
    void lookFor(CreateAttempt create, PrebuildRequest like) {
        PrebuildRequest surplus = surplus(like, "create " + create.number());
        if (context.lostCreates().handOver(requestId, create.number(), surplus)) {
            open(saved(surplus, Stage.LOOKING_UP, create.intentTime(), null, List.of(create)));
        }
    }

    /** Has a prebuild cancelled. */
    void cancel(Prebuild prebuild, PrebuildRequest like) {
        context.lostCreates().claim(prebuild.id());
        Instant now = context.runtime().now();
        open(saved(surplus(like, prebuild.id()), Stage.WATCHING, now, prebuild.id(), List.of()));
    }

    /** The same request under an id that is the same again after a crash. */
    private static PrebuildRequest surplus(PrebuildRequest of, String what) {
        UUID id = UUID.nameUUIDFromBytes((of.requestId() + " " + what).getBytes(StandardCharsets.UTF_8));
        return new PrebuildRequest(
                id, of.connection(), of.projectId(), of.environmentClassId(), of.timeout(), false, true);
    }

    private SavedRequest saved(
            PrebuildRequest surplus,
            Stage stage,
            Instant intentTime,
            @Nullable String prebuildId,
            List<CreateAttempt> attempts) {
        return new SavedRequest(
                surplus,
                stage,
                intentTime,
                prebuildId,
                false,
                CancelReason.SURPLUS,
                Duration.ZERO,
                attempts,
                requestId,
                null,
                null);
    }

    private void open(SavedRequest saved) {
        UUID id = saved.request().requestId();
        context.store().follows(id, requestId);
        boolean isSaved = false;
        try {
            context.store().save(saved);
            isSaved = true;
        } catch (IOException | RuntimeException e) {
            LOGGER.log(
                    Level.WARNING,
                    "Could not save that a Gitpod prebuild may be surplus; a crash now would lose it",
                    e);
        }
        context.requests().openSurplus(saved, tokens.of(id), isSaved);
    }

    /** Logs what happened to a surplus prebuild, for administrators, if no build is left to be told. */
    static void log(Update update, PrebuildRequest request) {
        if (update instanceof Update.SurplusCancelled surplus) {
            LOGGER.log(
                    Level.INFO,
                    "Gitpod prebuild {0} of project {1} was made by a create whose answer was lost, and is not needed;"
                            + " it is cancelled",
                    new Object[] {surplus.prebuildId(), request.projectId()});
        } else if (update instanceof Update.SurplusUnsure unsure) {
            String ids = unsure.found().stream().map(Prebuild::id).collect(Collectors.joining(", "));
            LOGGER.log(
                    Level.WARNING,
                    "One of these prebuilds of project {0} may be surplus, made by a create whose answer was lost; it is"
                            + " not sure which, so none is cancelled: {1}",
                    new Object[] {request.projectId(), ids});
        }
    }
}
