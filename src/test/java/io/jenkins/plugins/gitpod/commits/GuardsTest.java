package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import hudson.plugins.git.UserRemoteConfig;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.time.Duration;
import java.util.List;
import jenkins.branch.BranchProperty;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.scm.api.SCMSource;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.RestartDeclarativePipelineAction;
import org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.libs.GlobalLibraries;
import org.jenkinsci.plugins.workflow.libs.LibraryConfiguration;
import org.jenkinsci.plugins.workflow.libs.SCMSourceRetriever;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;

/** {@code onlyProjectBranch}, {@code onlyIfChanged} and "this commit has one" hold wherever Jenkins knows the answer. */
@ExtendWith(FastLimits.class)
class GuardsTest extends RepositoryTestBase {

    @TestExtension
    public static final class LineBeforeEnd extends DecisionsBeforeEnd {}

    public static final class Requests extends PullRequests {

        Requests(String target, String origin) {
            super(target, origin);
        }

        @TestExtension
        public static final class DescriptorImpl extends DescriptorBase {}
    }

    private GitSampleRepoRule other;

    @BeforeEach
    void secondRepository(GitSampleRepoRule second) throws Exception {
        other = second;
        Repository.init(other, "");
    }

    private void branch(String name) throws Exception {
        repo.git("checkout", "-b", name);
        Repository.push(repo, "of-" + name.replace('/', '-'), "file");
        repo.git("checkout", "master");
    }

