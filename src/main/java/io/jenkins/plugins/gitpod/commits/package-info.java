/**
 * Prebuilds after commits without a step: the job property, the branch property, and the listener that sees checkouts. It
 * also reads what the SCM plugins know of a job's source. May use every package below; no package uses this one.
 */
package io.jenkins.plugins.gitpod.commits;
