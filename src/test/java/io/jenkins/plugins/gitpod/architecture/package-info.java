/** Proves which way the arrows between the packages point. */
package io.jenkins.plugins.gitpod.architecture;