    private WorkflowMultiBranchProject multibranch(SCMSource source, BranchProperty... properties) throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        BranchSource branches = new BranchSource(source);
        branches.setStrategy(new DefaultBranchPropertyStrategy(properties));
        multi.getSourcesList().add(branches);
        index(multi);
        return multi;
    }

    private WorkflowMultiBranchProject multibranch(BranchProperty... properties) throws Exception {
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        return multibranch(source, properties);
    }

    private static void index(WorkflowMultiBranchProject multi) throws Exception {
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
    }

    private static WorkflowRun last(WorkflowMultiBranchProject multi, String branch) throws Exception {
        WorkflowRun build = multi.getItem(branch).getLastBuild();
        return jenkins.assertBuildStatusSuccess(build);
    }

    private static GitpodPrebuildBranchProperty forBranches() {
        return new GitpodPrebuildBranchProperty(new GitpodPrebuildProperty());
    }

    // ---- 1: nothing is checked out

    private static String declarative(String agent, String options, String step) {
        return """
                pipeline {
                    agent %s
                    %s
                    stages {
                        stage('Before') { steps { echo 'before' } }
                        stage('Prebuild') { steps { script { def p = %s
                            echo "got ${p.skipped}" } } }
                    }
                }
                """.formatted(agent, options, step);
    }

    @Test
    void branchAndCommitAreKnownWithoutACheckout() throws Exception {
        Repository.push(repo, "Jenkinsfile", declarative("none", "", "gitpodPrebuild(onlyProjectBranch: true)"));
        branch("feature");
        WorkflowMultiBranchProject multi = multibranch();
        jenkins.assertLogContains("got false", last(multi, "master"));
        jenkins.assertLogContains("found by the repository " + repo, last(multi, "master"));
        jenkins.assertLogContains("Skipped: This build is of branch feature", last(multi, "feature"));
        assertMade(1);
        // The commit has one, also for a build that is restarted behind what it had done.
        jenkins.assertLogContains("got true", jenkins.buildAndAssertSuccess(multi.getItem("master")));
        RestartDeclarativePipelineAction restart =
                multi.getItem("master").getBuildByNumber(1).getAction(RestartDeclarativePipelineAction.class);
        assertNotNull(restart.run("Prebuild"));
        jenkins.waitUntilNoActivityUpTo(60_000);
        WorkflowRun restarted = last(multi, "master");
        assertEquals(3, restarted.getNumber());
        jenkins.assertLogNotContains("before", restarted);
        jenkins.assertLogContains("already has the completed prebuild", restarted);

        repo.git("checkout", "feature");
        Repository.push(
                repo,
                "Jenkinsfile",
                declarative("any", "options { skipDefaultCheckout() }", "gitpodPrebuild(onlyProjectBranch: true)"));
        index(multi);
        jenkins.assertLogContains("Skipped: This build is of branch feature", last(multi, "feature"));
        assertMade(1);
    }

    // ---- 2: another name of the repository

    @Test
    void ownSourceCountsForTheNamedProjectWhateverItsUrlIs() throws Exception {
        project.remoteUri("https://git.example.com/team/shop.git");
        String guarded = "gitpodPrebuild(projectId: '" + project.id() + "', onlyProjectBranch: true";
        Repository.push(repo, "Jenkinsfile", "node { checkout scm }\n" + guarded + ")");
        branch("feature");
        WorkflowMultiBranchProject multi = multibranch();
        jenkins.assertLogContains("Skipped: This build is of branch feature", last(multi, "feature"));
        assertMade(1);
        jenkins.assertLogContains(
                "already has the completed prebuild", jenkins.buildAndAssertSuccess(multi.getItem("master")));
        Repository.push(repo, "Jenkinsfile", "node { checkout scm }\n" + guarded + ", onlyIfChanged: 'none/**')");
        index(multi);
        jenkins.assertLogContains("No changed file matches none/**", last(multi, "master"));
        assertMade(1);
    }

    // ---- 3: another branch of the same repository

    @Test
    void secondCheckoutOfAnotherBranchIsNoCommitOfThisOne() throws Exception {
        Repository.push(
                repo,
                "Jenkinsfile",
                "node { checkout scm\ndir('pages') { git url: '" + repo + "', branch: 'gh-pages' } }");
        branch("gh-pages");
        WorkflowMultiBranchProject multi = multibranch(forBranches());
        assertMade(1);
        repo.git("checkout", "gh-pages");
        Repository.push(repo, "page", "two");
        jenkins.buildAndAssertSuccess(multi.getItem("master"));
        assertMade(1);
        repo.git("checkout", "master");
        Repository.push(repo, "file", "two");
        index(multi);
        assertMade(2);
        jenkins.buildAndAssertSuccess(multi.getItem("master"));
        assertMade(2);
    }

    // ---- 4: one job for all branches

    private FreeStyleProject ofAll(String branchSpec, GitpodPrebuildProperty property) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(new GitSCM(
                List.of(new UserRemoteConfig(
                        repo.toString(),
                        "origin",
                        "+refs/heads/*:refs/remotes/origin/* +refs/pull/*:refs/remotes/origin/pr/*",
                        null)),
                List.of(new BranchSpec(branchSpec)),
                null,
                null,
                List.of()));
        job.addProperty(property);
        return job;
    }

    private Run<?, ?> buildOf(String branch) throws Exception {
        FreeStyleProject job = ofAll("${WANTED}", new GitpodPrebuildProperty());
        job.addProperty(new hudson.model.ParametersDefinitionProperty(
                new hudson.model.StringParameterDefinition("WANTED", branch)));
        return jenkins.buildAndAssertSuccess(job);
    }

    private void projectOnTheDefaultBranch() {
        project.remoteUri("https://git.example.com/elsewhere");
        project = gitpod.simulator()
                .addProject("default branch")
                .remoteUri(repo + ".git")
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    @Test
    void jobForAllBranchesActsForTheDefaultBranchOnly() throws Exception {
        projectOnTheDefaultBranch();
        branch("feature");
        repo.git("checkout", "feature");
        Repository.push(repo, "file", "of the pull request");
        repo.git("update-ref", "refs/pull/1/merge", "HEAD");
        repo.git("reset", "--hard", "HEAD~1");
        repo.git("checkout", "--detach");
        Repository.push(repo, "file", "of the release");
        repo.git("tag", "v1");
        repo.git("checkout", "master");

        String unknown =
                "Jenkins cannot tell whether branch feature is that branch. Select a branch in the Gitpod project.";
        Run<?, ?> feature = buildOf("origin/feature");
        jenkins.assertLogContains(unknown, feature);
        assertEquals(2, JenkinsRule.getLog(feature).split(unknown, -1).length, "said once");
        jenkins.assertLogContains("This build is of change request pr/1/merge", buildOf("origin/pr/1/merge"));
        jenkins.assertLogContains("This build is of tag v1", buildOf("refs/tags/v1"));
        assertMade(0);
        buildOf("origin/master");
        assertMade(1);
        jenkins.assertLogContains(unknown, buildOf("*/feature"));
        assertMade(1);
        // A job that builds nothing but this branch is assumed to build the default branch.
        Run<?, ?> only = jenkins.buildAndAssertSuccess(ofAll("*/feature", new GitpodPrebuildProperty()));
        jenkins.assertLogContains("It is assumed to be branch feature", only);
        assertMade(2);
    }

    @Test
    void multibranchProjectThatDoesNotKnowTheDefaultBranchSaysSo() throws Exception {
        projectOnTheDefaultBranch();
        branch("feature");
        repo.git("checkout", "--detach");
        repo.git("commit", "--allow-empty", "--message=of no branch");
        WorkflowMultiBranchProject multi = multibranch(forBranches());
        Commits.awaitDecided();
        jenkins.assertLogContains("Jenkins cannot tell whether branch feature is that branch", last(multi, "feature"));
        assertMade(1);
    }

    // ---- 5: a fork

    @Test
    void pullRequestOfAForkIsSkippedAndNeverBuildsTheFork() throws Exception {
        Repository.push(other, "Jenkinsfile", "node { checkout scm }\ngitpodPrebuild onlyProjectBranch: true");
        other.git("checkout", "-b", "topic");
        Repository.push(other, "file", "two");
        WorkflowMultiBranchProject multi = multibranch(new Requests(repo.toString(), other.toString()));
        jenkins.assertLogContains("Skipped: This build is of change request PR-1", last(multi, "PR-1"));
        assertMade(0);
        SimProject ofFork = Commits.project(gitpod, other);
        Repository.push(other, "Jenkinsfile", "node { checkout scm }\ngitpodPrebuild()");
        WorkflowRun made = jenkins.buildAndAssertSuccess(multi.getItem("PR-1"));
        jenkins.assertLogContains("found by the repository " + repo, made);
        jenkins.assertLogContains("This build is of change request PR-1, but Gitpod creates", made);
        assertMade(1);
        Commits.assertMade(gitpod, ofFork, 0);
    }

    // ---- 6: the script is elsewhere

    private WorkflowJob scriptElsewhere(String script, boolean isLightweight) throws Exception {
        Repository.push(other, "Jenkinsfile", script);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        CpsScmFlowDefinition definition = new CpsScmFlowDefinition(Repository.scm(other), "Jenkinsfile");
        definition.setLightweight(isLightweight);
        job.setDefinition(definition);
        return job;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void jenkinsfileInAnotherRepositoryChangesNothing(boolean isLightweight) throws Exception {
        String checkout = "node { git '" + repo + "' }";
        WorkflowRun found = jenkins.buildAndAssertSuccess(
                scriptElsewhere(checkout + "\ngitpodPrebuild onlyProjectBranch: true", isLightweight));
        jenkins.assertLogContains("found by the repository " + repo, found);
        assertMade(1);

        Repository.push(repo, "file", "two");
        WorkflowJob unnamed = scriptElsewhere(checkout, isLightweight);
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        unnamed.addProperty(property);
        WorkflowRun silent = jenkins.buildAndAssertSuccess(unnamed);
        jenkins.assertLogContains(
                "Skipped: This build checked out " + repo + ", which is not the job's own repository.", silent);
        assertMade(1);
        property.setProjectId(project.id());
        jenkins.buildAndAssertSuccess(unnamed);
        assertMade(2);
        jenkins.buildAndAssertSuccess(unnamed);
        assertMade(2);

        // What only the script comes from says nothing of a project that is named.
        WorkflowRun named = jenkins.buildAndAssertSuccess(scriptElsewhere(
                "gitpodPrebuild force: true, onlyProjectBranch: true, projectId: '" + project.id() + "'",
                isLightweight));
        jenkins.assertLogContains("has not checked out the repository of the Gitpod project", named);
        assertMade(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void repositoryOfTheJenkinsfileComesFirstIfItHasAProject(boolean isLightweight) throws Exception {
        SimProject ofScript = Commits.project(gitpod, other);
        WorkflowRun build = jenkins.buildAndAssertSuccess(
                scriptElsewhere("node { git '" + repo + "' }\ngitpodPrebuild()", isLightweight));
        jenkins.assertLogContains("found by the repository " + other, build);
        Commits.assertMade(gitpod, ofScript, 1);
        assertMade(0);
    }

    // ---- 7: change logs

    private void library() throws Exception {
        Repository.push(other, "vars/greet.groovy", "def call() { echo 'hello' }");
        GitSCMSource source = new GitSCMSource(other.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        LibraryConfiguration library = new LibraryConfiguration("greetings", new SCMSourceRetriever(source));
        library.setDefaultVersion("master");
        GlobalLibraries.get().setLibraries(List.of(library));
    }

    @Test
    void onlyTheChangesOfTheProjectsRepositoryCount() throws Exception {
        library();
        try {
            String step = "def p = gitpodPrebuild(onlyIfChanged: 'vars/**, docs/**')\necho \"got ${p.skipped}\"";
            WorkflowJob job =
                    Builds.pipeline(jenkins, "@Library('greetings') _\ngreet()\nnode { git '" + repo + "' }\n" + step);
            jenkins.assertLogContains("got false", jenkins.buildAndAssertSuccess(job));
            // Only the library has what matters, and the repository has a merge as its last commit.
            Repository.push(other, "vars/greet.groovy", "def call() { echo 'hello again' }");
            repo.git("checkout", "-b", "topic");
            Repository.push(repo, "src/main", "two");
            repo.git("checkout", "master");
            repo.git("merge", "--no-ff", "--no-edit", "topic");
            WorkflowRun skipped = jenkins.buildAndAssertSuccess(job);
            jenkins.assertLogContains("hello again", skipped);
            jenkins.assertLogContains("got true", skipped);
            jenkins.assertLogContains("No changed file matches", skipped);
            Repository.push(repo, "docs/Übersicht \"neu\".md", "as git quotes it");
            jenkins.assertLogContains("got false", jenkins.buildAndAssertSuccess(job));
            // There is no change log of the repository, though one of the library.
            Repository.push(other, "vars/greet.groovy", "def call() { echo 'hello once more' }");
            Repository.push(repo, "src/main", "three");
            WorkflowJob without = Builds.pipeline(
                    jenkins,
                    "@Library('greetings') _\ngreet()\nnode { git url: '" + repo + "', changelog: false }\n"
                            + step.replace("vars/**, ", ""));
            jenkins.assertLogContains("got false", jenkins.buildAndAssertSuccess(without));
            Repository.push(other, "vars/greet.groovy", "def call() { echo 'the last time' }");
            Repository.push(repo, "src/main", "four");
            jenkins.assertLogContains("got false", jenkins.buildAndAssertSuccess(without));
        } finally {
            GlobalLibraries.get().setLibraries(List.of());
        }
    }

    @Test
    void quotedNamesMatchForThePropertyToo() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged("docs/é/**");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(Repository.scm(repo));
        job.addProperty(property);
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        Repository.push(repo, "docs/e/file", "two");
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        Repository.push(repo, "docs/é/tab\there", "three");
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
    }

    // ---- 8: the property of all branches

    @Test
    void changeAndRemovalOfThePropertyReachTheBranchesAtTheNextIndexing() throws Exception {
        WorkflowMultiBranchProject multi = multibranch(forBranches());
        assertMade(1);
        GitpodPrebuildProperty docs = new GitpodPrebuildProperty();
        docs.setOnlyIfChanged("docs/**");
        strategy(multi, new GitpodPrebuildBranchProperty(docs));
        index(multi);
        Repository.push(repo, "src/main", "two");
        index(multi);
        assertMade(1);
        jenkins.assertLogContains("No changed file matches docs/**", last(multi, "master"));

        strategy(multi);
        index(multi);
        Repository.push(repo, "docs/readme", "three");
        index(multi);
        assertMade(1);
        assertThat(JenkinsRule.getLog(last(multi, "master")), not(containsString("Gitpod")));

        // The Jenkinsfile's own property wins, and the project's counts again once the Jenkinsfile has none.
        strategy(multi, new GitpodPrebuildBranchProperty(docs));
        Repository.push(
                repo,
                "Jenkinsfile",
                "properties([gitpodPrebuildForCommits(onlyIfChanged: 'src/**')])\nnode { checkout scm }");
        index(multi);
        Repository.push(repo, "src/main", "four");
        index(multi);
        assertMade(2);
        Repository.push(repo, "docs/readme", "five");
        index(multi);
        jenkins.assertLogContains("No changed file matches src/**", last(multi, "master"));
        assertMade(2);
        Repository.push(repo, "Jenkinsfile", "properties([])\nnode { checkout scm }");
        index(multi);
        Repository.push(repo, "src/main", "six");
        index(multi);
        jenkins.assertLogContains("No changed file matches docs/**", last(multi, "master"));
    }

    private static void strategy(WorkflowMultiBranchProject multi, BranchProperty... properties) throws Exception {
        multi.getSourcesList().get(0).setStrategy(new DefaultBranchPropertyStrategy(properties));
        multi.save();
    }

    // ---- 9: many checkouts

    @Test
    void theLastOfManyCheckoutsCountsLikeTheFirst() throws Exception {
        StringBuilder script = new StringBuilder("node {\n");
        for (int i = 0; i < 21; i++) {
            Repository.push(other, "file", "content " + i);
            other.git("branch", "number-" + i);
            script.append("git url: '%s', branch: 'number-%d', changelog: false, poll: false\n".formatted(other, i));
        }
        script.append("git '").append(repo).append("'\n}\n");
        String step = "gitpodPrebuild(projectId: '" + project.id() + "', onlyProjectBranch: true)";
        WorkflowJob job = Builds.pipeline(jenkins, script + step);
        job.addProperty(new GitpodPrebuildProperty());
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogNotContains("cannot tell whether it is of", build);
        jenkins.assertLogContains("already has the completed prebuild", jenkins.buildAndAssertSuccess(job));
    }
}
