/**
 * The options of a request, one class for the step, the build step and the job property, and the checks of their form. May
 * use {@code config} and the packages below it.
 */
package io.jenkins.plugins.gitpod.options;
