package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Gitpod's stream of events of the prebuilds of the token's organization, until either side ends it. It is read once, and
 * uses no thread while nothing arrives. A server may know one of its two forms only ({@link EventFormat}); the stream tries
 * the form that worked last, at first Connect, and where the server does not know it, at once the other one.
 */
public final class EventStream implements AutoCloseable {

    /** Receives the events, on the executor of the {@link StreamClient}. Must not block. */
    public interface Listener {

        /**
         * Gitpod has begun to answer: from now on, it reports events. A Connect server may begin its answer only with its
         * first event; it reports events before that as well.
         */
        void opened();

        /**
         * Called for each event.
         *
         * @param event the event
         */
        void event(@NonNull PrebuildEvent event);
    }

    private static final String SERVICE = "EventService";
    private static final String METHOD = "WatchEvents";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_ACCEPTABLE = 406;
    private static final int UNSUPPORTED_MEDIA_TYPE = 415;

    private final Transport transport;
    private final Transport.Caller caller;
    private final StreamClient http;
    private final Duration connectLimit;
    private final AtomicReference<EventFormat> lastFormat;

    /** Whatever completes it first is the end of the stream. */
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @CheckForNull
    private volatile StreamCall current;

    /**
     * Makes a stream.
     *
     * @param transport makes the failures
     * @param connectLimit the maximum time to connect
     * @param lastFormat the form that worked last, or null; shared by the streams of a client
     */
    EventStream(
            Transport transport, StreamClient http, Duration connectLimit, AtomicReference<EventFormat> lastFormat) {
        this.transport = transport;
        this.caller = transport.caller();
        this.http = http;
        this.connectLimit = connectLimit;
        this.lastFormat = lastFormat;
        end.whenComplete((done, failure) -> {
            StreamCall open = current;
            if (open != null) {
                open.cancel();
            }
        });
    }

    /** All prebuilds: a list of the watched ones would need a new stream for each new one. */
    private static ObjectNode request() {
        ObjectNode request = Json.object().put("organization", true);
        request.putArray("resourceTypeFilters").addObject().put("resourceType", "RESOURCE_TYPE_PREBUILD");
        return request;
    }

