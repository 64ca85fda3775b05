package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One call of a method, to be executed once. Gitpod's public service has two hosts, and one of them may answer that the
 * method is at the other one (307 or 308, https, the same path). The call is then sent once more, to that other host,
 * and later calls of the client go there at once. No other redirect is followed, and no second one. This is safe for
 * CreatePrebuild too: a server that redirects a call has not carried it out.
 */
final class OutgoingCall {

    private static final int TEMPORARY_REDIRECT = 307;
    private static final int PERMANENT_REDIRECT = 308;

    private final OkHttpClient client;
    private final AtomicReference<GitpodEndpoint> endpointInUse;
    private final Function<GitpodEndpoint, Request.Builder> request;

    private CallWatch watch = new CallWatch();
    private boolean cancelled;

    @CheckForNull
    private Call current;

    /**
     * Makes a call.
     *
     * @param endpointInUse where the client's calls go at present
     * @param request makes the request, without a {@link CallWatch}, for an endpoint
     */
    OutgoingCall(
            OkHttpClient client,
            AtomicReference<GitpodEndpoint> endpointInUse,
            Function<GitpodEndpoint, Request.Builder> request) {
        this.client = client;
        this.endpointInUse = endpointInUse;
        this.request = request;
    }

    /** How far the last request of this call got. */
    synchronized CallWatch watch() {
        return watch;
    }

    /** Ends the call, from any thread and at any time. */
    synchronized void cancel() {
        cancelled = true;
        if (current != null) {
            current.cancel();
        }
    }

    /** The answer, to be closed by the caller. */
    Response execute() throws IOException {
        GitpodEndpoint endpoint = endpointInUse.get();
        Response response = execute(next(endpoint));
        GitpodEndpoint other = endpoint.otherPublicHost();
        if (other == null || !isMovedTo(other, response)) {
            return response;
        }
        response.close();
        Response second = execute(next(other));
        if (!isRedirect(second)) {
            endpointInUse.set(other);
        }
        return second;
    }

    static boolean isMovedTo(GitpodEndpoint other, Response response) {
        String location = response.header("Location");
        if (!isRedirect(response) || location == null) {
            return false;
        }
        HttpUrl asked = response.request().url();
        // The whole URL is compared, so that path, port, user name, query and fragment cannot differ.
        return asked.newBuilder().host(other.host()).build().equals(asked.resolve(location));
    }

    static boolean isRedirect(Response response) {
        return response.code() == TEMPORARY_REDIRECT || response.code() == PERMANENT_REDIRECT;
    }

    private synchronized Call next(GitpodEndpoint endpoint) {
        watch = new CallWatch();
        current = client.newCall(
                request.apply(endpoint).tag(CallWatch.class, watch).build());
        if (cancelled) {
            current.cancel();
        }
        return current;
    }

    private static Response execute(Call call) throws IOException {
        try {
            return call.execute();
        } catch (IOException e) {
            throw e;
        } catch (RuntimeException e) {
            // For example from a proxy selector. The failure still has to say how far the request got.
            throw new IOException(e.toString(), e);
        } catch (Exception e) {
            // OkHttp, being Kotlin, lets out an InterruptedException that it does not declare.
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }
}
