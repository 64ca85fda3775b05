package io.jenkins.plugins.gitpod.engine;

import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Makes failed calls of what should never be thrown, so that no request waits for an answer that nobody gives. */
final class UnexpectedFailures {

    private static final Logger LOGGER = Logger.getLogger(UnexpectedFailures.class.getName());

    private UnexpectedFailures() {}

    /** Like an answer that makes no sense: nobody knows whether the call took effect. */
    static GitpodException failedCall(String method, Throwable defect) {
        LOGGER.log(Level.WARNING, "Unexpected failure of a Gitpod call", withoutMessage(defect));
        return GitpodException.of(Kind.UNREADABLE, Delivery.UNCLEAR, method)
                .detail(defect.getClass().getSimpleName())
                .build();
    }

    /** The same kind of failure at the same place, but without texts, for the texts of strangers may hold secrets. */
    static Throwable withoutMessage(Throwable defect) {
        Exception bare = new Exception(defect.getClass().getName());
        bare.setStackTrace(defect.getStackTrace());
        return bare;
    }
}
