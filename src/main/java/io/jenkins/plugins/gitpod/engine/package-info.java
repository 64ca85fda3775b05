/**
 * One prebuild's life: create, watch, cancel, look up; the retry policy and the shared watchers. It knows nothing of
 * Jenkins and uses only {@code api}. It reports typed {@linkplain io.jenkins.plugins.gitpod.engine.Update updates} and
 * {@linkplain io.jenkins.plugins.gitpod.engine.Outcome outcomes}; the packages above turn them into text.
 *
 * <p>Everything that happens to a request is an event for its one {@code PrebuildMachine}. Clock, timers and threads come
 * from {@link io.jenkins.plugins.gitpod.engine.EngineRuntime}, so tests run in simulated time.
 */
package io.jenkins.plugins.gitpod.engine;
