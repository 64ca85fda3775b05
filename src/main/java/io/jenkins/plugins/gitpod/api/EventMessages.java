package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Splits an event stream into messages, from parts as they arrive: a part may end anywhere. */
abstract sealed class EventMessages {

    /** The maximum length of a message in bytes; an event has about 150. */
    static final int MAX_MESSAGE = 64 * 1024;

    private EventMessages() {}

    static EventMessages of(EventFormat format) {
        return switch (format) {
            case CONNECT -> new Frames();
            case LINES -> new Lines();
        };
    }

    /**
     * The next message.
     *
     * @param part the bytes that have arrived; those of this message are taken out
     * @return the message, perhaps blank; empty if it is not complete yet, or the stream {@linkplain #isEnded() has ended}
     * @throws UnexpectedAnswerException if this is not the stream that it claims to be
     */
    abstract Optional<byte[]> next(ByteBuffer part) throws UnexpectedAnswerException;

    /**
     * What is left when the connection has ended in an orderly way.
     *
     * @return the last message; empty if there is no more
     * @throws EOFException if the stream was cut
     */
    abstract Optional<byte[]> last() throws EOFException;

    /** Whether a message has said that it was the last one. */
    boolean isEnded() {
        return false;
    }

    /** The Connect error that ended the stream, or null if there was none. */
    @CheckForNull
    JsonNode error() {
        return null;
    }

    /** JSON lines; the last one may lack its line end. */
    private static final class Lines extends EventMessages {

        private ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        Optional<byte[]> next(ByteBuffer part) throws UnexpectedAnswerException {
            while (part.hasRemaining()) {
                byte next = part.get();
                if (next == '\n') {
                    return Optional.of(take());
                }
                if (line.size() == MAX_MESSAGE) {
                    throw new UnexpectedAnswerException("a line of more than " + MAX_MESSAGE + " bytes");
                }
                line.write(next);
            }
            return Optional.empty();
        }

        @Override
        Optional<byte[]> last() {
            return line.size() == 0 ? Optional.empty() : Optional.of(take());
        }

        private byte[] take() {
            byte[] message = line.toByteArray();
            line = new ByteArrayOutputStream();
            return message;
        }
    }

    /** The frames of Connect streaming. */
    private static final class Frames extends EventMessages {

        private static final int COMPRESSED = 1;
        private static final int END = 2;

        /** A byte of flags and four of the message's length. */
        private final ByteBuffer head = ByteBuffer.allocate(5);

        /** The message of the present frame, as far as it has arrived; null while its head has not. */
        @CheckForNull
        private ByteBuffer message;

        private boolean ended;

        @CheckForNull
        private JsonNode error;

        @Override
        Optional<byte[]> next(ByteBuffer part) throws UnexpectedAnswerException {
            while (!ended && part.hasRemaining()) {
                if (message == null) {
                    readHead(part.get());
                }
                ByteBuffer open = message;
                if (open != null) {
                    int length = Math.min(open.remaining(), part.remaining());
                    open.put(part.slice(part.position(), length));
                    part.position(part.position() + length);
                    if (!open.hasRemaining()) {
                        return complete(open.array());
                    }
                }
            }
            return Optional.empty();
        }

        private void readHead(byte next) throws UnexpectedAnswerException {
            head.put(next);
            int flags = head.get(0) & 0xff;
            if ((flags & COMPRESSED) != 0) {
                throw new UnexpectedAnswerException("a compressed frame, though no compression was offered");
            }
            if ((flags & ~END) != 0) {
                throw new UnexpectedAnswerException("a frame with the unknown flags " + flags);
            }
            if (!head.hasRemaining()) {
                long length = head.getInt(1) & 0xffff_ffffL;
                if (length > MAX_MESSAGE) {
                    throw new UnexpectedAnswerException("a frame of " + length + " bytes");
                }
                message = ByteBuffer.allocate((int) length);
                head.clear();
            }
        }

        private Optional<byte[]> complete(byte[] complete) throws UnexpectedAnswerException {
            message = null;
            ended = (head.get(0) & END) != 0;
            if (!ended) {
                return Optional.of(complete);
            }
            if (!new String(complete, StandardCharsets.UTF_8).isBlank()) {
                JsonNode end = Json.object(Json.parse(complete), "error");
                error = end.isMissingNode() ? null : end;
            }
            return Optional.empty();
        }

        @Override
        Optional<byte[]> last() throws EOFException {
            throw new EOFException("the stream was cut: no end frame");
        }

        @Override
        boolean isEnded() {
            return ended;
        }

        @CheckForNull
        @Override
        JsonNode error() {
            return error;
        }
    }
}
