package io.jenkins.plugins.gitpod.api;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/** A request's JSON. */
final class JsonBody extends RequestBody {

    private static final MediaType JSON = MediaType.get("application/json");

    private final byte[] json;
    private final boolean once;

    /**
     * Makes a body.
     *
     * @param once whether OkHttp must not send it again, whatever happens
     */
    JsonBody(byte[] json, boolean once) {
        this.json = json.clone();
        this.once = once;
    }

    @Override
    public MediaType contentType() {
        return JSON;
    }

    @Override
    public long contentLength() {
        return json.length;
    }

    @Override
    public boolean isOneShot() {
        return once;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        sink.write(json);
    }
}
