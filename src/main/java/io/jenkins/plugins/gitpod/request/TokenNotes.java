package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.record.RequestOrigin;
import java.util.function.Supplier;

/** Tells the administrators' monitor whether Gitpod accepts the token of a request. */
final class TokenNotes {

    private final String connection;
    private final Supplier<RequestOrigin> origin;

    TokenNotes(@NonNull String connection, @NonNull Supplier<RequestOrigin> origin) {
        this.connection = connection;
        this.origin = origin;
    }

    void note(@NonNull Update update) {
        if (update instanceof Update.Retrying retrying) {
            noteRefusal(retrying.failure());
        } else if (update instanceof Update.Created || update instanceof Update.PhaseChanged) {
            note(true);
        }
    }

    void note(@NonNull Outcome outcome) {
        if (outcome instanceof Outcome.CreateRefused refused) {
            noteRefusal(refused.failure());
        } else if (outcome instanceof Outcome.WatchLost lost) {
            noteRefusal(lost.failure());
        } else if (outcome instanceof Outcome.Ended) {
            note(true);
        }
    }

    private void noteRefusal(GitpodException failure) {
        if (failure.code() == ErrorCode.UNAUTHENTICATED) {
            note(false);
        }
    }

    private void note(boolean isAccepted) {
        RequestOrigin of = origin.get();
        RefusedTokensMonitor.get().note(connection, of.credentialsId(), of.jobFullName(), isAccepted);
    }
}
