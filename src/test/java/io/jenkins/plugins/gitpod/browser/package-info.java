/** A run in a real Chromium, by its own profile; see {@code BrowserRun}. */
package io.jenkins.plugins.gitpod.browser;
