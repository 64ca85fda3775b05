package io.jenkins.plugins.gitpod.benchmark;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.EngineSettings;
import io.jenkins.plugins.gitpod.engine.Outcome;
import io.jenkins.plugins.gitpod.engine.PrebuildEngine;
import io.jenkins.plugins.gitpod.engine.PrebuildObserver;
import io.jenkins.plugins.gitpod.engine.PrebuildRequest;
import io.jenkins.plugins.gitpod.engine.RequestStore;
import io.jenkins.plugins.gitpod.engine.SavedRequest;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.Update;
import java.util.List;
import java.util.UUID;
import okhttp3.OkHttpClient;

/** This plugin's way: its engine with the settings it ships with. */
final class PluginWaiters implements Waiters {

    /** All clients share it, as in Jenkins. */
    private static final OkHttpClient BASE = new OkHttpClient();

    private final List<BearerToken> tokens;
    private final List<String> projects;
    private final FastClock clock;
    private final Connection connection;
    private final ThreadedRuntime threads = new ThreadedRuntime();
    private final PrebuildEngine engine;

    PluginWaiters(GitpodEndpoint endpoint, List<BearerToken> tokens, List<String> projects, FastClock clock) {
        this.tokens = tokens;
        this.projects = projects;
        this.clock = clock;
        connection = new Connection("main", endpoint, false);
        engine = new PrebuildEngine(
                new FastRuntime(threads, clock),
                EngineSettings.defaults(),
                new NoStore(),
                (at, token, limits) -> new GitpodClient(BASE, at, token, limits, "benchmark"));
    }

    @Override
    public void begin(Waits waits) {
        for (int i = 0; i < waits.number(); i++) {
            BearerToken token = tokens.get(i % tokens.size());
            engine.submit(
                    new PrebuildRequest(
                            UUID.randomUUID(), connection, projects.get(i % projects.size()), null, null, false, true),
                    () -> token,
                    new Observer(waits, i));
        }
    }

    /** The disk is not what is measured. */
    private static final class NoStore implements RequestStore {
        @Override
        public void save(SavedRequest request) {}

        @Override
        public void close(UUID requestId) {}
    }

    private final class Observer implements PrebuildObserver {
        private final Waits waits;
        private final int wait;

        Observer(Waits waits, int wait) {
            this.waits = waits;
            this.wait = wait;
        }

        @Override
        public void update(Update update) {
            if (update instanceof Update.Created created) {
                waits.made(wait, created.prebuild().metadata().createdAt());
            }
        }

        @Override
        public void concluded(Outcome outcome) {
            if (outcome instanceof Outcome.Ended ended
                    && ended.prebuild().status().phase() == PrebuildPhase.COMPLETED) {
                waits.ended(wait, clock.instant());
            } else {
                waits.fail();
            }
        }
    }

    @Override
    public void close() {
        engine.close();
        threads.close();
    }
}
