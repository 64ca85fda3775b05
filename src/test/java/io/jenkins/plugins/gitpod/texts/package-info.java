/** The texts that people read in Jenkins, and their translations. */
package io.jenkins.plugins.gitpod.texts;
