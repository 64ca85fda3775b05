package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** Sends one request and makes of whatever comes back an answer or a {@link GitpodException}. */
final class Transport {

    /**
     * Who calls whom.
     *
     * @param endpoint where the calls go; shared by all transports of a client, see {@link OutgoingCall}
     */
    record Caller(
            AtomicReference<GitpodEndpoint> endpoint, BearerToken token, String userAgent, long maxResponseBytes) {}

    private final OkHttpClient client;
    private final Caller caller;
    private final boolean once;
    private final Failures failures;
    private final ErrorAnswer errors;
    private volatile AnswerTimes times = AnswerTimes.IGNORED;

    /**
     * Makes a transport.
     *
     * @param client a {@link SafeClient}
     * @param once whether a request must not be sent again by the client
     */
    Transport(OkHttpClient client, Caller caller, boolean once) {
        this.client = client;
        this.caller = caller;
        this.once = once;
        Redactor redactor = new Redactor(caller.token());
        failures = new Failures(redactor);
        errors = new ErrorAnswer(redactor);
    }

    /** Has the times of all answers from now on told. */
    void tellTimes(AnswerTimes listener) {
        times = listener;
    }

    <T> T call(String service, String method, ObjectNode body, AnswerReader<T> reader) throws GitpodException {
        OutgoingCall call = outgoing(
                service,
                method,
                new Request.Builder().header("Accept", "application/json"),
                new JsonBody(Json.bytes(body), once));
        AnswerTimes listener = times;
        long sent = listener.nanoTime();
        try (Response response = call.execute()) {
            long received = listener.nanoTime();
            T answer = answer(method, response, reader);
            // Only what the API itself answered: the clock of a proxy that answers in its place says nothing.
            Date date = response.headers().getDate("Date");
            if (date != null) {
                listener.answered(date.toInstant(), sent, received);
            }
            return answer;
        } catch (IOException e) {
            throw failures.of(method, call.watch(), e);
        }
    }

    /**
     * A call that the caller executes.
     *
     * @param head the headers that go with this kind of call
     */
    OutgoingCall outgoing(String service, String method, Request.Builder head, RequestBody body) {
        head.header("Authorization", "Bearer " + caller.token().text())
                .header("User-Agent", caller.userAgent())
                .post(body);
        return new OutgoingCall(client, caller.endpoint(), endpoint -> head.url(endpoint.method(service, method)));
    }

    private <T> T answer(String method, Response response, AnswerReader<T> reader) throws IOException, GitpodException {
        Optional<byte[]> read = CappedBody.read(response.body(), caller.maxResponseBytes());
        if (read.isEmpty()) {
            throw errors.tooLarge(method, response, caller.maxResponseBytes());
        }
        byte[] body = read.get();
        if (!response.isSuccessful()) {
            throw errors.of(method, response, body);
        }
        try {
            if (!isJson(response.body().contentType())) {
                throw new UnexpectedAnswerException("not JSON by its content type, " + body.length + " bytes");
            }
            return reader.read(Json.parse(body));
        } catch (UnexpectedAnswerException e) {
            throw errors.unreadable(method, response, body, e.getMessage());
        }
    }

    /** What an answer with an error status means. */
    GitpodException refused(String method, Response response) throws IOException {
        Optional<byte[]> body = CappedBody.read(response.body(), caller.maxResponseBytes());
        return body.isPresent()
                ? errors.of(method, response, body.get())
                : errors.tooLarge(method, response, caller.maxResponseBytes());
    }

    /** A good status with something else than was asked for. */
    GitpodException unreadable(String method, Response response, String why) {
        return errors.unreadable(method, response, new byte[0], why);
    }

    /** No answer, or not all of it. */
    GitpodException failed(String method, CallWatch watch, IOException failure) {
        return failures.of(method, watch, failure);
    }

    /** A stream's last word. */
    GitpodException endedWith(String method, JsonNode error) {
        return errors.inStream(method, error);
    }

    private static boolean isJson(MediaType type) {
        return type != null
                && type.type().equals("application")
                && type.subtype().equals("json");
    }
}
