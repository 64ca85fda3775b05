/**
 * What a build is of and has checked out: the commit, its branch, the repository's URL in its different forms, and the changed
 * paths. It is read from the build and the SCM plugins when somebody asks. Uses {@code api} at most.
 */
package io.jenkins.plugins.gitpod.checkout;
