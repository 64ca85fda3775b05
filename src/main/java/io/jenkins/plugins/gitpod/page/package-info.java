/**
 * What people see of prebuilds: the build's card, timeline and badge, the job's page, and the column of list views. Answers
 * come from records and from memory, never from Gitpod. May use {@code request} and the packages below it.
 */
package io.jenkins.plugins.gitpod.page;
