package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;

/**
 * Reads a {@code google.rpc.RetryInfo} message, {@code {1: Duration {1: int64 seconds, 2: int32 nanos}}}, without a
 * protobuf library.
 */
final class RetryInfo {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private RetryInfo() {}

    /**
     * The delay of a message.
     *
     * @param base64 the message, padded or not
     * @return the delay, null if there is none or the message is garbage
     */
    @CheckForNull
    static Duration delay(String base64) {
        try {
            return retryInfo(ByteBuffer.wrap(Base64.getDecoder().decode(base64)));
        } catch (IllegalArgumentException | ArithmeticException | BufferUnderflowException e) {
            return null;
        }
    }

    private static Duration retryInfo(ByteBuffer message) {
        Duration delay = null;
        while (message.hasRemaining()) {
            long tag = varint(message);
            if (tag == (1 << 3 | LENGTH_DELIMITED)) {
                delay = duration(bytes(message));
            } else {
                skip(message, tag);
            }
        }
        return delay;
    }

    private static Duration duration(ByteBuffer message) {
        long seconds = 0;
        long nanos = 0;
        while (message.hasRemaining()) {
            long tag = varint(message);
            if (tag == (1 << 3 | VARINT)) {
                seconds = varint(message);
            } else if (tag == (2 << 3 | VARINT)) {
                nanos = varint(message);
            } else {
                skip(message, tag);
            }
        }
        Duration duration = Duration.ofSeconds(seconds, nanos);
        return duration.isNegative() ? null : duration;
    }

    private static void skip(ByteBuffer message, long tag) {
        switch ((int) (tag & 7)) {
            case VARINT -> varint(message);
            case FIXED64 -> message.getLong();
            case LENGTH_DELIMITED -> bytes(message);
            case FIXED32 -> message.getInt();
            default -> throw new IllegalArgumentException("No such wire type");
        }
    }

    private static ByteBuffer bytes(ByteBuffer message) {
        long length = varint(message);
        if (length < 0 || length > message.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = message.slice(message.position(), (int) length);
        message.position(message.position() + (int) length);
        return slice;
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = message.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("A varint has at most ten bytes");
    }
}
