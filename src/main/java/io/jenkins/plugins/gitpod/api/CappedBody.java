package io.jenkins.plugins.gitpod.api;

import java.io.IOException;
import java.util.Optional;
import okhttp3.ResponseBody;
import okio.BufferedSource;

/** Reads bodies that may have no end. */
final class CappedBody {

    private CappedBody() {}

    /** The decoded body; empty if it has more bytes than allowed, of which no more are read. */
    static Optional<byte[]> read(ResponseBody body, long limit) throws IOException {
        BufferedSource source = body.source();
        return source.request(limit + 1) ? Optional.empty() : Optional.of(source.readByteArray());
    }
}
