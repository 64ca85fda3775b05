/** The main job without Jenkins, for trying it out: the engine, the step's words, and a simulated or a real Gitpod. */
package io.jenkins.plugins.gitpod.demo;
