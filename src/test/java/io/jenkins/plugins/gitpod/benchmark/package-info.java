/**
 * What waiting costs: this plugin's way and a thread for each build that polls, over HTTP against the simulator, in
 * accelerated time. {@code bin/benchmark} runs it; {@code docs/performance.md} explains it.
 */
package io.jenkins.plugins.gitpod.benchmark;
