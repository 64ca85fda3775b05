package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.Update;
import io.jenkins.plugins.gitpod.record.RequestOrigin;

/** Tells the administrators' monitor whether Gitpod accepts the token of a request. */
final class TokenHealth {

    private final PrebuildRequest request;
    private final RequestOrigin origin;

    TokenHealth(PrebuildRequest request, RequestOrigin origin) {
        this.request = request;
        this.origin = origin;
    }

    void update(@NonNull Update update) {
        if (update instanceof Update.Trouble trouble) {
            failed(trouble.failure());
        } else if (update instanceof Update.Created || update instanceof Update.PhaseChanged) {
            note(true);
        }
    }

    void concluded(@NonNull Outcome outcome) {
        if (outcome instanceof Outcome.CreateRefused refused) {
            failed(refused.failure());
        } else if (outcome instanceof Outcome.WatchLost lost) {
            failed(lost.failure());
        } else if (outcome instanceof Outcome.Ended) {
            note(true);
        }
    }

    private void failed(GitpodException failure) {
        if (failure.code() == ErrorCode.UNAUTHENTICATED) {
            note(false);
        }
    }

    private void note(boolean isAccepted) {
        RefusedTokensMonitor.get()
                .note(request.connection().name(), origin.credentialsId(), origin.jobFullName(), isAccepted);
    }
}
