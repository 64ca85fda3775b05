package io.jenkins.plugins.gitpod.commits;

import hudson.plugins.git.GitSCM;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jenkins.plugins.git.GitSampleRepoRule;

/** What tests do with a real Git repository on disk. */
final class Repository {

    private Repository() {}

    /** A repository whose first commit, on {@code master}, has this Jenkinsfile and a lock file. */
    static void init(GitSampleRepoRule repo, String jenkinsfile) throws Exception {
        repo.init();
        push(repo, "Jenkinsfile", jenkinsfile);
    }

    /** Commits one file and returns the commit. */
    static String push(GitSampleRepoRule repo, String path, String content) throws Exception {
        Path file = repo.getRoot().toPath().resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        repo.git("add", path);
        repo.git("commit", "--message=" + path);
        return repo.head();
    }

    /** The newest commit of a branch, whatever is checked out. */
    static String head(GitSampleRepoRule repo, String branch) {
        try {
            return Files.readString(repo.getRoot().toPath().resolve(".git/refs/heads/" + branch))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GitSCM scm(GitSampleRepoRule repo) {
        return scm(repo.toString());
    }

    /** The branch {@code master} of a repository. */
    static GitSCM scm(String url) {
        return new GitSCM(
                GitSCM.createRepoList(url, null),
                java.util.List.of(new hudson.plugins.git.BranchSpec("*/master")),
                null,
                null,
                java.util.List.of());
    }
}
