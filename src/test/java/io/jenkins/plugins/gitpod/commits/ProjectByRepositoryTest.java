package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.not;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import hudson.plugins.git.UserRemoteConfig;
import hudson.slaves.EnvironmentVariablesNodeProperty;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.simulator.SimTargetMode;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** {@code gitpodPrebuild()} without a project, against a Gitpod that refuses by the API's rules. */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class ProjectByRepositoryTest extends GitpodTestBase {

    @TestExtension
    public static final class LineBeforeEnd extends DecisionsBeforeEnd {}

    private static final String STEP = "node { checkout scm }\ngitpodPrebuild()";
    private static final String GUARDED = "node { checkout scm }\ngitpodPrebuild onlyProjectBranch: true";

    private GitSampleRepoRule repo;
    private GitSampleRepoRule second;
    private RemoteUrls urls;

    @BeforeEach
    void newRepositories(GitSampleRepoRule sample, GitSampleRepoRule other) throws Exception {
        repo = sample;
        second = other;
        urls = new RemoteUrls();
        Repository.init(repo, STEP);
    }

    @AfterEach
    void forgetUrls() throws Exception {
        urls.close();
    }

    private static SimProject project(String name, String remoteUri) {
        return gitpod.simulator().addProject(name).remoteUri(remoteUri).plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    private static void assertMade(SimProject project, int expected) {
        Commits.assertMade(gitpod, project, expected);
    }

    private WorkflowMultiBranchProject multibranch(String url) throws Exception {
        urls.put(url, repo);
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(url);
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        multi.getSourcesList().add(new BranchSource(source));
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        return multi;
    }

    private static WorkflowRun built(WorkflowMultiBranchProject multi, String branch) {
        WorkflowJob job = multi.getItem(branch);
        return job.getLastBuild();
    }

    /** Both spellings of one repository, the job's and the project's. */
    private void assertFound(String url, String shown, SimProject project) throws Exception {
        WorkflowRun build = built(multibranch(url), "master");
        jenkins.assertBuildStatusSuccess(build);
        jenkins.assertLogContains(project.id() + "), found by the repository " + shown + ".", build);
        assertMade(project, 1);
        assertThat(
                gitpod.simulator().records().calls("ListProjects").stream()
                        .filter(call -> call.status() != 200)
                        .toList(),
                empty());
    }

    /** A pipeline that checks one branch of some URL out. */
    private WorkflowJob pipeline(String url, String branch, String step) throws Exception {
        urls.put(url, repo);
        return Builds.pipeline(
                jenkins,
                "node { checkout scmGit(branches: [[name: '" + branch + "']], userRemoteConfigs: [[url: '" + url
                        + "']]) }\n" + step);
    }

    // ---- the four kinds of hosts

    @Test
    void multibranchByHttps() throws Exception {
        String url = "https://github.com/acme/by-https.git";
        assertFound(url, url, project("https", "https://github.com/acme/by-https"));
    }

    @Test
    void multibranchByTheShortSshFormOfAProjectThatHasItToo() throws Exception {
        String url = "git@github.com:acme/by-scp.git";
        assertFound(url, url, project("scp", url));
    }

    @Test
    void multibranchOfAzureDevOps() throws Exception {
        assertFound(
                "https://acme@dev.azure.com/acme/My%20Shop/_git/by-azure",
                "https://dev.azure.com/acme/My%20Shop/_git/by-azure",
                project("azure", "https://acme@dev.azure.com/acme/My%20Shop/_git/by-azure"));
    }

    @Test
    void multibranchOfAzureDevOpsOfAProjectThatHasTheSshForm() throws Exception {
        assertFound(
                "https://acme@dev.azure.com/acme/My%20Shop/_git/by-azure-ssh",
                "https://dev.azure.com/acme/My%20Shop/_git/by-azure-ssh",
                project("azure ssh", "git@ssh.dev.azure.com:v3/acme/My%20Shop/by-azure-ssh"));
    }

    @Test
    void multibranchOfBitbucketServer() throws Exception {
        String url = "ssh://git@git.acme.test:7999/ds/by-bitbucket.git";
        assertFound(url, url, project("bitbucket", "https://git.acme.test/scm/ds/by-bitbucket.git"));
    }

    @Test
    void multibranchOfAHostThatIgnoresLetterCase() throws Exception {
        String url = "https://github.com/Acme/By-Case.git";
        assertFound(url, url, project("case", "https://github.com/acme/by-case"));
    }

    @Test
    void projectOfAContextUrlIsFoundAndItsBranchIsKnown() throws Exception {
        Repository.push(repo, "Jenkinsfile", GUARDED);
        repo.git("checkout", "-b", "develop");
        SimProject project = project("context", "").contextUrl("https://github.com/acme/by-context/tree/develop");
        WorkflowMultiBranchProject multi = multibranch("https://github.com/acme/by-context.git");
        jenkins.assertLogContains(
                "This build is of branch master, but the Gitpod project is configured for develop.",
                built(multi, "master"));
        jenkins.assertLogContains("Created Gitpod prebuild", built(multi, "develop"));
        assertMade(project, 1);
    }

    // ---- nothing found

    @Test
    void letterCaseOnAnyOtherHostIsSaid() throws Exception {
        SimProject project = project("cased", "https://git.acme.test/Team/cased.git");
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("https://git.acme.test/team/cased.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains("for https://git.acme.test/team/cased.git (https and ssh,", build);
        jenkins.assertLogContains(
                "The Gitpod project cased (" + project.id()
                        + ") has https://git.acme.test/Team/cased.git, which differs only in upper and lower case",
                build);
        assertMade(project, 0);
    }

    @Test
    void aliasOfAnSshConfigurationIsSaid() throws Exception {
        SimProject project = project("aliased", "https://github.com/acme/aliased");
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("git@github.com-shop:acme/aliased.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(
                "The host \"github.com-shop\" may be an alias in an ssh configuration, which Gitpod does not know. If it"
                        + " is, set projectId.",
                build);
        jenkins.assertLogContains(
                "aliased (" + project.id() + ") has the same path on another host: https://github.com/acme/aliased",
                build);
        assertMade(project, 0);
    }

    @Test
    void projectToBeDeletedIsNotTaken() throws Exception {
        SimProject project = project("going", "https://github.com/acme/going").deleted();
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("https://github.com/acme/going.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(
                "Not used because they are marked for deletion in Gitpod: going (" + project.id() + ").", build);
        assertMade(project, 0);
    }

    @Test
    void allPagesOfASearchAreCompared() throws Exception {
        for (int i = 0; i < 120; i++) {
            project("paged " + i, "https://github.com/acme/paged-" + i).popularity(i);
        }
        SimProject project = project("last of all", "git@github.com:acme/paged.git");
        WorkflowRun build =
                jenkins.buildAndAssertSuccess(pipeline("git@github.com:acme/paged.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(project.id() + "), found by", build);
        assertMade(project, 1);
    }

    @Test
    void searchThatFindsTooManyIsSaid() throws Exception {
        for (int i = 0; i <= 2000; i++) {
            project("crowd " + i, "https://github.com/acme/crowd-" + i);
        }
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("https://github.com/acme/crowd.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(
                "More than 2000 projects match the name \"crowd\"; only the first 2000 were compared.", build);
    }

    // ---- several projects

    @Test
    void projectForEachBranch() throws Exception {
        String url = "https://github.com/acme/per-branch.git";
        repo.git("checkout", "-b", "develop");
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "Jenkinsfile", GUARDED);
        repo.git("checkout", "master");
        SimProject main = project("main", "https://github.com/acme/per-branch");
        // Found by the search only, and still the better one for its branch.
        SimProject develop =
                project("develop", "git@github.com:acme/per-branch.git").branch("develop");
        WorkflowMultiBranchProject multi = multibranch(url);
        jenkins.assertLogContains("Gitpod project main (" + main.id() + "), found by", built(multi, "master"));
        jenkins.assertLogContains("Gitpod project develop (" + develop.id() + "), found by", built(multi, "develop"));
        jenkins.assertLogContains(
                "Other Gitpod projects of this repository are not used: main (" + main.id()
                        + ", configured for the default branch).",
                built(multi, "develop"));
        WorkflowRun feature = jenkins.assertBuildStatusSuccess(built(multi, "feature"));
        jenkins.assertLogContains("Skipped: This build is of branch feature, but no Gitpod project of", feature);
        assertMade(main, 1);
        assertMade(develop, 1);
    }

    @Test
    void projectsWithPrebuildsOffAndDeletedOnesStepBack() throws Exception {
        SimProject off = project("off", "https://github.com/acme/steps-back").prebuildsEnabled(false);
        SimProject gone = project("gone", "https://github.com/acme/steps-back").deleted();
        SimProject on = project("on", "https://github.com/acme/steps-back");
        WorkflowRun build = jenkins.buildAndAssertSuccess(
                pipeline("https://github.com/acme/steps-back.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains("Gitpod project on (" + on.id() + "), found by", build);
        jenkins.assertLogContains("are not used: off (" + off.id() + ", prebuilds are disabled).", build);
        assertMade(on, 1);
        assertMade(off, 0);
        assertMade(gone, 0);
    }

    @Test
    void severalThatAreAllOffAreListedAsSuch() throws Exception {
        SimProject one = project("one", "https://github.com/acme/all-off").prebuildsEnabled(false);
        SimProject two = project("two", "https://github.com/acme/all-off").prebuildsEnabled(false);
        WorkflowRun build = jenkins.buildAndAssertStatus(
                Result.FAILURE, pipeline("https://github.com/acme/all-off", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(
                "): one (" + one.id() + "), two (" + two.id() + "). Prebuilds are disabled for all of them.", build);
    }

    // ---- what a project is made from

    @Test
    void headIsTheDefaultBranchWhateverItIsCalled() throws Exception {
        Repository.push(repo, "Jenkinsfile", GUARDED);
        repo.git("checkout", "-b", "HEAD-like");
        repo.git("checkout", "master");
        SimProject project =
                project("head", "https://github.com/acme/by-head").target(SimTargetMode.REMOTE_HEAD, "HEAD-like");
        WorkflowMultiBranchProject multi = multibranch("https://github.com/acme/by-head.git");
        jenkins.assertLogContains("Created Gitpod prebuild", built(multi, "master"));
        jenkins.assertLogContains(
                "the Gitpod project is configured for the default branch.", built(multi, "HEAD-like"));
        assertMade(project, 1);
    }

    @Test
    void pinnedProjectIsSaidAndGuarded() throws Exception {
        SimProject project = project("pinned", "https://github.com/acme/pinned").target(SimTargetMode.REMOTE_TAG, "v1");
        String pinned = "The Gitpod project is pinned to tag v1, so new commits do not change its prebuilds.";
        WorkflowRun guarded = jenkins.buildAndAssertSuccess(
                pipeline("https://github.com/acme/pinned.git", "master", "gitpodPrebuild onlyProjectBranch: true"));
        jenkins.assertLogContains("Skipped: " + pinned, guarded);
        assertMade(project, 0);
        WorkflowRun made = jenkins.buildAndAssertSuccess(
                pipeline("https://github.com/acme/pinned.git", "master", "gitpodPrebuild()"));
        jenkins.assertLogContains(pinned, made);
        assertMade(project, 1);
    }

    // ---- the default class of a project that was found

    @Test
    void prebuildOfTheDefaultClassIsUnderWayHoweverTheClassWasNamed() throws Exception {
        SimProject project =
                project("classes", "https://github.com/acme/classes").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        SimEnvironmentClass large = gitpod.simulator().addEnvironmentClass("Large");
        project.environmentClasses(large);
        String url = "https://github.com/acme/classes.git";
        jenkins.buildAndAssertSuccess(pipeline(
                url, "master", "gitpodPrebuild wait: false, force: true, environmentClassId: '" + large.id() + "'"));
        String id = Commits.made(gitpod, project).get(0).id();
        WorkflowRun skipped = jenkins.buildAndAssertSuccess(pipeline(
                url, "master", "def p = gitpodPrebuild(whenActive: 'SKIP', force: true)\necho \"got ${p.id}\""));
        jenkins.assertLogContains("got " + id, skipped);
        WorkflowRun joins = pipeline(url, "master", "gitpodPrebuild whenActive: 'JOIN', force: true")
                .scheduleBuild2(0)
                .waitForStart();
        Builds.awaitLog(joins, "Waiting for Gitpod prebuild " + id);
        Commits.made(gitpod, project).get(0).forcePhase(SimPhase.COMPLETED);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(joins));
        assertMade(project, 1);
    }

    // ---- the URL that Git used

    private FreeStyleProject freestyle(String url) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(Repository.scm(url));
        job.addProperty(new GitpodPrebuildProperty());
        return job;
    }

    /** The lines of the console that are the plugin's. */
    private static String ofGitpod(Run<?, ?> build) throws Exception {
        return JenkinsRule.getLog(build)
                .lines()
                .filter(line -> line.contains("Gitpod"))
                .collect(Collectors.joining("\n"));
    }

    private void assertActed(Run<?, ?> build, String url) throws Exception {
        Commits.awaitEnd(build);
        assertThat(ofGitpod(build), not(containsString("$")));
        WorkflowRun byStep = jenkins.buildAndAssertSuccess(pipeline(url, "master", "gitpodPrebuild force: true"));
        jenkins.assertLogContains("found by the repository " + url, byStep);
    }

    @Test
    void parameterInTheUrlIsExpanded() throws Exception {
        String url = "https://github.com/acme/by-parameter.git";
        urls.put(url, repo);
        SimProject project = project("parameter", "https://github.com/acme/by-parameter");
        FreeStyleProject job = freestyle("${REPO}");
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("REPO", url)));
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        assertActed(build, url);
        assertMade(project, 2);
    }

    @Test
    void globalVariableInTheUrlIsExpandedAndTheUrlIsShown() throws Exception {
        urls.put("https://github.com/acme/by-variable.git", repo);
        EnvironmentVariablesNodeProperty variables = new EnvironmentVariablesNodeProperty(
                new EnvironmentVariablesNodeProperty.Entry("GIT_SERVER", "https://jo:s3cret@github.com/acme"));
        urls.put("https://jo:s3cret@github.com/acme/by-variable.git", repo);
        jenkins.jenkins.getGlobalNodeProperties().add(variables);
        try {
            WorkflowJob job = Builds.pipeline(
                    jenkins, "node { git url: '${GIT_SERVER}/by-variable.git', branch: 'master' }\ngitpodPrebuild()");
            WorkflowRun build = jenkins.buildAndAssertStatus(Result.FAILURE, job);
            jenkins.assertLogContains("for https://github.com/acme/by-variable.git (https and ssh,", build);
            assertThat(ofGitpod(build), not(containsString("s3cret")));
        } finally {
            jenkins.jenkins.getGlobalNodeProperties().remove(variables);
        }
    }

    // ---- two remotes in one checkout

    private GitSCM forkAndOrigin(String fork, String origin, String branch) {
        return new GitSCM(
                List.of(
                        new UserRemoteConfig(fork, "fork", null, null),
                        new UserRemoteConfig(origin, "upstream", null, null)),
                List.of(new BranchSpec(branch)),
                null,
                null,
                List.of());
    }

    @Test
    void commitOfTheForksBranchIsNoneOfTheOrigins() throws Exception {
        Repository.init(second, "");
        Repository.push(second, "file", "of the fork only");
        String origin = "https://github.com/acme/forked.git";
        String fork = "https://github.com/jo/forked.git";
        urls.put(origin, repo);
        urls.put(fork, second);
        SimProject project = project("forked", "https://github.com/acme/forked").branch("master");
        FreeStyleProject ofFork = jenkins.createFreeStyleProject();
        ofFork.setScm(forkAndOrigin(fork, origin, "fork/master"));
        ofFork.addProperty(new GitpodPrebuildProperty());
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(ofFork);
        assertMade(project, 0);
        jenkins.assertLogContains(
                "This build is of branch master of " + fork + ", but the Gitpod project is configured for master.",
                build);
        FreeStyleProject ofOrigin = jenkins.createFreeStyleProject();
        ofOrigin.setScm(forkAndOrigin(fork, origin, "upstream/master"));
        ofOrigin.addProperty(new GitpodPrebuildProperty());
        jenkins.buildAndAssertSuccess(ofOrigin);
        assertMade(project, 1);
    }
}
