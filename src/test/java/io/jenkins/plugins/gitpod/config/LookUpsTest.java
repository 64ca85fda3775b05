package io.jenkins.plugins.gitpod.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hudson.ProxyConfiguration;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.EventStream;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.PrebuildEvent;
import io.jenkins.plugins.gitpod.api.StreamClient;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.engine.ThreadedRuntime;
import io.jenkins.plugins.gitpod.engine.WorkQueue;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** How look-ups reach Gitpod: with which limits, over which connections, and through which proxy. */
@ExtendWith(FastLimits.class)
@WithJenkins
class LookUpsTest {

    private static final ClientLimits DEFAULTS = ClientLimits.defaults();

    private final GitpodClients clients = new GitpodClients(DEFAULTS);

    private static void configure(String apiUrl, Integer callTimeoutSeconds) {
        GitpodConnection connection = new GitpodConnection("sim", apiUrl);
        connection.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        connection.setCallTimeoutSeconds(callTimeoutSeconds);
        GitpodGlobalConfiguration.get().setConnections(List.of(connection));
    }

    @Test
    void jenkinsAndItsConnectionsAreObeyed(JenkinsRule jenkins) throws Exception {
        try (GitpodSimulator gitpod =
                GitpodSimulator.builder().apiPath("/gitpod/api").start()) {
            BearerToken token = BearerToken.of(gitpod.account("jenkins").token());
            GitpodFixture.addCredential(
                    GitpodFixture.CREDENTIALS_ID, gitpod.account("jenkins").token());
            String apiUrl = gitpod.apiUrl().toString();
            limitsOfABuildAreThoseOfItsConnection(apiUrl, token);
            lookUpsShareAConnection(gitpod, token);
            urlMayHaveAPathAndATrailingSlash(jenkins, gitpod);
            proxyOfJenkinsIsUsedButNotForItsExceptions(jenkins, token);
        }
    }

    private void limitsOfABuildAreThoseOfItsConnection(String apiUrl, BearerToken token) throws Exception {
        Connection connection = new Connection("sim", GitpodEndpoint.parse(apiUrl), false);
        configure(apiUrl, 90);
        ClientLimits ofBuild = clients.forBuild(connection, token).limits();
        assertEquals(Duration.ofSeconds(90), ofBuild.call());
        assertEquals(Duration.ofSeconds(90), ofBuild.read());
        assertEquals(
                Duration.ofSeconds(6),
                AuthenticatedConnection.find(null, "sim", null).limits().call(),
                "a person waits for a form");
        configure(apiUrl, null);
        assertEquals(DEFAULTS, clients.forBuild(connection, token).limits());
        GitpodGlobalConfiguration.get().setConnections(List.of());
        assertEquals(DEFAULTS, clients.forBuild(connection, token).limits());
        configure(apiUrl, null);
    }

    private void lookUpsShareAConnection(GitpodSimulator gitpod, BearerToken token) throws Exception {
        Connection connection =
                GitpodGlobalConfiguration.get().connection("sim").toEngine();
        int before = gitpod.records().connections();
        for (int i = 0; i < 20; i++) {
            SimProject project = gitpod.addProject("p" + i);
            GitpodLookup.get().project(clients.forBuild(connection, token), project.id());
        }
        assertEquals(1, gitpod.records().connections() - before);
    }

    private static void urlMayHaveAPathAndATrailingSlash(JenkinsRule jenkins, GitpodSimulator gitpod) throws Exception {
        SimProject project = gitpod.addProject("shop").plan(PhasePlan.quick(Duration.ofMillis(100)));
        configure(gitpod.apiUrl() + "/", null);
        FreeStyleProject job = jenkins.createFreeStyleProject();
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(project.id());
        job.getBuildersList().add(step);
        jenkins.buildAndAssertSuccess(job);
        assertEquals(1, gitpod.records().prebuilds().size());
    }

    private void proxyOfJenkinsIsUsedButNotForItsExceptions(JenkinsRule jenkins, BearerToken token) throws Exception {
        Connection connection = new Connection("far", GitpodEndpoint.parse("https://gitpod.invalid/api"), false);
        AuthenticatedConnection access = clients.forBuild(connection, token);
        try (RefusingProxy proxy = new RefusingProxy();
                ThreadedRuntime threads = new ThreadedRuntime()) {
            StreamClient streams = new StreamClient(
                    clients.streamProxies(),
                    threads.executor(WorkQueue.STREAM),
                    (delay, task) -> threads.schedule(delay, task)::cancel);
            jenkins.jenkins.setProxy(new ProxyConfiguration("127.0.0.1", proxy.port()));
            GitpodException refused =
                    assertThrows(GitpodException.class, () -> GitpodLookup.get().identity(access));
            assertEquals(GitpodException.Kind.PROXY, refused.kind());
            assertEquals(1, proxy.tunnels());
            assertEquals(
                    GitpodException.Kind.PROXY, failedStream(access, streams).kind());
            assertEquals(2, proxy.tunnels());

            jenkins.jenkins.setProxy(
                    new ProxyConfiguration("127.0.0.1", proxy.port(), null, null, "other.example.com\n*.invalid"));
            GitpodException direct =
                    assertThrows(GitpodException.class, () -> GitpodLookup.get().identity(access));
            assertEquals(GitpodException.Kind.UNKNOWN_HOST, direct.kind());
            assertEquals(
                    GitpodException.Kind.UNKNOWN_HOST,
                    failedStream(access, streams).kind());
            assertEquals(2, proxy.tunnels(), "a host that is excepted from the proxy");

            jenkins.jenkins.setProxy(new ProxyConfiguration("127.0.0.1", proxy.port(), "user", "password"));
            assertEquals(
                    GitpodException.Kind.PROXY, failedStream(access, streams).kind());
            assertEquals(3, proxy.tunnels(), "the settings at the time of the stream");
        } finally {
            jenkins.jenkins.setProxy(null);
        }
    }

    private static GitpodException failedStream(AuthenticatedConnection access, StreamClient streams) {
        EventStream stream = GitpodClients.forLookUps(access).events(streams);
        ExecutionException failed = assertThrows(
                ExecutionException.class,
                () -> stream.read(new IgnoringListener()).toCompletableFuture().get(60, TimeUnit.SECONDS));
        return (GitpodException) failed.getCause();
    }

    private static final class IgnoringListener implements EventStream.Listener {

        @Override
        public void opened() {}

        @Override
        public void event(PrebuildEvent event) {}
    }

    /** A proxy that refuses each tunnel. */
    private static final class RefusingProxy implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final AtomicInteger tunnels = new AtomicInteger();

        RefusingProxy() throws IOException {
            Thread thread = new Thread(this::serve, "refusing-proxy");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            try {
                while (true) {
                    try (Socket client = server.accept()) {
                        byte[] request = new byte[4096];
                        int length = client.getInputStream().read(request);
                        if (new String(request, 0, Math.max(0, length), StandardCharsets.US_ASCII)
                                .startsWith("CONNECT gitpod.invalid:443 ")) {
                            tunnels.incrementAndGet();
                        }
                        client.getOutputStream()
                                .write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (SocketException e) {
                // closed
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        int port() {
            return server.getLocalPort();
        }

        int tunnels() {
            return tunnels.get();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
