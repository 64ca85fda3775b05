/**
 * Events that end or move the owner of a request without its knowledge: builds that are killed or deleted, steps that are ended,
 * jobs that are renamed, moved or deleted, and builds that do not come back after a restart. Each class listens to Jenkins
 * and tells {@code request}. May use every package below; no package uses this one.
 */
package io.jenkins.plugins.gitpod.lifecycle;
