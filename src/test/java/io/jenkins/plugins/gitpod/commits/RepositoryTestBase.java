package io.jenkins.plugins.gitpod.commits;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.util.List;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import org.junit.jupiter.api.BeforeEach;

/** The same, and for each test a repository with a project of its own. */
@WithGitSampleRepo
abstract class RepositoryTestBase extends GitpodTestBase {

    GitSampleRepoRule repo;
    SimProject project;

    @BeforeEach
    void newRepository(GitSampleRepoRule sample) throws Exception {
        repo = sample;
        Repository.init(repo, "node { checkout scm }");
        project = Commits.project(gitpod, repo);
    }

    /** A job of the repository with this property. */
    FreeStyleProject freestyle(GitpodPrebuildProperty property) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(Repository.scm(repo));
        job.addProperty(property);
        return job;
    }

    /** The prebuilds of the project. */
    List<SimPrebuild> made() {
        return Commits.made(gitpod, project);
    }

    /** Waits until no more is undecided, then says how many prebuilds of the project there are. */
    void assertMade(int expected) {
        Commits.assertMade(gitpod, project, expected);
    }
}
