package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Date;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** Sends one request and makes of whatever comes back an answer or a {@link GitpodException}. */
final class Transport {

    /** Who calls whom. */
    record Caller(GitpodEndpoint endpoint, BearerToken token, String userAgent, long maxResponseBytes) {}

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
        CallWatch watch = new CallWatch();
        Call call = streamCall(service, method, body, "application/json", watch);
        AnswerTimes listener = times;
        long sent = listener.nanoTime();
        try (Response response = execute(call)) {
            long received = listener.nanoTime();
            T answer = answer(method, response, reader);
            // Only what the API itself answered: the clock of a proxy that answers in its place says nothing.
            Date date = response.headers().getDate("Date");
            if (date != null) {
                listener.answered(date.toInstant(), sent, received);
            }
            return answer;
        } catch (IOException e) {
            throw failures.of(method, watch, e);
        }
    }

    /** A call whose answer somebody else reads. */
    Call streamCall(String service, String method, ObjectNode body, String accept, CallWatch watch) {
        return client.newCall(new Request.Builder()
                .url(caller.endpoint().method(service, method))
                .header("Accept", accept)
                .header("Authorization", "Bearer " + caller.token().text())
                .header("User-Agent", caller.userAgent())
                .tag(CallWatch.class, watch)
                .post(new JsonBody(Json.bytes(body), once))
                .build());
    }

    static Response execute(Call call) throws IOException {
        try {
            return call.execute();
        } catch (IOException e) {
            throw e;
        } catch (RuntimeException e) {
            // A proxy selector, say. It still has to be told how far the request got.
            throw new IOException(e.toString(), e);
        } catch (Exception e) {
            // OkHttp, being Kotlin, lets out an InterruptedException that it does not declare.
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
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
    GitpodException endedWith(String method, ObjectNode error) {
        return errors.inStream(method, error);
    }

    private static boolean isJson(MediaType type) {
        return type != null
                && type.type().equals("application")
                && type.subtype().equals("json");
    }
}
