package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;

/** A credential's own page says which jobs used it. */
@ExtendWith(FastLimits.class)
class CredentialsUsageTest extends GitpodTestBase {

    private static final String IN_JENKINS = "manage/credentials/store/system/domain/_/credential/";

    private static void assertUsedBy(String credentialPage, String jobFullName) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(client.goTo(credentialPage).getVisibleText(), containsString(jobFullName));
        }
    }

    private static String ownCredential(String id) throws Exception {
        GitpodFixture.addCredential(id, gitpod.account().token());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(
                    client.goTo(IN_JENKINS + id).getVisibleText(),
                    containsString("has not been recorded as used anywhere"));
        }
        return IN_JENKINS + id;
    }

    @Test
    void aCredentialThatAFreestyleJobNamesIsShownAsUsedByIt() throws Exception {
        String page = ownCredential("of-freestyle");
        jenkins.buildAndAssertSuccess(freestyle("shop-freestyle", "of-freestyle"));
        assertUsedBy(page, "shop-freestyle");
    }

    @Test
    void aCredentialThatAPipelineNamesIsShownAsUsedByIt() throws Exception {
        String page = ownCredential("of-pipeline");
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "shop-pipeline");
        job.setDefinition(new CpsFlowDefinition(gitpod.step("credentialsId: 'of-pipeline'"), true));
        jenkins.buildAndAssertSuccess(job);
        assertUsedBy(page, "shop-pipeline");
    }

    @Test
    void aConnectionsCredentialIsShownAsUsedByTheJobsThatNameNone() throws Exception {
        jenkins.buildAndAssertSuccess(freestyle("default-freestyle", null));
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "default-pipeline");
        job.setDefinition(new CpsFlowDefinition(gitpod.step(), true));
        jenkins.buildAndAssertSuccess(job);
        assertUsedBy(IN_JENKINS + GitpodFixture.CREDENTIALS_ID, "default-freestyle");
        assertUsedBy(IN_JENKINS + GitpodFixture.CREDENTIALS_ID, "default-pipeline");
    }

    @Test
    void aFoldersCredentialIsShownAsUsedByTheFoldersJob() throws Exception {
        Folder team = jenkins.createProject(Folder.class, "team");
        team.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
            new DomainCredentials(
                    Domain.global(),
                    List.of(GitpodFixture.secretText("in-team", gitpod.account().token())))
        }));
        WorkflowJob job = team.createProject(WorkflowJob.class, "inside");
        job.setDefinition(new CpsFlowDefinition(gitpod.step("credentialsId: 'in-team'"), true));
        jenkins.buildAndAssertSuccess(job);
        assertUsedBy("job/team/credentials/store/folder/domain/_/credential/in-team", "team/inside");
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            assertThat(
                    client.goTo(IN_JENKINS + GitpodFixture.CREDENTIALS_ID).getVisibleText(),
                    not(containsString("team/inside")));
        }
    }
}
