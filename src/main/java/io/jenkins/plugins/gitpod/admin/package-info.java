/**
 * The administrators' list of open prebuilds. May use every package below; no package uses this one.
 */
package io.jenkins.plugins.gitpod.admin;
