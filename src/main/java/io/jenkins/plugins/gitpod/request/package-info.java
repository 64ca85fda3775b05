/**
 * Open requests: starting and stopping the engine inside Jenkins, the entry point for steps, the builds that share a
 * prebuild, and what is recorded with builds. It carries out what {@code decision} decides. May use every package below.
 */
package io.jenkins.plugins.gitpod.request;
