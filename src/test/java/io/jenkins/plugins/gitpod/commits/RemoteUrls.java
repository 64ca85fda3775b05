package io.jenkins.plugins.gitpod.commits;

import hudson.EnvVars;
import java.util.LinkedHashMap;
import java.util.Map;
import jenkins.plugins.git.GitSampleRepoRule;

/**
 * Has every Git process of this Jenkins read a repository on disk where a job names a URL of a host that cannot be reached
 * from here.
 */
final class RemoteUrls implements AutoCloseable {

    private static final String COUNT = "GIT_CONFIG_COUNT";

    private final Map<String, String> variables = new LinkedHashMap<>();
    private int count;

    void put(String url, GitSampleRepoRule repo) {
        set("GIT_CONFIG_KEY_" + count, "url." + repo + ".insteadOf");
        set("GIT_CONFIG_VALUE_" + count, url);
        count++;
        set(COUNT, String.valueOf(count));
    }

    private void set(String name, String value) {
        variables.put(name, value);
        EnvVars.masterEnvVars.put(name, value);
    }

    @Override
    public void close() {
        variables.keySet().forEach(EnvVars.masterEnvVars::remove);
    }
}
