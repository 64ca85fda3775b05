package io.jenkins.plugins.gitpod.build;

import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.Update;
import java.util.Map;
import java.util.UUID;

/** Takes a request's observer out of the service's books once its last word is saved and told. */
final class ForgettingObserver implements PrebuildObserver {

    private final UUID requestId;
    private final RecordingObserver observer;
    private final Map<UUID, RecordingObserver> observers;
    private final TokenNews tokenNews;

    ForgettingObserver(UUID requestId, RecordingObserver observer, Map<UUID, RecordingObserver> observers) {
        this.requestId = requestId;
        this.observer = observer;
        this.observers = observers;
        this.tokenNews = observer.tokenNews();
    }

    @Override
    public void update(Update update) {
        tokenNews.update(update);
        observer.update(update);
    }

    @Override
    public void concluded(Outcome outcome) {
        tokenNews.concluded(outcome);
        try {
            observer.concluded(outcome);
        } finally {
            observers.remove(requestId, observer);
        }
    }
}
