package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;

/** The checks that all methods have in common once HTTP is understood: token, rate, validity, right to write. */
final class Admission {
    private final World world;
    private final RateGate gate;
    private final Shape shape;
    private final boolean writes;

    Admission(World world, RateGate gate, Shape shape, boolean writes) {
        this.world = world;
        this.gate = gate;
        this.shape = shape;
        this.writes = writes;
    }

    /** Lets a call in whose message is the given JSON. */
    Visit admit(HttpRequest request, byte[] message) throws ApiError {
        Instant now = world.now();
        Account caller = caller(request, now);
        gate.pass(now);
        JsonNode node = parse(message);
        shape.check(node);
        if (writes && !caller.mayWrite()) {
            throw new ApiError(ConnectCode.PERMISSION_DENIED, "mutations are denied: the token is read-only");
        }
        return new Visit(caller, node, now);
    }

    private Account caller(HttpRequest request, Instant now) throws ApiError {
        Account account = world.accountByToken(Bearer.token(request));
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
