/**
 * Whether a prebuild is created for a request: gathering the facts, the rules, and the queue of requests that are not
 * decided yet. A decision is data; {@code request} carries it out. May use {@code store} and the packages below it.
 */
package io.jenkins.plugins.gitpod.decision;
