package io.jenkins.plugins.gitpod.engine;

import java.util.concurrent.atomic.AtomicReference;

/** One create on its way: it can be taken back until it goes out, and either happens, never both. Thread-safe. */
final class CreateTicket {

    private enum State {
        QUEUED,
        OUT,
        WITHDRAWN
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);

    /** @return whether the create may go out now */
    boolean goOut() {
        return state.compareAndSet(State.QUEUED, State.OUT);
    }

    /** @return whether the create has not gone out and never will */
    boolean withdraw() {
        return state.compareAndSet(State.QUEUED, State.WITHDRAWN);
    }

    boolean isOut() {
        return state.get() == State.OUT;
    }
}
