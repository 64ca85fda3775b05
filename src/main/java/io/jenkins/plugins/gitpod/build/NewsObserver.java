package io.jenkins.plugins.gitpod.build;

import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.Update;

/** Tells of refused tokens first, then has the request recorded. */
final class NewsObserver implements PrebuildObserver {

    private final RecordingObserver observer;
    private final TokenNews tokenNews;

    NewsObserver(RecordingObserver observer) {
        this.observer = observer;
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
        observer.concluded(outcome);
    }

    @Override
    public void settled(Outcome end) {
        observer.settled(end);
    }
}
