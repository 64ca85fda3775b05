/**
 * Checks of commits on the SCM hosting service, by the Checks API plugin if that is installed. Hears of prebuilds as a listener,
 * like one of another plugin.
 */
package io.jenkins.plugins.gitpod.checks;
