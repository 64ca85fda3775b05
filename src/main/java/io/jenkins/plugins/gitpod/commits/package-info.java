/**
 * Prebuilds after commits without a step: the job property, the branch property, and the listener for checkouts. May
 * use every package below; no package uses this one.
 */
package io.jenkins.plugins.gitpod.commits;
