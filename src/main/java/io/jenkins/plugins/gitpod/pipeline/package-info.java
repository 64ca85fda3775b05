/** The {@code gitpodPrebuild} step and its execution. */
package io.jenkins.plugins.gitpod.pipeline;
