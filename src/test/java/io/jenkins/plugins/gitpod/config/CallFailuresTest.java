package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.ErrorAction;
import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.util.List;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people are told of failed calls. */
@ExtendWith(EnglishTexts.class)
class CallFailuresTest {

    private final GitpodSimulator gitpod = GitpodSimulator.builder().start();
    private final Account account = gitpod.account("jenkins");
    private final SimProject project = gitpod.addProject("shop");
    private final Connection connection = connection(gitpod.apiUrl().toString());
    private final OkHttpClient http = new OkHttpClient();

    @AfterEach
    void close() {
        gitpod.close();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    private static Connection connection(String url) {
        try {
            return new Connection("main", GitpodEndpoint.parse(url), false);
        } catch (InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    private String create() {
        GitpodClient client = new GitpodClient(
                http, connection.endpoint(), BearerToken.of(account.token()), ClientLimits.defaults(), "test");
        GitpodException e = assertThrows(GitpodException.class, () -> client.createPrebuild(project.id(), null, null));
        return CallFailures.explain(e, connection);
    }

    private String origin() {
        return gitpod.apiUrl().toString().replaceFirst("/api$", "");
    }

    @Test
    void aPlanGateHasItsOwnWordsAndGitpodsHint() {
        gitpod.faults()
                .add(FaultRule.on(
                                "CreatePrebuild",
                                Fault.planGate("Prebuilds need the Core plan.", "Upgrade plan", "/settings/plan"))
                        .forever());

        assertThat(
                create(),
                is("Gitpod cannot create this prebuild (Prebuilds need the Core plan.). Check that the plan of the"
                        + " organization includes prebuilds, and that prebuilds are enabled for the project. Also check that"
                        + " the environment class is one of the project's prebuild classes. Gitpod suggests: Upgrade plan ("
                        + origin() + "/settings/plan)."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example/x", "https://evil.example/x", "javascript:alert(1)", "/\\evil.example"})
    void aHintThatLeadsAwayIsNoLink(String path) {
        gitpod.faults()
                .add(FaultRule.on("CreatePrebuild", Fault.planGate("No.", "Upgrade plan", path))
                        .forever());

        assertThat(create(), allOf(endsWith("Gitpod suggests: Upgrade plan."), not(containsString("evil"))));
    }

    @Test
    void aTokenThatMayNotCreateIsToldWhatItMayBe() {
        account.readOnly();

        assertThat(
                create(),
                allOf(
                        containsString("Gitpod denies permission to create a prebuild ("),
                        containsString("It may be read-only"),
                        containsString("service account"),
                        containsString("Use a personal access token with read and write access")));
    }

    @Test
    void theSameCodesOfOtherCallsKeepTheirWords() {
        assertThat(
                CallFailures.explain(error("CancelPrebuild", ErrorCode.FAILED_PRECONDITION), connection),
                is("Gitpod responded with failed_precondition: no"));
        assertThat(
                CallFailures.explain(error("GetProject", ErrorCode.PERMISSION_DENIED), connection),
                not(containsString("create a prebuild (")));
    }

    @Test
    void severalHintsAreListed() {
        GitpodException e = GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, "GetProject")
                .code(ErrorCode.ABORTED)
                .detail("no")
                .actions(List.of(new ErrorAction("One", "/one"), new ErrorAction("Two {0}", "")))
                .build();

        assertThat(
                CallFailures.explain(e, connection("https://gitpod.example/ctx/api")),
                is("Gitpod responded with aborted: no Gitpod suggests: One (https://gitpod.example/one); Two {0}."));
    }

    private static GitpodException error(String method, ErrorCode code) {
        return GitpodException.of(Kind.API_ERROR, Delivery.ANSWERED, method)
                .code(code)
                .detail("no")
                .build();
    }

    /** The URL to enter, and not the method's. */
    @Test
    void aRedirectToAnotherApiNamesTheUrlToEnter() {
        gitpod.faults()
                .add(FaultRule.on("CreatePrebuild", Fault.redirectToBase(308, "https://gitpod.example/api"))
                        .forever());

        String host = gitpod.apiUrl().getAuthority();
        assertThat(
                create(),
                is(host
                        + " redirects to https://gitpod.example/api; the token is not sent there. If that is your Gitpod,"
                        + " enter https://gitpod.example/api as the API URL of the Gitpod connection \"main\"."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gitpod.example/login",
                "http://gitpod.example/api/gitpod.v1.PrebuildService/CreatePrebuild"
            })
    void anyOtherRedirectNamesNothingToEnter(String target) {
        gitpod.faults()
                .add(FaultRule.on("CreatePrebuild", Fault.redirect(302, target)).forever());

        assertThat(
                create(),
                allOf(
                        containsString("redirects to " + target + "; the token is not sent there."),
                        not(containsString("enter"))));
    }
}
