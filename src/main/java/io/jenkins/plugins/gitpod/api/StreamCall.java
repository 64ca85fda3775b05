package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** One request of an event stream and its answer, to be sent once. No thread waits for it. */
final class StreamCall {

    /** Decides what becomes of an answer. */
    @FunctionalInterface
    interface Reader {

        /**
         * Called when the head of the answer has arrived.
         *
         * @param head the answer without its body
         * @return what takes the body, or null if it is not read
         */
        @CheckForNull
        StreamBody.Sink begin(Response head) throws GitpodException;
    }

    private final StreamClient client;
    private final URI uri;
    private final HttpRequest.Builder request;
    private final Duration connectLimit;

    private volatile Runnable cancelTimer = () -> {};
    private volatile long lastHeard;
    private volatile boolean throughProxy;
    private volatile boolean sending;
    private volatile boolean timedOut;
    private volatile boolean cancelled;

    @CheckForNull
    private volatile Response head;

    @CheckForNull
    private volatile StreamBody body;

    @CheckForNull
    private volatile CompletableFuture<HttpResponse<Void>> answer;

    /**
     * Makes a call.
     *
     * @param head the headers of the request
     * @param message the body of the request
     * @param connectLimit the maximum time until the request is sent
     */
    StreamCall(StreamClient client, URI uri, HttpRequest.Builder head, byte[] message, Duration connectLimit) {
        this.client = client;
        this.uri = uri;
        this.connectLimit = connectLimit;
        HttpRequest.BodyPublisher bytes = HttpRequest.BodyPublishers.ofByteArray(message);
        this.request = head.uri(uri)
                .POST(HttpRequest.BodyPublishers.fromPublisher(
                        subscriber -> {
                            // Connected, also to the server behind a proxy.
                            lastHeard = client.nanoTime();
                            sending = true;
                            bytes.subscribe(subscriber);
                        },
                        message.length));
    }

    /**
     * Sends the request. Looks up the proxy.
     *
     * @return completes when the body was read, or no more of it is wanted
     */
    CompletableFuture<Void> send(Reader reader) {
        CompletableFuture<HttpResponse<Void>> sent;
        lastHeard = client.nanoTime();
        try {
            sent = client.http().sendAsync(request(), info -> begin(info, reader));
        } catch (RuntimeException e) {
            // For example from a proxy. The failure still has to say how far the request got.
            return CompletableFuture.failedFuture(new IOException(e.toString(), e));
        }
        answer = sent;
        if (cancelled) {
            cancel();
        }
        watchSilence(connectLimit);
        // In one chain: the timer is cancelled before the end is told.
        return sent.whenComplete((done, failure) -> cancelTimer.run()).thenAccept(done -> {
            if (head == null) {
                throw new CompletionException(new IOException("The proxy answered " + done.statusCode()));
            }
        });
    }

    /** The request with its headers. */
    HttpRequest request() {
        throughProxy = client.isThroughProxy(uri);
        String password = client.proxyAuthorization();
        // The JDK sends it to the proxy only, and not at all if it was told not to tell proxies passwords.
        return throughProxy && password != null
                ? request.header("Proxy-Authorization", password).build()
                : request.build();
    }

    private HttpResponse.BodySubscriber<Void> begin(HttpResponse.ResponseInfo info, Reader reader) {
        lastHeard = client.nanoTime();
        StreamBody made = body(info, reader);
        body = made;
        if (cancelled) {
            made.cancel();
        }
        return made;
    }

    private StreamBody body(HttpResponse.ResponseInfo info, Reader reader) {
        try {
            Response arrived = head(info);
            head = arrived;
            StreamBody.Sink sink = reader.begin(arrived);
            return sink == null ? StreamBody.unread(null) : new StreamBody(sink, () -> lastHeard = client.nanoTime());
        } catch (Exception | Error e) {
            return StreamBody.unread(e);
        }
    }

    /** In the form that the rest of the client reads. */
    private Response head(HttpResponse.ResponseInfo info) {
        Headers.Builder headers = new Headers.Builder();
        info.headers().map().forEach((name, values) -> values.forEach(value -> headers.addUnsafeNonAscii(name, value)));
        String type = info.headers().firstValue("Content-Type").orElse("");
        return new Response.Builder()
                .request(new Request.Builder().url(uri.toString()).build())
                .protocol(Protocol.HTTP_1_1)
                .code(info.statusCode())
                .message("")
                .headers(headers.build())
                .body(ResponseBody.create(new byte[0], MediaType.parse(type)))
                .build();
    }

    /** The answer without its body; null if none has arrived. */
    @CheckForNull
    Response head() {
        return head;
    }

    /** Whether the request was sent on a connection that then broke without an answer. */
    boolean isLostBeforeAnswer() {
        return sending && head == null && !timedOut;
    }

    /** Ends the call and closes its connection, from any thread and at any time. */
    void cancel() {
        cancelled = true;
        StreamBody reading = body;
        if (reading != null) {
            reading.cancel();
        }
        CompletableFuture<?> open = answer;
        if (open != null) {
            open.cancel(true);
        }
    }

    /** The JDK's client has no limit for the silence within an answer, nor one for each call's connection. */
    private void watchSilence(Duration delay) {
        cancelTimer = client.timer().schedule(delay, () -> {
            Duration limit = sending ? StreamClient.LONGEST_SILENCE : connectLimit;
            Duration left = limit.minusNanos(client.nanoTime() - lastHeard);
            CompletableFuture<?> open = answer;
            if (open == null || open.isDone()) {
                return;
            }
            if (left.compareTo(Duration.ZERO) > 0) {
                watchSilence(left);
            } else {
                timedOut = true;
                cancel();
            }
        });
        CompletableFuture<?> open = answer;
        if (open != null && open.isDone()) {
            cancelTimer.run(); // it has ended meanwhile
        }
    }

    /** How far the request had got when it failed. */
    CallWatch watch(Throwable failure) {
        Response arrived = head;
        // The proxy is connected to without TLS. What is written before the server's handshake is over waits for it.
        boolean inHandshake = arrived == null && failure instanceof SSLException;
        return CallWatch.at(
                sending && !inHandshake,
                throughProxy && !sending && !inHandshake,
                arrived == null ? 0 : arrived.code());
    }

    /** A failure of the JDK's client as the one that OkHttp would have reported. */
    IOException failure(Throwable failure) {
        if (timedOut) {
            return new SocketTimeoutException(sending ? "timeout" : "connect timed out");
        }
        if (failure instanceof ConnectException && failure.getCause() instanceof UnresolvedAddressException) {
            return new UnknownHostException(uri.getHost());
        }
        return failure instanceof IOException io ? io : new IOException(failure.toString(), failure);
    }
}
