package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import hudson.model.Item;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlOption;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.htmlunit.html.HtmlTextInput;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The step's form in the snippet generator of a job in a folder has that job, and so the folder, as its context. */
@WithJenkins
class FolderSnippetTest {

    private static Folder folder(JenkinsRule jenkins, String name, String credentialsId, String text) throws Exception {
        Folder folder = jenkins.createProject(Folder.class, name);
        folder.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
            new DomainCredentials(Domain.global(), List.of(GitpodFixture.secretText(credentialsId, text)))
        }));
        return folder;
    }

    @Test
    void itOffersTheFoldersCredentialsAndNoOthersAndAsksInTheFoldersName(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            Account team = gitpod.simulator().account("team");
            Folder own = folder(jenkins, "own", "in-own", team.token());
            folder(jenkins, "foreign", "in-foreign", gitpod.account().token());
            WorkflowJob job = own.createProject(WorkflowJob.class, "job");
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ)
                    .everywhere()
                    .to("alice")
                    .grant(Item.READ, Item.CONFIGURE)
                    .onItems(own, job)
                    .to("alice"));
            try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
                client.login("alice");
                HtmlPage page = client.getPage(job, "pipeline-syntax/");
                HtmlSelect steps = page.getFirstByXPath("//form[@name='config']//select");
                for (HtmlOption option : steps.getOptions()) {
                    if (option.getText().startsWith("gitpodPrebuild")) {
                        option.setSelected(true);
                    }
                }
                client.waitForBackgroundJavaScript(20_000);
                HtmlSelect credentials = page.getFirstByXPath("//select[@name='_.credentialsId']");
                List<String> offered = credentials.getOptions().stream()
                        .map(HtmlOption::getValueAttribute)
                        .toList();
                assertThat(offered, hasItem("in-own"));
                assertThat(offered, hasItem(GitpodFixture.CREDENTIALS_ID));
                assertThat(offered, not(hasItem("in-foreign")));

                HtmlElement project = page.<HtmlTextInput>getFirstByXPath("//input[@name='_.projectId']");
                credentials.setSelectedAttribute("in-own", true);
                gitpod.simulator().records().clear();
                ((HtmlTextInput) project).setValue(gitpod.project().id());
                project.fireEvent("change");
                client.waitForBackgroundJavaScript(20_000);
                assertThat(page.getVisibleText(), containsString("shop"));
                List<String> tokens = gitpod.simulator().records().calls("GetProject").stream()
                        .map(call -> call.header("Authorization"))
                        .distinct()
                        .toList();
                assertThat(tokens, contains("Bearer " + team.token()));
            }
        }
    }
}
