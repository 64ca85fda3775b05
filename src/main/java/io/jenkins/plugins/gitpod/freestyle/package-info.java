/** The freestyle build step, also for matrix builds. */
package io.jenkins.plugins.gitpod.freestyle;
