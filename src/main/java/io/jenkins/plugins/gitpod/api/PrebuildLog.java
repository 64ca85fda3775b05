package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;

/**
 * One read of a prebuild's log, from its first line. While the prebuild runs, the log is a stream that lasts as long as its
 * environment. The log's host is not the API's host, so only the log's own token is sent there, and no redirect is followed. To be
 * read once.
 */
public final class PrebuildLog implements AutoCloseable {

    /**
     * The limits of a read.
     *
     * @param silence the maximum time without data, more than zero; the read then ends with {@link End#SILENT}
     * @param lineLength the maximum number of bytes that are kept of a line, more than zero
     * @param bytes the maximum number of bytes to read, more than zero; the read then ends with {@link End#TOO_LONG}
     */
    public record Limits(@NonNull Duration silence, int lineLength, long bytes) {

        /** @throws IllegalArgumentException if a limit is not more than zero */
        public Limits {
            if (silence.toMillis() <= 0 || lineLength <= 0 || bytes <= 0) {
                throw new IllegalArgumentException("Every limit has to be more than zero");
            }
        }
    }

    /** How a read ended. */
    public enum End {
        /** The host ended the stream: this is all of the log. */
        COMPLETE,
        /** The reader wanted no more lines. */
        ENOUGH,
        /** Nothing was sent for a while. */
        SILENT,
        /** The log has more bytes than allowed. */
        TOO_LONG
    }

    /** Receives the lines, on the thread that reads. */
    @FunctionalInterface
    public interface Lines {

        /**
         * Called for each line.
         *
         * @param line the line as it was sent, without its end, cut if it is too long
         * @return whether more lines are wanted
         */
        boolean line(@NonNull String line);
    }

    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Call call;
    private final Limits limits;

    /**
     * Makes a read. No call is made yet.
     *
     * @param safe a {@link SafeClient} of the API's endpoint
     * @throws LogFailure if the URL is none to which a token may be sent
     */
    PrebuildLog(
            OkHttpClient safe, GitpodEndpoint endpoint, String userAgent, String logUrl, LogsToken token, Limits limits)
            throws LogFailure {
        this.limits = limits;
        OkHttpClient client = safe.newBuilder()
                .retryOnConnectionFailure(false)
                .callTimeout(Duration.ZERO)
                .readTimeout(limits.silence())
                .build();
        call = client.newCall(new Request.Builder()
                .url(checked(logUrl, endpoint))
                .tag(CallWatch.class, new CallWatch())
                .header("Authorization", "Bearer " + token.text())
                .header("User-Agent", userAgent)
                .header("Accept", "text/plain")
                .header("Accept-Encoding", "identity")
                .build());
    }

    private static HttpUrl checked(String logUrl, GitpodEndpoint endpoint) throws LogFailure {
        HttpUrl url = HttpUrl.parse(logUrl);
        if (url == null) {
            throw new LogFailure(LogFailure.Kind.UNREADABLE, "the log's URL cannot be read");
        }
        boolean isLocal = endpoint.isLoopback() && GitpodEndpoint.isLoopback(url.host());
        if (!url.isHttps() && !isLocal) {
            throw new LogFailure(LogFailure.Kind.UNREADABLE, "the log's URL is not https");
        }
        return url;
    }

    /**
     * Connects and reads until the log ends or a limit is reached.
     *
     * @param lines the receiver of the lines
     * @return how the read ended
     * @throws LogFailure if there is no log, or the connection broke or was closed
     */
    @NonNull
    public End read(@NonNull Lines lines) throws LogFailure {
        try (Response response = call.execute()) {
            check(response);
            return new LineReader(response.body().source(), limits).read(lines);
        } catch (SocketTimeoutException e) {
            throw new LogFailure(LogFailure.Kind.TEMPORARY, "the log's host did not respond in time");
        } catch (IOException | RuntimeException e) {
            // The message may contain the URL, and the URL anything.
            throw new LogFailure(
                    LogFailure.Kind.TEMPORARY,
                    "the log's host " + call.request().url().host() + " could not be read ("
                            + e.getClass().getSimpleName() + ")");
        }
    }

    private static void check(Response response) throws LogFailure {
        LogFailure.Kind kind = failure(response.code());
        if (kind != null) {
            throw new LogFailure(kind, "the log's host responded with HTTP status " + response.code());
        }
        MediaType type = response.body().contentType();
        if (type != null && type.subtype().contains("html")) {
            throw new LogFailure(LogFailure.Kind.UNREADABLE, "the log's host responded with an HTML page");
        }
    }

    @CheckForNull
    private static LogFailure.Kind failure(int status) {
        if (status >= SERVER_ERROR) {
            return LogFailure.Kind.TEMPORARY;
        }
        return switch (status) {
            case HttpURLConnection.HTTP_OK -> null;
            case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_GONE -> LogFailure.Kind.NOT_THERE;
            case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN -> LogFailure.Kind.REFUSED;
            case HttpURLConnection.HTTP_CLIENT_TIMEOUT, TOO_MANY_REQUESTS -> LogFailure.Kind.TEMPORARY;
            default -> LogFailure.Kind.UNREADABLE;
        };
    }

    /** Ends the read, from any thread and at any time. */
    @Override
    public void close() {
        call.cancel();
    }

    /** Splits the bytes of a log into lines, and keeps no more of a line than allowed. */
    private static final class LineReader {

        private static final int LINE_FEED = '\n';
        private static final int CARRIAGE_RETURN = '\r';
        private static final String CUT = "…";

        private final BufferedSource source;
        private final Limits limits;
        private final Buffer line = new Buffer();
        private long bytes;
        private boolean cut;

        LineReader(BufferedSource source, Limits limits) {
            this.source = source;
            this.limits = limits;
        }

        End read(Lines lines) throws IOException {
            while (true) {
                int next;
                try {
                    if (source.exhausted()) {
                        return line.size() == 0 || lines.line(take()) ? End.COMPLETE : End.ENOUGH;
                    }
                    next = source.readByte();
                } catch (SocketTimeoutException e) {
                    return line.size() == 0 || lines.line(take()) ? End.SILENT : End.ENOUGH;
                }
                if (++bytes > limits.bytes()) {
                    return End.TOO_LONG;
                }
                if (next == LINE_FEED) {
                    if (!lines.line(take())) {
                        return End.ENOUGH;
                    }
                } else if (line.size() < limits.lineLength()) {
                    line.writeByte(next);
                } else {
                    cut |= next != CARRIAGE_RETURN;
                }
            }
        }

        /** The line so far, which begins anew. */
        private String take() {
            String text = line.readString(StandardCharsets.UTF_8);
            if (text.endsWith("\r")) {
                text = text.substring(0, text.length() - 1);
            }
            if (cut) {
                cut = false;
                return text + CUT;
            }
            return text;
        }
    }
}
