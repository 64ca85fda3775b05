/**
 * The freestyle build step, its wait on the executor, and the variables that later steps see. May use every package below;
 * no package uses this one.
 */
package io.jenkins.plugins.gitpod.freestyle;
