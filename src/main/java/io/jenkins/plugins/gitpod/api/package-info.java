/**
 * Gitpod's HTTP interface: the client, its records and its errors. Knows nothing of Jenkins and decides nothing:
 * what is tried again, and when, is the engine's business.
 */
package io.jenkins.plugins.gitpod.api;
