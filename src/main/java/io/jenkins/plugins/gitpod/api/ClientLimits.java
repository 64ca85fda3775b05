package io.jenkins.plugins.gitpod.api;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Duration;

/**
 * The limits of one call.
 *
 * @param connect the maximum time to connect, more than zero
 * @param read the maximum time without data from the server, more than zero
 * @param call the maximum time of the whole call, from name look-up to the last byte of the response, more than zero
 * @param maxResponseBytes the maximum size of the response in bytes after decompression, more than zero
 */
public record ClientLimits(
        @NonNull Duration connect,
        @NonNull Duration read,
        @NonNull Duration call,
        long maxResponseBytes) {

    private static final ClientLimits DEFAULTS =
            new ClientLimits(Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), 4L * 1024 * 1024);

    /**
     * Checks the limits: OkHttp treats zero as "no limit".
     *
     * @throws IllegalArgumentException if one is below a millisecond, or no byte may be read
     */
    public ClientLimits {
        if (connect.toMillis() <= 0 || read.toMillis() <= 0 || call.toMillis() <= 0 || maxResponseBytes <= 0) {
            throw new IllegalArgumentException("Every limit has to be more than zero");
        }
    }

    /**
     * The default limits.
     *
     * @return 10 s to connect, 20 s of silence, 30 s for the call, 4 MiB
     */
    @NonNull
    public static ClientLimits defaults() {
        return DEFAULTS;
    }
}
