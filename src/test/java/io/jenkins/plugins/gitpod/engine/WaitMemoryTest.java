package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

/** What a wait holds in the engine's memory, without what all of them share. Nothing is called: no time passes. */
class WaitMemoryTest {

    private static final int WAITS = 5000;

    /** Somewhat more than it is, since a JVM has objects of its own; those that most waits never need would be more. */
    private static final long MAX_BYTES = 2300;

    private final SimulatedRuntime runtime = new SimulatedRuntime();
    private final PrebuildObserver observer = new PrebuildObserver() {
        @Override
        public void update(Update update) {}

        @Override
        public void concluded(Outcome outcome) {}
    };

    @Test
    void aWaitHoldsLittle() throws Exception {
        Connection connection = new Connection("main", GitpodEndpoint.parse("https://gitpod.example/api"), false);
        BearerToken token = BearerToken.of("a-token-that-is-not-sent");
        OkHttpClient http = new OkHttpClient();
        try (PrebuildEngine engine = new PrebuildEngine(
                runtime,
                EngineSettings.defaults(),
                new NoStore(),
                (at, with, limits) -> new GitpodClient(http, at, with, limits, "test"),
                null)) {
            restore(engine, connection, token, 1); // what all waits share
            long before = heap();

            restore(engine, connection, token, WAITS);

            long each = (heap() - before) / WAITS;
            assertThat(engine.open(), hasSize(WAITS + 1));
            assertThat(engine.open().stream().map(one -> one.view().stage()).toList(), everyItem(is(Stage.WATCHING)));
            assertThat(each, is(lessThan(MAX_BYTES)));
        }
    }

    private void restore(PrebuildEngine engine, Connection connection, BearerToken token, int number) {
        List<PrebuildEngine.Restored> restored = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            PrebuildRequest request =
                    new PrebuildRequest(UUID.randomUUID(), connection, "project", null, null, false, true);
            SavedRequest saved = new SavedRequest(
                    request, Stage.WATCHING, Instant.EPOCH, UUID.randomUUID().toString(), false, null, Duration.ZERO);
            restored.add(new PrebuildEngine.Restored(saved, () -> token, observer));
        }
        engine.restore(restored);
        runtime.settle();
    }

    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }

    /** The disk is not what is measured. */
    private static final class NoStore implements RequestStore {
        @Override
        public void save(SavedRequest request) {}

        @Override
        public void close(UUID requestId) {}
    }
}
