/**
 * Files that must survive a crash: the ledger of open requests, the history of commits, and commits that wait for a
 * decision. May use {@code record} and the packages below it.
 */
package io.jenkins.plugins.gitpod.store;
