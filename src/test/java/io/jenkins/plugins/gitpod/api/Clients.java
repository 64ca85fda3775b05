package io.jenkins.plugins.gitpod.api;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;

/** Clients, ids and answers for the tests. */
final class Clients {

    static final String TOKEN = "gitpod_pat_SeCrEt-0123456789.abc";
    static final String PROJECT = "0192d3f0-0000-7000-8000-000000000001";
    static final String CLASS = "0192d3f0-0000-7000-8000-000000000002";
    static final String PREBUILD = "0192d3f0-0000-7000-8000-000000000003";
    static final String MADE = "{\"prebuild\":{\"id\":\"" + PREBUILD + "\"}}";

    /** For calls that are meant to fail: how long those wait that fail by waiting. */
    static final ClientLimits SHORT =
            new ClientLimits(Duration.ofMillis(400), Duration.ofMillis(400), Duration.ofSeconds(10), 64 * 1024);

    /** For calls that may get too large an answer. */
    static final ClientLimits SMALL =
            new ClientLimits(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30), 64 * 1024);

    /** A call of the client. */
    @FunctionalInterface
    interface ApiCall {
        Object on(GitpodClient client) throws GitpodException;
    }

    private Clients() {}

    static GitpodClient client(ScriptedServer server) {
        return client(new OkHttpClient(), server.url(), ClientLimits.defaults());
    }

    static GitpodClient client(ScriptedServer server, ClientLimits limits) {
        return client(new OkHttpClient(), server.url(), limits);
    }

    static GitpodClient client(OkHttpClient base, String url, ClientLimits limits) {
        return new GitpodClient(base, endpoint(url), BearerToken.of(TOKEN), limits, "test/1.0");
    }

    /** A client whose creates, too, go out on connections that were used before. */
    static GitpodClient reusingClient(OkHttpClient base, String url) {
        return new GitpodClient(
                base,
                endpoint(url),
                BearerToken.of(TOKEN),
                ClientLimits.defaults(),
                "test/1.0",
                new ConnectionPool(5, 5, TimeUnit.MINUTES));
    }

    static GitpodEndpoint endpoint(String url) {
        try {
            return GitpodEndpoint.parse(url);
        } catch (InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    static Prebuild create(GitpodClient client) throws GitpodException {
        return client.createPrebuild(PROJECT, null, null);
    }

    static GitpodException failure(GitpodClient client, ApiCall call) {
        return assertThrows(GitpodException.class, () -> call.on(client));
    }

    static GitpodException failedGet(GitpodClient client) {
        return failure(client, c -> c.getPrebuild(PREBUILD));
    }

    static GitpodException failedCreate(GitpodClient client) {
        return failure(client, Clients::create);
    }
}
