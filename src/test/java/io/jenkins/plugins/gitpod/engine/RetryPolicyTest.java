package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import io.jenkins.plugins.gitpod.api.ErrorCode;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.GitpodException.Delivery;
import io.jenkins.plugins.gitpod.api.GitpodException.Kind;
import io.jenkins.plugins.gitpod.engine.RetryPolicy.Decision;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryPolicyTest {

    /** The failures as the client reports them, and what each means for a create, a read and a cancel. */
    @ParameterizedTest(name = "{0} {1} {2} {3} wait {4}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        # kind          | delivery | code                | http | wait | create         | read           | cancel
        UNKNOWN_HOST    | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        CONNECT_FAILED  | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        CONNECT_TIMEOUT | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        TLS             | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        PROXY           | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        CONNECTION_LOST | NOT_SENT | UNAVAILABLE         | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        CALL_TIMEOUT    | NOT_SENT | DEADLINE_EXCEEDED   | 0    | -    | NOT_SENT       | TRANSIENT      | TRANSIENT
        CONNECTION_LOST | UNCLEAR  | UNAVAILABLE         | 0    | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        CALL_TIMEOUT    | UNCLEAR  | DEADLINE_EXCEEDED   | 0    | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        CONNECTION_LOST | UNCLEAR  | UNAVAILABLE         | 200  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        UNREADABLE      | UNCLEAR  | UNKNOWN             | 200  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        TOO_LARGE       | UNCLEAR  | UNKNOWN             | 200  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        TOO_LARGE       | ANSWERED | INTERNAL            | 500  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        REDIRECT        | ANSWERED | UNKNOWN             | 302  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        REDIRECT        | ANSWERED | UNKNOWN             | 307  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        API_ERROR       | ANSWERED | CANCELED            | 499  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        API_ERROR       | ANSWERED | UNKNOWN             | 500  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        API_ERROR       | ANSWERED | INTERNAL            | 500  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        API_ERROR       | ANSWERED | DATA_LOSS           | 500  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        API_ERROR       | ANSWERED | INVALID_ARGUMENT    | 400  | -    | FINAL          | FINAL          | FINAL
        API_ERROR       | ANSWERED | FAILED_PRECONDITION | 400  | -    | FINAL          | FINAL          | ALREADY_OVER
        API_ERROR       | ANSWERED | OUT_OF_RANGE        | 400  | -    | FINAL          | FINAL          | FINAL
        API_ERROR       | ANSWERED | DEADLINE_EXCEEDED   | 504  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        API_ERROR       | ANSWERED | NOT_FOUND           | 404  | -    | FINAL          | NOT_FOUND      | NOT_FOUND
        API_ERROR       | ANSWERED | ALREADY_EXISTS      | 409  | -    | FINAL          | FINAL          | FINAL
        API_ERROR       | ANSWERED | ABORTED             | 409  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        API_ERROR       | ANSWERED | PERMISSION_DENIED   | 403  | -    | FINAL          | FINAL          | FINAL
        API_ERROR       | ANSWERED | RESOURCE_EXHAUSTED  | 429  | 2    | WAIT           | WAIT           | WAIT
        API_ERROR       | ANSWERED | RESOURCE_EXHAUSTED  | 429  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        API_ERROR       | ANSWERED | UNIMPLEMENTED       | 501  | -    | FINAL          | FINAL          | FINAL
        API_ERROR       | ANSWERED | UNAVAILABLE         | 503  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        API_ERROR       | ANSWERED | UNAVAILABLE         | 503  | 0    | UNCLEAR        | TRANSIENT      | TRANSIENT
        API_ERROR       | ANSWERED | UNAUTHENTICATED     | 401  | -    | REAUTHENTICATE | REAUTHENTICATE | REAUTHENTICATE
        HTTP_ERROR      | ANSWERED | INTERNAL            | 400  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        HTTP_ERROR      | ANSWERED | UNAUTHENTICATED     | 401  | -    | REAUTHENTICATE | REAUTHENTICATE | REAUTHENTICATE
        HTTP_ERROR      | ANSWERED | PERMISSION_DENIED   | 403  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        HTTP_ERROR      | ANSWERED | UNIMPLEMENTED       | 404  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        HTTP_ERROR      | ANSWERED | UNAVAILABLE         | 429  | -    | FINAL          | UNEXPECTED        | UNEXPECTED
        HTTP_ERROR      | ANSWERED | UNAVAILABLE         | 429  | 7    | WAIT           | WAIT           | WAIT
        HTTP_ERROR      | ANSWERED | UNKNOWN             | 500  | -    | UNCLEAR        | UNEXPECTED        | UNEXPECTED
        HTTP_ERROR      | ANSWERED | UNAVAILABLE         | 502  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        HTTP_ERROR      | ANSWERED | UNAVAILABLE         | 503  | 0    | UNCLEAR        | TRANSIENT      | TRANSIENT
        HTTP_ERROR      | ANSWERED | UNAVAILABLE         | 504  | -    | UNCLEAR        | TRANSIENT      | TRANSIENT
        """)
    void eachFailureHasItsDecision(
            Kind kind,
            Delivery delivery,
            ErrorCode code,
            int status,
            Long wait,
            Decision create,
            Decision read,
            Decision cancel) {
        GitpodException e = GitpodException.of(kind, delivery, "Any")
                .code(code)
                .httpStatus(status)
                .retryAfter(wait == null ? null : Duration.ofSeconds(wait))
                .build();
        assertThat("create", RetryPolicy.create(e), is(create));
        assertThat("read", RetryPolicy.read(e), is(read));
        assertThat("cancel", RetryPolicy.cancel(e), is(cancel));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aCreateThatMayHaveArrivedIsNeverSentAgain(Kind kind) {
        for (ErrorCode code : ErrorCode.values()) {
            GitpodException e = GitpodException.of(kind, Delivery.UNCLEAR, "CreatePrebuild")
                    .code(code)
                    .build();
            assertThat(RetryPolicy.create(e), is(Decision.UNCLEAR));
        }
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void noAnswerToACreateCountsAsTransient(ErrorCode code) {
        assertThat(RetryPolicy.create(Failures.answer(code)), is(not(Decision.TRANSIENT)));
        assertThat(RetryPolicy.create(Failures.answer(code)), is(not(Decision.UNEXPECTED)));
    }
}
