package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;

/** A request that broke off or is no HTTP. */
final class BrokenRequest extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient HttpRequest received;
    private final int status;

    /**
     * Remembers what came.
     *
     * @param received what was understood of it
     * @param status the status to answer, 0 if the connection is gone
     * @param why the reason
     */
    BrokenRequest(@NonNull HttpRequest received, int status, String why) {
        super(why);
        this.received = received;
        this.status = status;
    }

    HttpRequest received() {
        return received;
    }

    int status() {
        return status;
    }
}
