package io.jenkins.plugins.gitpod.benchmark;

import java.time.Instant;

/**
 * One thing to measure.
 *
 * @param way who waits
 * @param waits how many waits begin together
 * @param secrets over how many secrets they are spread
 * @param stream whether Gitpod offers event streams
 * @param limit how many calls Gitpod lets through in a second, 0 for all
 * @param scale how many simulated seconds a real one has
 * @param window how many simulated seconds to look at, 0 for the whole lives
 */
record Case(Way way, int waits, int secrets, boolean stream, int limit, double scale, int window) {

    static final int PROJECTS = 20;

    /** Who waits. */
    enum Way {
        PLUGIN,
        POLLER
    }

    String toArguments(Instant start) {
        return String.join(
                ",",
                way.name(),
                String.valueOf(waits),
                String.valueOf(secrets),
                String.valueOf(stream),
                String.valueOf(limit),
                String.valueOf(scale),
                String.valueOf(window),
                start.toString());
    }

    static Case of(String arguments) {
        String[] parts = arguments.split(",");
        return new Case(
                Way.valueOf(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Boolean.parseBoolean(parts[3]),
                Integer.parseInt(parts[4]),
                Double.parseDouble(parts[5]),
                Integer.parseInt(parts[6]));
    }

    static FastClock clock(String arguments) {
        String[] parts = arguments.split(",");
        return new FastClock(Instant.parse(parts[7]), Double.parseDouble(parts[5]));
    }
}
