package io.jenkins.plugins.gitpod.commits;

import hudson.EnvVars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jenkins.plugins.git.GitSampleRepoRule;

/**
 * Has every Git process of this Jenkins read a repository on disk where a job names a URL of a host that cannot be reached
 * from here. It is always the same file that says so, for Jenkins keeps the variables that a node had at first.
 */
final class RemoteUrls implements AutoCloseable {

    private static final String VARIABLE = "GIT_CONFIG_GLOBAL";
    private static final Path FILE = newFile();

    private final StringBuilder configuration = new StringBuilder();

    private static Path newFile() {
        try {
            Path file = Files.createTempFile("remote-urls", ".gitconfig");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    void put(String url, GitSampleRepoRule repo) throws IOException {
        configuration.append("[url \"%s\"]\n\tinsteadOf = \"%s\"\n".formatted(repo, url));
        Files.writeString(FILE, configuration);
        EnvVars.masterEnvVars.put(VARIABLE, FILE.toString());
    }

    @Override
    public void close() throws IOException {
        Files.writeString(FILE, "");
        EnvVars.masterEnvVars.remove(VARIABLE);
    }
}
