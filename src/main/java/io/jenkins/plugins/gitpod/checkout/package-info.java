/**
 * What a build has checked out: the commit, its branch, the repository's URL in its different forms, and the changed paths.
 * Plain data. Uses {@code api} at most.
 */
package io.jenkins.plugins.gitpod.checkout;
