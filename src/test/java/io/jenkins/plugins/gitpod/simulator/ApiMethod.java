package io.jenkins.plugins.gitpod.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;

/**
 * One method of the API behind the checks that all have in common, in the order of a Connect server: HTTP method,
 * content type, token, rate, validity, right to write.
 */
final class ApiMethod implements Route {
    /** What a method does once the call is let in. */
    @FunctionalInterface
    interface Work {
        Answer answer(Visit visit) throws ApiError;
    }

    private final String name;
    private final Shape shape;
    private final boolean writes;
    private final Work work;
    private final World world;
    private final RateGate gate;

    ApiMethod(String name, Shape shape, boolean writes, Work work, World world, RateGate gate) {
        this.name = name;
        this.shape = shape;
        this.writes = writes;
        this.work = work;
        this.world = world;
        this.gate = gate;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer answer(HttpRequest request) throws ApiError {
        if (!"POST".equals(request.method())) {
            throw new ApiError(Answer.empty(405).withHeader("Allow", "POST"), "not a POST");
        }
        String contentType = request.header("Content-Type").toLowerCase(Locale.ROOT);
        if (!contentType.split(";", 2)[0].trim().equals(Answer.JSON)) {
            throw new ApiError(Answer.empty(415).withHeader("Accept-Post", Answer.JSON), "not JSON");
        }
        Account caller = caller(request);
        Instant now = world.now();
        gate.pass(now);
        JsonNode node = parse(request.body());
        shape.check("", node);
        if (writes && !caller.mayWrite()) {
            throw new ApiError(ConnectCode.PERMISSION_DENIED, "the token may only read");
        }
        return work.answer(new Visit(caller, node, request.header("Accept"), now));
    }

    private Account caller(HttpRequest request) throws ApiError {
        Account account = world.accountByToken(Bearer.token(request));
        if (account == null) {
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
