package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.List;
import jenkins.model.Jenkins;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who may have prebuilds made by themselves, and with whose token. */
@ExtendWith(FastLimits.class)
@WithJenkins
@WithGitSampleRepo
class RightsTest {

    private final GitpodFixture gitpod = new GitpodFixture();

    private JenkinsRule jenkins;
    private GitSampleRepoRule repo;
    private SimProject project;

    @BeforeEach
    void connect(JenkinsRule rule, GitSampleRepoRule sample) throws Exception {
        jenkins = rule;
        repo = sample;
        gitpod.connect();
        Repository.init(repo, "");
        project = Commits.project(gitpod, repo);
    }

    @AfterEach
    void close() {
        gitpod.close();
    }

    // ---- who may set the property

    private int submit(FreeStyleProject job, String user) throws Exception {
        JSONObject property = new JSONObject();
        property.put("specified", true);
        JSONObject properties = new JSONObject();
        properties.put("stapler-class-bag", "true");
        properties.put(GitpodPrebuildProperty.class.getName().replace('.', '-'), property);
        JSONObject form = new JSONObject();
        form.put("properties", properties);
        form.put("description", "");
        form.put("scm", new JSONObject().element("value", "0"));
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.setThrowExceptionOnFailingStatusCode(false);
            client.setRedirectEnabled(false);
            client.login(user);
            WebRequest request =
                    new WebRequest(client.createCrumbedUrl(job.getUrl() + "configSubmit"), HttpMethod.POST);
            request.setRequestParameters(List.of(new NameValuePair("json", form.toString())));
            return client.loadWebResponse(request).getStatusCode();
        }
    }

    @Test
    void onlyWhoMayConfigureTheJobMaySetTheProperty() throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.EXTENDED_READ, Item.BUILD, Item.WORKSPACE)
                .everywhere()
                .to("builder", "configurer")
                .grant(Item.CONFIGURE)
                .everywhere()
                .to("configurer"));
        FreeStyleProject job = jenkins.createFreeStyleProject();
        assertThat(submit(job, "builder"), is(403));
        assertNull(job.getProperty(GitpodPrebuildProperty.class));
        assertThat(submit(job, "configurer"), is(302));
        assertNotNull(job.getProperty(GitpodPrebuildProperty.class));
    }

    // ---- with whose token

    private FreeStyleProject freestyle(Folder folder, GitpodPrebuildProperty property) throws Exception {
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "job");
        job.setScm(Repository.scm(repo));
        job.addProperty(property);
        return job;
    }

    /** Two folders, one of which has a credential of its own. */
    private Folder[] folders() throws Exception {
        Folder own = jenkins.createProject(Folder.class, "own");
        Folder foreign = jenkins.createProject(Folder.class, "foreign");
        own.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
            new DomainCredentials(
                    Domain.global(),
                    List.of(GitpodFixture.secretText(
                            "in-folder", gitpod.account().token())))
        }));
        return new Folder[] {own, foreign};
    }

    private PrebuildRecord recordOf(FreeStyleProject job) throws Exception {
        PrebuildRecord record = Commits.awaitEnd(jenkins.buildAndAssertSuccess(job));
        Commits.awaitDecided();
        return record;
    }

    @Test
    void credentialOfAnotherFolderIsOutOfReachByItself() throws Exception {
        Folder[] folders = folders();
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setCredentialsId("in-folder");
        PrebuildRecord refused = recordOf(freestyle(folders[1], property));
        assertEquals(EndStatus.ERROR, refused.getConclusion());
        assertThat(
                refused.getMessage(),
                containsString("This job cannot use a Gitpod credential with the id \"in-folder\""));
        assertEquals(0, gitpod.simulator().records().calls().size(), "calls with a token that the job may not use");
        GitpodPrebuildProperty same = new GitpodPrebuildProperty();
        same.setCredentialsId("in-folder");
        assertEquals(EndStatus.COMPLETED, recordOf(freestyle(folders[0], same)).getConclusion());
        Commits.assertMade(gitpod, project, 1);
    }

    @Test
    void connectionThatIsForOtherFoldersIsOutOfReachByItself() throws Exception {
        Folder[] folders = folders();
        GitpodConnection connection =
                GitpodGlobalConfiguration.get().getConnections().get(0);
        GitpodConnection forOwn = new GitpodConnection(connection.getName(), connection.getApiUrl());
        forOwn.setCredentialsId(connection.getCredentialsId());
        forOwn.setFolders("own");
        GitpodGlobalConfiguration.get().setConnections(List.of(forOwn));
        PrebuildRecord refused = recordOf(freestyle(folders[1], new GitpodPrebuildProperty()));
        assertEquals(EndStatus.ERROR, refused.getConclusion());
        assertThat(refused.getMessage(), containsString("is not available to the job \"foreign/job\""));
        assertEquals(0, gitpod.simulator().records().calls().size(), "calls with a token that the job may not use");
        assertEquals(
                EndStatus.COMPLETED,
                recordOf(freestyle(folders[0], new GitpodPrebuildProperty())).getConclusion());
        Commits.assertMade(gitpod, project, 1);
    }

    @Test
    void stepThatFindsItsProjectUsesNoOtherFoldersCredentialEither() throws Exception {
        Folder[] folders = folders();
        String script = "node { git '" + repo + "' }\ngitpodPrebuild credentialsId: 'in-folder', whenActive: 'JOIN'";
        WorkflowJob outside = folders[1].createProject(WorkflowJob.class, "pipeline");
        outside.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun refused = jenkins.buildAndAssertStatus(Result.FAILURE, outside);
        jenkins.assertLogContains("This job cannot use a Gitpod credential with the id \"in-folder\"", refused);
        assertEquals(0, gitpod.simulator().records().calls().size());
        WorkflowJob inside = folders[0].createProject(WorkflowJob.class, "pipeline");
        inside.setDefinition(new CpsFlowDefinition(script, true));
        jenkins.buildAndAssertSuccess(inside);
        Commits.assertMade(gitpod, project, 1);
    }

    @Test
    void whereAnonymousSeesNothingItWorksAllTheSame() throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        Folder[] folders = folders();
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setCredentialsId("in-folder");
        assertEquals(
                EndStatus.COMPLETED, recordOf(freestyle(folders[0], property)).getConclusion());
        Commits.assertMade(gitpod, project, 1);
    }
}
