/** What administrators configure: connections, and how a token is found. */
package io.jenkins.plugins.gitpod.config;
