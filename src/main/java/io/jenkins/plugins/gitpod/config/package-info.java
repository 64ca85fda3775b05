/**
 * What administrators configure: connections and their credentials, the look-ups that use them, and what the form checks.
 * May use {@code engine} and {@code api}.
 */
package io.jenkins.plugins.gitpod.config;
