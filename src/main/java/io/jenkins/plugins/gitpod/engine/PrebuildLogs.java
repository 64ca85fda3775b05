package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.api.BearerToken;
import io.jenkins.plugins.gitpod.api.ClientLimits;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.LogFailure;
import io.jenkins.plugins.gitpod.api.PrebuildLog;
import java.time.Duration;

/**
 * Reads logs of prebuilds, a limited number at a time; further reads wait. A log is only informative, so no failure here affects a
 * prebuild or a build.
 */
public final class PrebuildLogs {

    /** A connection that sends nothing for this long is opened again. */
    private static final Duration SILENCE = Duration.ofMinutes(2);

    private static final int MAX_LINE_BYTES = 2_000;
    private static final long MAX_BYTES = 32L * 1024 * 1024;

    private final EngineRuntime runtime;
    private final ClientFactory clients;
    private final ClientLimits limits;

    public PrebuildLogs(@NonNull EngineRuntime runtime, @NonNull ClientFactory clients, @NonNull ClientLimits limits) {
        this.runtime = runtime;
        this.clients = clients;
        this.limits = limits;
    }

    /** A read in progress. All methods return at once and may be called by any thread. */
    public interface Reading {

        /** The prebuild has ended: the rest of the log is read for some seconds, then the read ends. */
        void finish();

        /** Ends the read now. */
        void stop();
    }

    /**
     * The log of one prebuild.
     *
     * @param logUrl {@link io.jenkins.plugins.gitpod.api.Prebuild.Status#logUrl()}
     */
    public record Source(
            @NonNull Connection connection,
            @NonNull TokenSource tokens,
            @NonNull String prebuildId,
            @NonNull String logUrl) {}

    /**
     * Reads a log while the prebuild runs. After a lost connection, the log is read again and lines that were told are skipped.
     *
     * @param skip how many lines at the beginning are known already
     */
    @NonNull
    public Reading follow(@NonNull Source source, long skip, @NonNull LogSink sink) {
        LogReading reading = new LogReading(runtime, WorkQueue.LOG, WorkQueue.LOG_REST, () -> open(source), skip, sink);
        reading.start();
        return reading;
    }

    /** Reads for some seconds what the log of a prebuild has now, whether the prebuild has ended or not. */
    @NonNull
    public Reading read(
            @NonNull Connection connection,
            @NonNull TokenSource tokens,
            @NonNull String prebuildId,
            @NonNull LogSink sink) {
        LogReading.Opener opener = () -> open(source(connection, tokens.token(), prebuildId));
        LogReading reading = new LogReading(runtime, WorkQueue.LOG_PAGE, WorkQueue.LOG_PAGE, opener, 0, sink);
        reading.start();
        reading.finish();
        return reading;
    }

    private Source source(Connection connection, BearerToken token, String prebuildId)
            throws GitpodException, LogFailure {
        String logUrl = clients.client(connection.endpoint(), token, limits)
                .getPrebuild(prebuildId)
                .status()
                .logUrl();
        if (logUrl == null) {
            throw LogFailure.noLog();
        }
        return new Source(connection, () -> token, prebuildId, logUrl);
    }

    private LogReading.Read open(Source source) throws TokenUnavailableException, GitpodException, LogFailure {
        GitpodClient client =
                clients.client(source.connection().endpoint(), source.tokens().token(), limits);
        return new OpenLog(client.prebuildLog(
                source.logUrl(),
                client.createPrebuildLogsToken(source.prebuildId()),
                new PrebuildLog.Limits(SILENCE, MAX_LINE_BYTES, MAX_BYTES)));
    }

    private record OpenLog(PrebuildLog log) implements LogReading.Read {

        @Override
        public PrebuildLog.End read(PrebuildLog.Lines lines) throws LogFailure {
            return log.read(lines);
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
