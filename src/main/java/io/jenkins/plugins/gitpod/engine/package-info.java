/**
 * One prebuild's life: create, watch, cancel, look up; the retry policy and the shared watchers. Knows nothing of
 * Jenkins. It speaks in typed {@linkplain io.jenkins.plugins.gitpod.engine.Update updates} and
 * {@linkplain io.jenkins.plugins.gitpod.engine.Outcome outcomes}; texts for people are made above.
 *
 * <p>Everything that happens to a request is an event to its one {@code PrebuildMachine}. Clock, timers and threads come
 * from {@link io.jenkins.plugins.gitpod.engine.EngineRuntime}, so that tests run in simulated time.
 */
package io.jenkins.plugins.gitpod.engine;
