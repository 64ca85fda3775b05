package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Reads the body of an answer as it arrives. It takes one part at a time, so no more than that is buffered. */
final class StreamBody implements HttpResponse.BodySubscriber<Void> {

    /** What becomes of the body. An exception ends the read. */
    interface Sink {

        /**
         * Takes the next part of the body. Must not block.
         *
         * @return whether more is wanted
         */
        boolean accept(ByteBuffer part) throws Exception;

        /** The body has ended in an orderly way. */
        void end() throws Exception;
    }

    private final Sink sink;
    private final Runnable onPart;
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @CheckForNull
    private volatile Flow.Subscription subscription;

    /** @param onPart is run for each part that has arrived */
    StreamBody(Sink sink, Runnable onPart) {
        this.sink = sink;
        this.onPart = onPart;
    }

    /**
     * Reads nothing and closes the connection.
     *
     * @param failure why; null if the body is not needed
     */
    static StreamBody unread(@Nullable Throwable failure) {
        StreamBody body = new StreamBody(new Nothing(), () -> {});
        body.finish(failure);
        return body;
    }

    /** Ends the read and closes the connection, from any thread. */
    void cancel() {
        finish(new CancellationException());
    }

    private void finish(@Nullable Throwable failure) {
        if (failure == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(failure);
        }
        Flow.Subscription open = subscription;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public CompletionStage<Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription opened) {
        subscription = opened;
        if (end.isDone()) {
            opened.cancel();
        } else {
            opened.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        onPart.run();
        try {
            for (ByteBuffer part : parts) {
                if (end.isDone() || !sink.accept(part)) {
                    finish(null);
                    return;
                }
            }
        } catch (Exception | Error e) {
            finish(e);
            return;
        }
        Flow.Subscription open = subscription;
        if (open != null) {
            open.request(1);
        }
    }

    @Override
    public void onError(Throwable e) {
        end.completeExceptionally(e);
    }

    @Override
    public void onComplete() {
        try {
            if (!end.isDone()) {
                sink.end();
            }
            end.complete(null);
        } catch (Exception | Error e) {
            end.completeExceptionally(e);
        }
    }

    private static final class Nothing implements Sink {

        @Override
        public boolean accept(ByteBuffer part) {
            return false;
        }

        @Override
        public void end() {}
    }
}
