/** What many waits cost in a real Jenkins: {@code bin/benchmark --jenkins}. */
package io.jenkins.plugins.gitpod.scale;
