package io.jenkins.plugins.gitpod.pipeline;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class FolderCredentialsTest {

    @Test
    void folderCredentialWorksInItsFolderAndIsOutOfReachInAnother(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            Folder own = jenkins.createProject(Folder.class, "own");
            Folder foreign = jenkins.createProject(Folder.class, "foreign");
            own.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
                new DomainCredentials(
                        Domain.global(),
                        List.of(GitpodFixture.secretText(
                                "in-folder", gitpod.account().token())))
            }));
            String script = gitpod.step("credentialsId: 'in-folder'");

            WorkflowJob inside = own.createProject(WorkflowJob.class, "inside");
            inside.setDefinition(new CpsFlowDefinition(script, true));
            jenkins.buildAndAssertSuccess(inside);

            WorkflowJob outside = foreign.createProject(WorkflowJob.class, "outside");
            outside.setDefinition(new CpsFlowDefinition(script, true));
            jenkins.assertLogContains(
                    "This job cannot use a Gitpod credential with the id \"in-folder\"",
                    jenkins.buildAndAssertStatus(Result.FAILURE, outside));
        }
    }
}
