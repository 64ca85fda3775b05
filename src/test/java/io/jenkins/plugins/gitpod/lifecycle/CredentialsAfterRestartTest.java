package io.jenkins.plugins.gitpod.lifecycle;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.CredentialsParameterDefinition;
import com.cloudbees.plugins.credentials.CredentialsParameterValue;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.User;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticator;
import jenkins.security.QueueItemAuthenticatorProvider;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;
import org.springframework.security.core.Authentication;

/** After a restart, a request finds the credential that the build could use when it made the request. */
@ExtendWith(FastLimits.class)
class CredentialsAfterRestartTest {

    private static final String DEVELOPER = "developer";
    private static final String BY_ID = "credentialsId: 'in-folder'";
    private static final String BY_PARAMETER = "credentialsId: '${CRED}'";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private final Map<String, SimProject> projects = new ConcurrentHashMap<>();

    @AfterEach
    void close() {
        gitpod.close();
    }

    /** The job {@code team/as-developer} runs as a person who may use the credentials of the job, and has none. */
    @TestExtension
    public static final class AsDeveloper extends QueueItemAuthenticatorProvider {
        @NonNull
        @Override
        public List<QueueItemAuthenticator> getAuthenticators() {
            return List.of(new QueueItemAuthenticator() {
                @Override
                public Authentication authenticate2(Queue.Task task) {
                    return task instanceof Item item && item.getName().equals("as-developer")
                            ? User.getOrCreateByIdOrFullName(DEVELOPER).impersonate2()
                            : null;
                }
            });
        }
    }

    private SimProject project(String job) {
        return projects.computeIfAbsent(
                job, name -> gitpod.simulator().addProject(name).plan(PhasePlan.stuckIn(SimPhase.RUNNING)));
    }

    private SimPrebuild only(String job) {
        List<SimPrebuild> all = gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project(job).id()))
                .toList();
        assertEquals(1, all.size(), "prebuilds of " + job);
        return all.get(0);
    }

    private WorkflowJob job(Folder folder, String name, String... options) throws Exception {
        WorkflowJob job = folder.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(gitpod.stepOf(project(name), options), true));
        return job;
    }

    private WorkflowJob withParameter(Folder folder, String name, String... options) throws Exception {
        WorkflowJob job = job(folder, name, options);
        job.addProperty(new ParametersDefinitionProperty(
                new CredentialsParameterDefinition("CRED", "", "in-folder", StringCredentials.class.getName(), false)));
        return job;
    }

    private static WorkflowRun last(JenkinsRule jenkins, String job) {
        return jenkins.jenkins
                .getItemByFullName("team/" + job, WorkflowJob.class)
                .getLastBuild();
    }

    @Test
    void waitsContinueAndAbortsCancel() throws Throwable {
        String token = gitpod.simulator().account("team").token();
        sessions.then(jenkins -> {
            gitpod.connect();
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            // The permission to configure a job implies the one to use its credentials.
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ, Item.READ, Item.BUILD, Item.CONFIGURE, CredentialsProvider.USE_ITEM)
                    .everywhere()
                    .to(DEVELOPER));
            Folder team = jenkins.createProject(Folder.class, "team");
            team.addProperty(new FolderCredentialsProperty(new DomainCredentials[] {
                new DomainCredentials(Domain.global(), List.of(GitpodFixture.secretText("in-folder", token)))
            }));
            job(team, "as-developer", BY_ID).scheduleBuild2(0).waitForStart();
            withParameter(team, "by-default", BY_PARAMETER).scheduleBuild2(0).waitForStart();
            withParameter(team, "aborted", BY_PARAMETER).scheduleBuild2(0).waitForStart();
            WorkflowJob chosen = withParameter(team, "chosen", BY_PARAMETER);
            chosen.scheduleBuild2(
                            0,
                            new ParametersAction(new CredentialsParameterValue("CRED", "in-folder", "")),
                            new CauseAction(new Cause.UserIdCause(DEVELOPER)))
                    .waitForStart();
            for (String name : List.of("as-developer", "by-default", "aborted", "chosen")) {
                awaitLog(last(jenkins, name), "Created Gitpod prebuild");
            }
            WorkflowRun gone = jenkins.buildAndAssertSuccess(withParameter(team, "gone", BY_PARAMETER, "wait: false"));
            gone.delete();
            assertEquals(5, LedgerFiles.open().size());
            assertThat(LedgerFiles.text(), containsString("<resolvedId>in-folder</resolvedId>"));
            assertThat(LedgerFiles.text(), not(containsString(token)));
        });
        sessions.then(jenkins -> {
            assertThat(jenkins.jenkins.getAuthorizationStrategy(), instanceOf(MockAuthorizationStrategy.class));
            List<String> waiting = List.of("as-developer", "by-default", "chosen");
            for (String name : waiting) {
                only(name).forcePhase(SimPhase.COMPLETED);
            }
            for (String name : waiting) {
                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(last(jenkins, name)));
            }
            WorkflowRun aborted = last(jenkins, "aborted");
            awaitLog(aborted, "Resumed waiting");
            aborted.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(aborted));
            await().atMost(Duration.ofSeconds(30)).until(only("aborted")::isCancelRequested);
            only("aborted").forcePhase(SimPhase.CANCELLED);
            only("gone").forcePhase(SimPhase.COMPLETED);
            await().atMost(Duration.ofSeconds(30)).until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(5, gitpod.simulator().records().count("CreatePrebuild"));
        assertThat(
                gitpod.simulator().records().calls().stream()
                        .map(call -> call.header("Authorization"))
                        .distinct()
                        .toList(),
                contains("Bearer " + token));
    }
}
