package io.jenkins.plugins.gitpod.benchmark;

/** A way to wait for many prebuilds. */
interface Waiters extends AutoCloseable {

    /** Begins all waits. */
    void begin(Waits waits) throws Exception;

    @Override
    void close();
}
