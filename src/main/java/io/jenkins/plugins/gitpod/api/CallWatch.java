package io.jenkins.plugins.gitpod.api;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.Objects;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;

/** Records the progress of a call. OkHttp may connect on several threads. */
final class CallWatch extends EventListener {

    private volatile boolean sending;
    private volatile boolean atProxy;
    private volatile int status;

    static CallWatch of(Request request) {
        return Objects.requireNonNull(request.tag(CallWatch.class));
    }

    /** How far a request of another client than OkHttp got. */
    static CallWatch at(boolean sending, boolean atProxy, int status) {
        CallWatch watch = new CallWatch();
        watch.sending = sending;
        watch.atProxy = atProxy;
        watch.status = status;
        return watch;
    }

    /** Whether a first byte of the request may have left. */
    boolean sending() {
        return sending;
    }

    /** Whether the last attempt was to connect through a proxy. */
    boolean atProxy() {
        return atProxy;
    }

    /** The HTTP status that arrived, 0 if none. */
    int status() {
        return status;
    }

    @Override
    public void dnsStart(Call call, String domainName) {
        atProxy = !domainName.equals(call.request().url().host());
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        atProxy = proxy.type() != Proxy.Type.DIRECT;
    }

    @Override
    public void secureConnectStart(Call call) {
        atProxy = false; // the tunnel is open
    }

    @Override
    public void requestHeadersStart(Call call) {
        sending = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        status = response.code();
    }
}
