package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Turns unexpected exceptions into failed calls, so that no request waits for an answer that never comes. */
final class UnexpectedFailures {

    private static final Logger LOGGER = Logger.getLogger(UnexpectedFailures.class.getName());

    private UnexpectedFailures() {}

    /** Like an unreadable answer: the call may or may not have taken effect. */
    static GitpodException failedCall(String method, Throwable error) {
        LOGGER.log(Level.WARNING, "Unexpected failure of a Gitpod call", withoutMessage(error));
        return GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, method)
                .detail(error.getClass().getSimpleName())
                .build();
    }

    /** The same stack trace without messages, since the messages of other libraries may contain secrets. */
    static Throwable withoutMessage(Throwable error) {
        Exception bare = new Exception(error.getClass().getName());
        bare.setStackTrace(error.getStackTrace());
        return bare;
    }
}
