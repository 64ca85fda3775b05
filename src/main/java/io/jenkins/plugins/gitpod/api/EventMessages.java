package io.jenkins.plugins.gitpod.api;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import okio.BufferedSource;

/** Splits an event stream into messages. */
abstract sealed class EventMessages {

    /** The maximum length of a message in bytes; an event has about 150. */
    static final int MAX_MESSAGE = 64 * 1024;

    final BufferedSource source;

    private EventMessages(BufferedSource source) {
        this.source = source;
    }

    static EventMessages of(EventFormat format, BufferedSource source) {
        return switch (format) {
            case CONNECT -> new Frames(source);
            case LINES -> new Lines(source);
        };
    }

    /**
     * The next message.
     *
     * @return its bytes, perhaps blank; empty when the stream has ended in an orderly way
     * @throws IOException if the connection broke
     * @throws UnexpectedAnswerException if this is not the stream that it claims to be
     */
    abstract Optional<byte[]> next() throws IOException, UnexpectedAnswerException;

    /** The Connect error that ended the stream, or null if there was none. */
    @CheckForNull
    JsonNode error() {
        return null;
    }

    /** JSON lines; the last one may lack its line end. */
    private static final class Lines extends EventMessages {

        Lines(BufferedSource source) {
            super(source);
        }

        @Override
        Optional<byte[]> next() throws IOException, UnexpectedAnswerException {
            if (source.exhausted()) {
                return Optional.empty();
            }
            long end = source.indexOf((byte) '\n', 0, MAX_MESSAGE);
            if (end >= 0) {
                return Optional.of(source.readByteArray(end + 1));
            }
            if (source.request(MAX_MESSAGE)) {
                throw new UnexpectedAnswerException("a line of more than " + MAX_MESSAGE + " bytes");
            }
            return Optional.of(source.readByteArray());
        }
    }

    /** The frames of Connect streaming. */
    private static final class Frames extends EventMessages {

        private static final int COMPRESSED = 1;
        private static final int END = 2;

        @CheckForNull
        private JsonNode error;

        Frames(BufferedSource source) {
            super(source);
        }

        @Override
        Optional<byte[]> next() throws IOException, UnexpectedAnswerException {
            if (source.exhausted()) {
                throw new EOFException("the stream was cut: no end frame");
            }
            int flags = source.readByte() & 0xff;
            if ((flags & COMPRESSED) != 0) {
                throw new UnexpectedAnswerException("a compressed frame, though no compression was offered");
            }
            if ((flags & ~END) != 0) {
                throw new UnexpectedAnswerException("a frame with the unknown flags " + flags);
            }
            long length = source.readInt() & 0xffff_ffffL;
            if (length > MAX_MESSAGE) {
                throw new UnexpectedAnswerException("a frame of " + length + " bytes");
            }
            byte[] message = source.readByteArray(length);
            if ((flags & END) == 0) {
                return Optional.of(message);
            }
            readEnd(message);
            return Optional.empty();
        }

        private void readEnd(byte[] message) throws UnexpectedAnswerException {
            if (!new String(message, StandardCharsets.UTF_8).isBlank()) {
                JsonNode end = Json.object(Json.parse(message), "error");
                error = end.isMissingNode() ? null : end;
            }
        }

        @Override
        JsonNode error() {
            return error;
        }
    }
}
