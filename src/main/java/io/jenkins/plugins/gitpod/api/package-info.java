/**
 * Gitpod's HTTP interface: the client, its records and its errors. It knows nothing of Jenkins and uses no other package.
 * It decides nothing: what is retried, and when, is up to {@code engine}.
 */
package io.jenkins.plugins.gitpod.api;
