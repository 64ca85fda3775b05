/**
 * The {@code gitpodPrebuild} pipeline step and its execution. What belongs here: reading the step's options, starting a
 * request, and completing the step. May use every package below; no package uses this one.
 */
package io.jenkins.plugins.gitpod.pipeline;
