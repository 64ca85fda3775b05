/**
 * What Jenkins keeps and shows of prebuilds: options, the ledger of open requests, the build's record, messages. All that
 * asks for prebuilds (pipeline, freestyle, push) comes through {@link io.jenkins.plugins.gitpod.build.PrebuildService}.
 */
package io.jenkins.plugins.gitpod.build;
