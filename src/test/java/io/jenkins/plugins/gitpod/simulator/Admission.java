package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;

/** The checks that all methods have in common once HTTP is understood: token, rate, validity, right to write. */
final class Admission {
    private final SimulatorState state;
    private final RateLimiter limiter;
    private final Schema schema;
    private final boolean writes;

    Admission(SimulatorState state, RateLimiter limiter, Schema schema, boolean writes) {
        this.state = state;
        this.limiter = limiter;
        this.schema = schema;
        this.writes = writes;
    }

    /** Lets a call in whose message is the given JSON. */
    CallContext admit(HttpRequest request, byte[] message) throws ApiError {
        Instant now = state.now();
        Account caller = caller(request, now);
        limiter.pass(now);
        JsonNode node = parse(message);
        schema.check(node);
        if (writes && !caller.mayWrite()) {
            throw new ApiError(ConnectCode.PERMISSION_DENIED, "mutations are denied: the token is read-only");
        }
        return new CallContext(caller, node, now);
    }

    private Account caller(HttpRequest request, Instant now) throws ApiError {
        Account account = state.accountByToken(Bearer.token(request));
        if (account == null || account.isTokenExpired(now)) {
            throw new ApiError(ConnectCode.UNAUTHENTICATED, "no valid bearer token");
        }
        return account;
    }

    private static JsonNode parse(byte[] body) throws ApiError {
        try {
            return Json.parse(body);
        } catch (IOException e) {
            throw ApiError.invalid("request", "is not valid JSON");
        }
    }
}
