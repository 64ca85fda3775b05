/**
 * A Gitpod in memory behind a real port: phases over real or simulated time, faults on demand, and complete records of
 * all calls. It shares no code with the plugin and speaks only JSON over HTTP, so that it can judge the plugin's
 * client independently.
 */
package io.jenkins.plugins.gitpod.simulator;
