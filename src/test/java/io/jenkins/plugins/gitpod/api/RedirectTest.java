package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.failedGet;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import java.util.Optional;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

    private final ScriptedServer server = new ScriptedServer();
    private final ScriptedServer elsewhere = new ScriptedServer();
    private final GitpodClient client = Clients.client(
            new OkHttpClient.Builder()
                    .followRedirects(true)
                    .followSslRedirects(true)
                    .build(),
            server.url(),
            ClientLimits.defaults());

    @AfterEach
    void close() {
        server.close();
        elsewhere.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsReportedAndNeverFollowed(int status) {
        redirect(status, "http://127.0.0.1:" + elsewhere.port() + "/login");

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.httpStatus(), is(status));
        assertThat(e.redirectTarget(), is(Optional.of("http://127.0.0.1:" + elsewhere.port() + "/login")));
        assertThat(e.getMessage(), containsString("127.0.0.1:" + elsewhere.port()));
        assertThat(server.requests(), hasSize(1));
        assertThat(elsewhere.requests(), hasSize(0));
    }

    /** It is what an administrator has to enter; the method's own URL would be refused again. */
    @ParameterizedTest
    @CsvSource({
        "https://gitpod.example/api/gitpod.v1.PrebuildService/GetPrebuild,  https://gitpod.example/api",
        "https://gitpod.example/gitpod.v1.PrebuildService/GetPrebuild?x=1#y,https://gitpod.example",
        "https://u:p@gitpod.example:8443/a/b/gitpod.v1.PrebuildService/GetPrebuild, https://gitpod.example:8443/a/b",
        "https://gitpod.example/login,",
        "https://gitpod.example/api/gitpod.v1.PrebuildService/DeletePrebuild,",
        "https://gitpod.example/api/GetPrebuild,",
        "javascript:/gitpod.v1.PrebuildService/GetPrebuild,"
    })
    void theBaseThatARedirectMeansIsNamed(String location, String base) {
        redirect(308, location);

        assertThat(failedGet(client).redirectBase(), is(Optional.ofNullable(base)));
    }

    @Test
    void aCreateIsNotSentElsewhereEither() {
        redirect(308, elsewhere.url() + "/gitpod.v1.PrebuildService/CreatePrebuild");

        GitpodException e = Clients.failedCreate(client);

        assertThat(e.delivery(), is(Delivery.ANSWERED));
        assertThat(e.redirectBase(), is(Optional.of(elsewhere.url())));
        assertThat(server.requests(), hasSize(1));
        assertThat(elsewhere.requests(), hasSize(0));
    }

    @Test
    void aRelativeRedirectIsNotFollowedEither() {
        redirect(302, "/login?next=%2Fapi");

        GitpodException e = failedGet(client);

        assertThat(e.redirectTarget(), is(Optional.of("http://127.0.0.1:" + server.port() + "/login")));
        assertThat(server.requests(), hasSize(1));
    }

    @ParameterizedTest
    @CsvSource({
        "https://user:pass@evil.example/a/b?c=d#e,  https://evil.example/a/b",
        "//evil.example,                            https://evil.example/",
        "https://evil.example:8443/x?,              https://evil.example:8443/x"
    })
    void theTargetIsNamedWithoutWhatMayBeSecret(String location, String target) {
        redirect(302, location.startsWith("//") ? "https:" + location : location);

        assertThat(failedGet(client).redirectTarget(), is(Optional.of(target)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"javascript:alert(1)", "ftp://evil.example/", "http://", ""})
    void aTargetThatIsNoPageIsNotNamed(String location) {
        redirect(302, location);

        GitpodException e = failedGet(client);

        assertThat(e.kind(), is(Kind.REDIRECT));
        assertThat(e.getMessage(), not(containsString("evil")));
    }

    @Test
    void aRedirectStatusWithoutTargetIsAnError() {
        server.then(ScriptedServer.answer(302, "text/html", "<html>"));

        assertThat(failedGet(client).kind(), is(Kind.HTTP_ERROR));
    }

    private void redirect(int status, String location) {
        server.then(ScriptedServer.answer(status, "text/html", "<html>", "Location: " + location));
    }
}