    /**
     * Connects and reads, without blocking.
     *
     * @param listener the listener
     * @return completes when Gitpod has ended the stream in an orderly way; fails with a {@link GitpodException} if Gitpod
     *     offers no stream, it broke, or it is no stream of events, and with a {@link CancellationException} once this
     *     stream is closed
     */
    @NonNull
    public CompletionStage<Void> read(@NonNull Listener listener) {
        EventFormat worked = lastFormat.get();
        Attempt first = new Attempt(
                worked == null ? EventFormat.CONNECT : worked,
                worked != null,
                false,
                caller.endpoint().get(),
                false,
                false);
        http.executor().execute(() -> {
            try {
                send(first, listener);
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /**
     * One request.
     *
     * @param isProven whether this form has worked before
     * @param isLast whether no other form is left to try
     * @param isMoved whether another endpoint sent the stream here
     * @param isRepeated whether it is the same request once more
     */
    private record Attempt(
            EventFormat format,
            boolean isProven,
            boolean isLast,
            GitpodEndpoint endpoint,
            boolean isMoved,
            boolean isRepeated) {

        Attempt at(GitpodEndpoint other) {
            return new Attempt(format, isProven, isLast, other, true, false);
        }

        Attempt repeated() {
            return new Attempt(format, isProven, isLast, endpoint, isMoved, true);
        }
    }

    private void send(Attempt attempt, Listener listener) {
        StreamCall call;
        try {
            call = call(attempt);
        } catch (RuntimeException e) {
            // A host that OkHttp takes and the JDK does not, such as one with an underscore.
            IOException refused = new IOException(e.toString(), e);
            end.completeExceptionally(transport.failed(METHOD, CallWatch.at(false, false, 0), refused));
            return;
        }
        current = call;
        if (!end.isDone()) {
            Refusal refusal = new Refusal(caller.maxResponseBytes());
            call.send(head -> begin(attempt, head, refusal, listener))
                    .whenCompleteAsync(
                            (done, failure) -> finish(attempt, call, refusal, failure, listener), http.executor());
        }
    }

    private StreamCall call(Attempt attempt) {
        HttpRequest.Builder head = attempt.format()
                .head()
                .header("Authorization", caller.authorization())
                .header("User-Agent", caller.userAgent());
        URI uri = attempt.endpoint().method(SERVICE, METHOD).uri();
        return new StreamCall(http, uri, head, attempt.format().body(request()), connectLimit);
    }

    /** The head of the answer has arrived. */
    @CheckForNull
    private StreamBody.Sink begin(Attempt attempt, Response head, Refusal refusal, Listener listener)
            throws GitpodException {
        if (attempt.isMoved() && !OutgoingCall.isRedirect(head)) {
            caller.endpoint().set(attempt.endpoint());
        }
        if (next(attempt, head) != null) {
            return null;
        }
        if (!head.isSuccessful()) {
            return refusal;
        }
        EventFormat answered = EventFormat.of(head.body().contentType());
        if (answered == null) {
            throw transport.unreadable(METHOD, head, "not a stream of events by its content type");
        }
        String encoding = head.header("Content-Encoding");
        if (encoding != null && !encoding.equals("identity")) {
            throw transport.unreadable(METHOD, head, "compressed, though that was not asked for");
        }
        lastFormat.set(attempt.format());
        if (!end.isDone()) {
            listener.opened();
        }
        return new EventReader(EventMessages.of(answered), transport, METHOD, event -> {
            if (!end.isDone()) {
                listener.event(event);
            }
        });
    }

    /** The attempt that an answer calls for; null if there is none. */
    @CheckForNull
    private Attempt next(Attempt attempt, Response head) {
        GitpodEndpoint other = attempt.endpoint().otherPublicHost();
        if (!attempt.isMoved() && other != null && OutgoingCall.isMovedTo(other, head)) {
            return attempt.at(other);
        }
        if (!attempt.isLast() && isFormatUnknown(head.code(), attempt.isProven())) {
            return new Attempt(
                    attempt.format().other(), false, true, caller.endpoint().get(), false, false);
        }
        return null;
    }

    /** The status for it is 415; but a server that takes a frame for broken JSON says 400. */
    private static boolean isFormatUnknown(int status, boolean isProven) {
        return status == UNSUPPORTED_MEDIA_TYPE || !isProven && (status == BAD_REQUEST || status == NOT_ACCEPTABLE);
    }

    private void finish(
            Attempt attempt, StreamCall call, Refusal refusal, @Nullable Throwable failure, Listener listener) {
        if (end.isDone()) {
            return;
        }
        try {
            Response head = call.head();
            Attempt next = head == null ? null : next(attempt, head);
            if (next == null && failure != null && call.isLostBeforeAnswer() && isSecond(attempt)) {
                // The connection of the answer before was used again, and the server had closed it. After a first
                // attempt,
                // the next stream follows a little later.
                next = attempt.repeated();
            }
            if (next != null) {
                send(next, listener);
            } else if (failure != null) {
                throw failure(call, failure);
            } else if (head != null && !head.isSuccessful()) {
                throw transport.refused(METHOD, refusal.of(head));
            } else {
                end.complete(null);
            }
        } catch (GitpodException | IOException | RuntimeException | Error e) {
            end.completeExceptionally(e);
        }
    }

    private static boolean isSecond(Attempt attempt) {
        return (attempt.isLast() || attempt.isMoved()) && !attempt.isRepeated();
    }

    private GitpodException failure(StreamCall call, Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Response head = call.head();
        if (cause instanceof GitpodException known) {
            return known;
        }
        if (cause instanceof UnexpectedAnswerException && head != null) {
            return transport.unreadable(METHOD, head, cause.getMessage());
        }
        if (cause instanceof RuntimeException unexpected && !(cause instanceof CancellationException)) {
            throw unexpected;
        }
        if (cause instanceof Error unexpected) {
            throw unexpected;
        }
        return transport.failed(METHOD, call.watch(cause), call.failure(cause));
    }

    /** Ends the stream, from any thread and at any time; the listener hears no more of it. */
    @Override
    public void close() {
        end.cancel(false);
    }

    /** The body of an answer that is no stream: no more than the limit of it, and one byte. */
    private static final class Refusal implements StreamBody.Sink {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final long limit;

        Refusal(long limit) {
            this.limit = limit;
        }

        @Override
        public boolean accept(ByteBuffer part) {
            byte[] more = new byte[(int) Math.min(part.remaining(), limit + 1 - bytes.size())];
            part.get(more);
            bytes.writeBytes(more);
            return bytes.size() <= limit;
        }

        @Override
        public void end() {}

        Response of(Response head) {
            return head.newBuilder()
                    .body(ResponseBody.create(bytes.toByteArray(), head.body().contentType()))
                    .build();
        }
    }
}
