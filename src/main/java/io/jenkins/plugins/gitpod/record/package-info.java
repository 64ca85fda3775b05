/**
 * What Jenkins shows and saves about a prebuild: the build's action, record and result, the texts about a prebuild, and what
 * the end of a prebuild means for a build. Plain data, saved in {@code build.xml}. May use {@code options} and the packages
 * below it.
 */
package io.jenkins.plugins.gitpod.record;
