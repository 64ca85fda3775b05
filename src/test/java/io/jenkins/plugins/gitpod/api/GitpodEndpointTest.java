package io.jenkins.plugins.gitpod.api;

import static io.jenkins.plugins.gitpod.api.Clients.endpoint;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.InvalidEndpointException.Problem;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitpodEndpointTest {

    @ParameterizedTest
    @CsvSource({
        "https://app.gitpod.io/api,              https://app.gitpod.io/api",
        "https://app.gitpod.io/api/,             https://app.gitpod.io/api",
        "https://app.gitpod.io/api///,           https://app.gitpod.io/api",
        "'  https://app.gitpod.io/api  ',        https://app.gitpod.io/api",
        "HTTPS://App.Gitpod.IO/api,              https://app.gitpod.io/api",
        "https://app.gitpod.io:443/api,          https://app.gitpod.io/api",
        "https://gitpod.example.org:8443,        https://gitpod.example.org:8443",
        "https://gitpod.example.org/,            https://gitpod.example.org",
        "https://example.org/gitpod/api,         https://example.org/gitpod/api",
        "https://[2001:db8::1]/api,              https://[2001:db8::1]/api",
        "http://localhost:8080/api,              http://localhost:8080/api",
        "HTTP://LOCALHOST/api,                   http://localhost/api",
        "http://127.0.0.1:8080/api,              http://127.0.0.1:8080/api",
        "http://127.255.3.4/api,                 http://127.255.3.4/api",
        "http://[::1]:8080/api,                  http://[::1]:8080/api",
        "http://[0:0:0:0:0:0:0:1]/api,           http://[::1]/api"
    })
    void aUsableUrlIsTaken(String url, String expected) throws Exception {
        GitpodEndpoint endpoint = GitpodEndpoint.parse(url);

        assertThat(endpoint.apiUrl().toString(), is(expected));
        assertThat(endpoint.toString(), is(expected));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "   "})
    void nothingIsBlank(String url) {
        assertThat(problem(url), is(Problem.BLANK));
    }

    @ParameterizedTest
    @CsvSource({
        "app.gitpod.io/api,                      NOT_A_URL",
        "app.gitpod.io:443/api,                  NOT_A_URL",
        "https:app.gitpod.io,                    NOT_A_URL",
        "https://app gitpod.io/api,              NOT_A_URL",
        "https://app.gitpod.io\\@evil.com/,      NOT_A_URL",
        "https://app.gitpod.io:99999/api,        NOT_A_URL",
        "//app.gitpod.io/api,                    NOT_A_URL",
        "mailto:someone@example.org,             NOT_A_URL",
        "https://,                               NO_HOST",
        "https:///api,                           NO_HOST",
        "https://:8443/api,                      NO_HOST",
        "https:/api,                             NO_HOST",
        "https://user@app.gitpod.io/api,         USER_INFO",
        "https://user:hidden@app.gitpod.io/api,  USER_INFO",
        "https://app.gitpod.io/api?x=hidden,     QUERY",
        "https://app.gitpod.io/api?,             QUERY",
        "https://app.gitpod.io/api#hidden,       FRAGMENT",
        "http://app.gitpod.io/api,               NOT_HTTPS",
        "ftp://app.gitpod.io/api,                NOT_HTTPS",
        "http://localhost.evil.com/api,          NOT_HTTPS",
        "http://evil-localhost/api,              NOT_HTTPS",
        "http://127.0.0.1.nip.io/api,            NOT_HTTPS",
        "http://127.0.0.1.evil.com:8080/api,     NOT_HTTPS",
        "http://127.0.0.256/api,                 NOT_HTTPS",
        "http://127.1/api,                       NOT_HTTPS",
        "http://2130706433/api,                  NOT_HTTPS",
        "http://0.0.0.0/api,                     NOT_HTTPS",
        "http://128.0.0.1/api,                   NOT_HTTPS",
        "http://[::2]/api,                       NOT_HTTPS",
        "http://[::]/api,                        NOT_HTTPS"
    })
    void aUrlThatCannotBeUsedIsRefusedWithTheReason(String url, Problem problem) {
        assertThat(problem(url), is(problem));
    }

    @Test
    void theMessageDoesNotRepeatWhatMayBeAPassword() {
        Exception e = assertThrows(
                InvalidEndpointException.class, () -> GitpodEndpoint.parse("https://user:hidden@app.gitpod.io/api"));

        assertThat(e.getMessage(), not(containsString("hidden")));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.gitpod.io/api,        app.gitpod.io, true,  false",
        "https://localhost/api,            localhost,     true,  true",
        "https://localhost.evil.com/api,   localhost.evil.com, true, false",
        "http://127.0.0.1:99/api,          127.0.0.1,     false, true",
        "http://[::1]/api,                 ::1,           false, true"
    })
    void itKnowsItsHost(String url, String host, boolean https, boolean loopback) {
        assertThat(endpoint(url).host(), is(host));
        assertThat(endpoint(url).isHttps(), is(https));
        assertThat(endpoint(url).isLoopback(), is(loopback));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.gitpod.io/api,        https://app.gitpod.io",
        "https://example.org/gitpod/api/,  https://example.org/gitpod",
        "https://example.org:8443,         https://example.org:8443",
        "https://example.org/apiary,       https://example.org/apiary",
        "http://[::1]:8080/api,            http://[::1]:8080"
    })
    void pagesForPeopleAreBesideTheApi(String url, String origin) {
        assertThat(endpoint(url).projectPage("p-1").toString(), is(origin + "/projects/p-1/prebuilds"));
        assertThat(endpoint(url).environmentPage("e-1").toString(), is(origin + "/details/e-1"));
    }

    @Test
    void anIdCannotLeaveItsPlaceInAPage() {
        GitpodEndpoint endpoint = endpoint("https://app.gitpod.io/api");

        assertThat(endpoint.environmentPage("a/b?c#d").toString(), is("https://app.gitpod.io/details/a%2Fb%3Fc%23d"));
    }

    @Test
    void methodsAreBelowTheApi() {
        assertThat(
                endpoint("https://app.gitpod.io/api")
                        .method("PrebuildService", "GetPrebuild")
                        .toString(),
                is("https://app.gitpod.io/api/gitpod.v1.PrebuildService/GetPrebuild"));
        assertThat(
                endpoint("https://example.org")
                        .method("PrebuildService", "GetPrebuild")
                        .toString(),
                is("https://example.org/gitpod.v1.PrebuildService/GetPrebuild"));
    }

    @Test
    void equalUrlsMakeEqualEndpoints() {
        assertThat(endpoint("https://a.example/api"), is(endpoint("HTTPS://A.example:443/api/")));
        assertThat(
                endpoint("https://a.example/api").hashCode(),
                is(endpoint("https://a.example/api/").hashCode()));
        assertThat(endpoint("https://a.example/api"), not(endpoint("https://a.example")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/settings/billing", "/settings/git?host=github.com&x=%2F", "/"})
    void aPageOfTheDashboardIsOnTheApisOwnOrigin(String path) {
        assertThat(
                endpoint("https://gitpod.example:8443/api").dashboardPage(path),
                is(Optional.of(URI.create("https://gitpod.example:8443" + path))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "settings",
                "//evil.example/x",
                "/\\evil.example",
                "\\\\evil.example",
                "https://evil.example/",
                "javascript:alert(1)",
                "/a b",
                "/a\nb",
                "/<script>",
                "/a\"b",
                "/user@evil.example",
                "/a#b",
                "/\u00e9"
            })
    void aPathThatMayLeadAwayIsNoPage(String path) {
        assertThat(endpoint("https://app.gitpod.io/api").dashboardPage(path), is(Optional.empty()));
    }

    @Test
    void aPathHasAMaximumLength() {
        GitpodEndpoint endpoint = endpoint("https://app.gitpod.io/api");

        assertThat(endpoint.dashboardPage("/" + "a".repeat(199)).isPresent(), is(true));
        assertThat(endpoint.dashboardPage("/" + "a".repeat(200)).isPresent(), is(false));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.gitpod.io/api,      https://app.ona.com/api,        true",
        "https://app.ona.com/api,        https://app.gitpod.io:443/api/, true",
        "https://gitpod.example/api,     https://gitpod.example/api/,    true",
        "https://app.gitpod.io/api,      https://app.ona.com,            false",
        "https://app.gitpod.io:8443/api, https://app.ona.com:8443/api,   false",
        "https://app.gitpod.io/api,      https://app.ona.com:8443/api,   false",
        "https://app.gitpod.io/api,      https://gitpod.example/api,     false",
        "https://www.gitpod.io/api,      https://app.ona.com/api,        false"
    })
    void thePublicServiceHasTwoHosts(String one, String other, boolean isSame) {
        assertThat(endpoint(one).isSameServiceAs(endpoint(other)), is(isSame));
        assertThat(endpoint(other).isSameServiceAs(endpoint(one)), is(isSame));
    }

    private static Problem problem(String url) {
        return assertThrows(InvalidEndpointException.class, () -> GitpodEndpoint.parse(url))
                .problem();
    }
}
