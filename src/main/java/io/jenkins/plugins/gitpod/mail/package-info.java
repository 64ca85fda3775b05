/**
 * Mails about failed automatic prebuilds, by the Mailer plugin if that is installed. Hears of prebuilds as a listener, like one
 * of another plugin.
 */
package io.jenkins.plugins.gitpod.mail;
