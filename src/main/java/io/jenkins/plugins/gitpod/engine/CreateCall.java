package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One create on its way: it waits in a queue, from which it can be withdrawn, then calls Gitpod and tells
 * {@link LostCreates} what came of it. It is either sent or withdrawn, never both. Thread-safe.
 */
final class CreateCall implements Runnable {

    /** Is asked before the call, and told how it ended. */
    interface Listener {

        /** Saves that the create is being sent, then calls {@link #leave()}. @return whether it may be sent */
        boolean leaves(CreateCall call);

        /** @param prebuild what was made; null if another request looks after this create by now */
        void created(CreateCall call, @Nullable Prebuild prebuild);

        void failed(CreateCall call, GitpodException e);
    }

    private enum State {
        QUEUED,
        SENT,
        WITHDRAWN
    }

    private final EngineContext context;
    private final OpenRequests requests;
    private final Session session;
    private final PrebuildRequest request;
    private final int number;
    private final Listener listener;
    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    /** @param number which create of its request it is */
    CreateCall(
            EngineContext context,
            OpenRequests requests,
            Session session,
            PrebuildRequest request,
            int number,
            Listener listener) {
        this.context = context;
        this.requests = requests;
        this.session = session;
        this.request = request;
        this.number = number;
        this.listener = listener;
    }

    /** @return whether it has not been sent and never will be */
    boolean withdraw() {
        return state.compareAndSet(State.QUEUED, State.WITHDRAWN);
    }

    boolean isQueued() {
        return state.get() == State.QUEUED;
    }

    /** It is being sent from now on. @return false if it was withdrawn */
    boolean leave() {
        return state.compareAndSet(State.QUEUED, State.SENT);
    }

    boolean isSent() {
        return state.get() == State.SENT;
    }

    @Override
    public void run() {
        if (listener.leaves(this)) {
            context.lostCreates().sent(request, number, context.clock(request.connection()), context.moment());
            call();
        }
    }

    private void call() {
        try {
            Prebuild prebuild = session.client()
                    .createPrebuild(request.projectId(), request.environmentClassId(), request.timeout());
            created(prebuild);
        } catch (GitpodException e) {
            if (RetryPolicy.create(e) == RetryPolicy.Decision.WAIT) {
                e.retryAfter().ifPresent(session.creates()::hold);
            }
            failed(e);
        } catch (RuntimeException | Error e) {
            failed(UnexpectedFailures.failedCall("CreatePrebuild", e));
        }
    }

    private void created(Prebuild prebuild) {
        UUID heir = context.lostCreates().settled(request.requestId(), number, prebuild.id());
        listener.created(this, heir == null ? prebuild : null);
        if (heir != null) {
            requests.assign(heir, Map.of(number, prebuild));
        }
    }

    private void failed(GitpodException e) {
        if (RetryPolicy.create(e) == RetryPolicy.Decision.UNCLEAR) {
            // What the API itself answered is over; what was cut or timed out may still be carried out.
            boolean answered = e.kind() == GitpodException.Kind.API_ERROR;
            EngineSettings settings = context.settings();
            Duration mayActFor =
                    answered ? settings.readLag() : settings.readLag().plus(settings.lateLook());
            context.lostCreates().lost(request.requestId(), number, context.moment(), mayActFor);
        } else {
            UUID heir = context.lostCreates().settled(request.requestId(), number, null);
            if (heir != null) {
                requests.nothingMade(heir);
            }
        }
        listener.failed(this, e);
    }
}
