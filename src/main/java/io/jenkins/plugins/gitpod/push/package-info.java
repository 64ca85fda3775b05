/** Prebuilds for new commits by themselves: a job's property, and what watches checkouts. */
package io.jenkins.plugins.gitpod.push;
