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
 * @param networkMillis how much simulated time each answer takes, in addition to what the machine needs for it
 * @param scale how many simulated seconds a real one has
 * @param window how many simulated seconds to look at, 0 for the whole lives
 */
record Case(Way way, int waits, int secrets, boolean stream, int limit, int networkMillis, double scale, int window) {

    static final int PROJECTS = 20;

    /** Who waits. */
    enum Way {
        PLUGIN,
        POLLER
    }

    static Case plugin(int waits, int secrets, boolean stream, double scale) {
        return new Case(Way.PLUGIN, waits, secrets, stream, 0, 0, scale, 0);
    }

    static Case poller(int waits, double scale) {
        return new Case(Way.POLLER, waits, 1, false, 0, 0, scale, 0);
    }

    Case withLimit(int callsPerSecond) {
        return new Case(way, waits, secrets, stream, callsPerSecond, networkMillis, scale, window);
    }

    Case withNetwork(int millis) {
        return new Case(way, waits, secrets, stream, limit, millis, scale, window);
    }

    Case withWindow(int seconds) {
        return new Case(way, waits, secrets, stream, limit, networkMillis, scale, seconds);
    }

    Case withScale(double factor) {
        return new Case(way, waits, secrets, stream, limit, networkMillis, factor, window);
    }

    /** How much of the machine it needs. */
    enum Load {
        /** So little that several such cases do not disturb each other. */
        LIGHT,
        /** Little, except for a few seconds when all its prebuilds are created, change or end. */
        IN_BURSTS,
        /** So much that no other case may run meanwhile. */
        HEAVY
    }

    Load load() {
        if (waits < 300 || limit > 0) {
            return Load.LIGHT;
        }
        return way == Way.PLUGIN && waits <= 1000 ? Load.IN_BURSTS : Load.HEAVY;
    }

    String toArguments(Instant start) {
        return String.join(
                ",",
                way.name(),
                String.valueOf(waits),
                String.valueOf(secrets),
                String.valueOf(stream),
                String.valueOf(limit),
                String.valueOf(networkMillis),
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
                Integer.parseInt(parts[5]),
                Double.parseDouble(parts[6]),
                Integer.parseInt(parts[7]));
    }

    static FastClock clock(String arguments) {
        String[] parts = arguments.split(",");
        return new FastClock(Instant.parse(parts[8]), Double.parseDouble(parts[6]));
    }
}
