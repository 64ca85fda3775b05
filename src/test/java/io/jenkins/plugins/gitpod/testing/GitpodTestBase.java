package io.jenkins.plugins.gitpod.testing;

import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** One Jenkins and one simulated Gitpod, connected, for all tests of a class. */
@WithJenkins
public abstract class GitpodTestBase {

    protected static GitpodFixture gitpod;
    protected static JenkinsRule jenkins;

    @BeforeAll
    protected static void connectGitpod(JenkinsRule rule) throws Exception {
        jenkins = rule;
        gitpod = new GitpodFixture().connect();
    }

    @AfterAll
    protected static void closeGitpod() {
        gitpod.close();
    }

    /** A freestyle job with the build step of the project, with a credential of its own if this is not null. */
    protected static FreeStyleProject freestyle(String name, @Nullable String credentialsId) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        GitpodPrebuildBuilder step = new GitpodPrebuildBuilder();
        step.setProjectId(gitpod.project().id());
        step.setCredentialsId(credentialsId);
        job.getBuildersList().add(step);
        return job;
    }
}
