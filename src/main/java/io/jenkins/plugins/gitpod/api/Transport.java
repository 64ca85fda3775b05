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
import okhttp3.Response;
import okio.BufferedSource;

/** Sends requests and converts each response to a result or a {@link GitpodException}. */
final class Transport {

    /**
     * The caller and the server.
     *
     * @param endpoint where the calls go; shared by all transports of a client, see {@link OutgoingCall}
     */
    record Caller(
            AtomicReference<GitpodEndpoint> endpoint, BearerToken token, String userAgent, long maxResponseBytes) {

        String authorization() {
            return "Bearer " + token.text();
        }
    }

    /** Converts the response of a method. */
    @FunctionalInterface
    interface ResponseReader<T> {
        T read(JsonNode response) throws UnexpectedAnswerException;
    }

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

    Caller caller() {
        return caller;
    }

    /** Reports the times of all further responses to a listener. */
    void setAnswerTimes(AnswerTimes listener) {
        times = listener;
    }

    <T> T call(String service, String method, ObjectNode body, ResponseReader<T> reader) throws GitpodException {
        Request.Builder head = new Request.Builder()
                .header("Accept", "application/json")
                .header("Authorization", caller.authorization())
                .header("User-Agent", caller.userAgent())
                .post(new JsonBody(Json.bytes(body), once));
        OutgoingCall call =
                new OutgoingCall(client, caller.endpoint(), endpoint -> head.url(endpoint.method(service, method)));
        AnswerTimes listener = times;
        long sent = listener.nanoTime();
        try (Response response = call.execute()) {
            long received = listener.nanoTime();
            T answer = answer(method, response, reader);
            // Only for responses of the API itself. The clock of a proxy that responds instead of it does not matter.
            Date date = response.headers().getDate("Date");
            if (date != null) {
                listener.answered(date.toInstant(), sent, received);
            }
            return answer;
        } catch (IOException e) {
            throw failures.of(method, call.watch(), e);
        }
    }

    private <T> T answer(String method, Response response, ResponseReader<T> reader)
            throws IOException, GitpodException {
        Optional<byte[]> read = body(response);
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

    /** The decoded body, or empty if it has more bytes than allowed. Then no more bytes are read. */
    private Optional<byte[]> body(Response response) throws IOException {
        BufferedSource source = response.body().source();
        return source.request(caller.maxResponseBytes() + 1) ? Optional.empty() : Optional.of(source.readByteArray());
    }

    /** The failure of a response with an error status. */
    GitpodException refused(String method, Response response) throws IOException {
        Optional<byte[]> body = body(response);
        return body.isPresent()
                ? errors.of(method, response, body.get())
                : errors.tooLarge(method, response, caller.maxResponseBytes());
    }

    /** The failure of a successful response with an unexpected content. */
    GitpodException unreadable(String method, Response response, String why) {
        return errors.unreadable(method, response, new byte[0], why);
    }

    /** The failure of a call without a complete response. */
    GitpodException failed(String method, CallWatch watch, IOException failure) {
        return failures.of(method, watch, failure);
    }

    /** The failure that the last message of a stream reports. */
    GitpodException endedWith(String method, JsonNode error) {
        return errors.inStream(method, error);
    }

    private static boolean isJson(MediaType type) {
        return type != null
                && type.type().equals("application")
                && type.subtype().equals("json");
    }
}
