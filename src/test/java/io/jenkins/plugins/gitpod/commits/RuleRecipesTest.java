package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitSCM;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jenkins.branch.BranchSource;
import jenkins.branch.OrganizationFolder;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.scm.impl.SingleSCMNavigator;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Configures each rule among the recipes of the documentation, and pushes to repositories as the recipe says. */
@ExtendWith(FastLimits.class)
class RuleRecipesTest extends RepositoryTestBase {

    private static final Path RECIPES = Path.of("docs", "recipes");

    @TempDir
    private Path directory;

    private RemoteUrls urls;

    @BeforeEach
    void newUrls() {
        urls = new RemoteUrls();
    }

    @AfterEach
    void removeRulesAndUrls() throws Exception {
        GitpodPrebuildRules.get().setRules(null);
        urls.close();
    }

    /** @param replacements texts of the recipe, and what they become here */
    private void configure(String recipe, String... replacements) throws Exception {
        String yaml = Files.readString(RECIPES.resolve(recipe));
        for (int i = 0; i < replacements.length; i += 2) {
            yaml = yaml.replace(replacements[i], replacements[i + 1]);
        }
        Path file = directory.resolve(recipe);
        Files.writeString(file, yaml);
        ConfigurationAsCode.get().configure(file.toString());
    }

    private static SimProject project(GitSampleRepoRule repo, String name, String url) {
        return gitpod.simulator()
                .addProject(name)
                .remoteUri(url)
                .branch("master")
                .commit(() -> Repository.head(repo, "master"))
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    private static GitSCMSource source(String url) {
        GitSCMSource source = new GitSCMSource(url);
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        return source;
    }

    private static WorkflowMultiBranchProject index(WorkflowMultiBranchProject multi) throws Exception {
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        return multi;
    }

    private static void assertMade(SimProject of, int expected) {
        Commits.assertMade(gitpod, of, expected);
    }

    @Test
    void eachRecipeIsTested() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            assertEquals(
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".yaml"))
                            .map(name -> name.replaceAll("-|\\.yaml", ""))
                            .sorted()
                            .toList(),
                    Arrays.stream(RuleRecipesTest.class.getDeclaredMethods())
                            .filter(each -> each.isAnnotationPresent(Recipe.class))
                            .map(Method::getName)
                            .map(String::toLowerCase)
                            .sorted()
                            .toList());
        }
    }

    /** Marks the test of the recipe of the same name. */
    @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
    @interface Recipe {}

    @Test
    @Recipe
    void organizationGithub(GitSampleRepoRule other) throws Exception {
        configure("organization-github.yaml");
        Repository.init(other, "echo 'no project'");
        urls.put("https://github.com/acme/shop.git", repo);
        urls.put("https://github.com/acme/tools.git", other);
        SimProject shop = project(repo, "shop", "https://github.com/acme/shop");
        OrganizationFolder organization = jenkins.createProject(OrganizationFolder.class, "acme");
        for (String name : List.of("shop", "tools")) {
            organization
                    .getNavigators()
                    .add(new SingleSCMNavigator(name, List.of(source("https://github.com/acme/" + name + ".git"))));
        }
        organization.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        assertMade(shop, 1);
        Repository.push(repo, "file", "two");
        index((WorkflowMultiBranchProject) organization.getItem("shop"));
        assertMade(shop, 2);
        WorkflowJob withoutProject = ((WorkflowMultiBranchProject) organization.getItem("tools")).getItem("master");
        List<DecisionLog.Entry> decisions = DecisionLog.of(withoutProject).newestFirst();
        assertEquals(1, decisions.size());
        assertThat(
                decisions.get(0).text(), startsWith("Skipped: projectId is not set, and no Gitpod project was found"));
        assertNull(withoutProject.getLastBuild().getAction(PrebuildAction.class));
    }

    @Test
    @Recipe
    void multibranchBitbucketServer() throws Exception {
        configure("multibranch-bitbucket-server.yaml");
        String ssh = "ssh://git@bitbucket.example.com:7999/acme/shop.git";
        urls.put(ssh, repo);
        SimProject shop = project(repo, "bitbucket", "https://bitbucket.example.com/scm/acme/shop.git");
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class, "shop");
        multi.getSourcesList().add(new BranchSource(source(ssh)));
        Repository.push(repo, "Jenkinsfile", "error 'a test failed'");
        index(multi);
        assertMade(shop, 0);
        Repository.push(repo, "Jenkinsfile", "echo 'all tests passed'");
        index(multi);
        assertMade(shop, 1);
    }

    @Test
    @Recipe
    void monorepo() throws Exception {
        SimProject shop = project(repo, "part-shop", "https://github.com/acme/monorepo");
        SimProject api = project(repo, "part-api", "https://github.com/acme/monorepo");
        configure(
                "monorepo.yaml",
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                shop.id(),
                "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e10",
                api.id());
        urls.put("https://github.com/acme/monorepo.git", repo);
        Folder folder = jenkins.createProject(Folder.class, "monorepo");
        for (String part : List.of("shop", "api")) {
            WorkflowMultiBranchProject multi = folder.createProject(WorkflowMultiBranchProject.class, part);
            multi.getSourcesList().add(new BranchSource(source("https://github.com/acme/monorepo.git")));
            index(multi);
        }
        assertMade(shop, 1);
        assertMade(api, 1);
        Repository.push(repo, "api/pom.xml", "two");
        for (String part : List.of("shop", "api")) {
            index((WorkflowMultiBranchProject) folder.getItem(part));
        }
        assertMade(shop, 1);
        assertMade(api, 2);
    }

    @Test
    @Recipe
    void freestyleBranches() throws Exception {
        configure("freestyle-branches.yaml");
        FreeStyleProject job =
                jenkins.createProject(Folder.class, "builds").createProject(FreeStyleProject.class, "job");
        job.setScm(new GitSCM(
                GitSCM.createRepoList(repo.toString(), null), List.of(new BranchSpec("**")), null, null, List.of()));
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "file", "of the feature");
        jenkins.buildAndAssertSuccess(job);
        assertMade(1);
        repo.git("checkout", "master");
        Repository.push(repo, "file", "of master");
        jenkins.buildAndAssertSuccess(job);
        assertMade(2);
    }

    @Test
    @Recipe
    void nightlyFreshness() throws Exception {
        configure("nightly-freshness.yaml");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setScm(Repository.scm(repo));
        jenkins.buildAndAssertSuccess(job);
        Repository.push(repo, "file", "two");
        jenkins.buildAndAssertSuccess(job);
        assertMade(0);
        project.plan(PhasePlan.failing("A task failed.").scaled(0.003));
        night(job);
        assertMade(1);
        Commits.awaitEnd(job.getLastBuild());
        project.plan(PhasePlan.quick(Duration.ofMillis(300)));
        night(job);
        assertMade(2);
        night(job);
        assertMade(2);
    }

    private static void night(Job<?, ?> job) {
        ZonedDateTime now = ZonedDateTime.now();
        ZonedDateTime then = NightlyTime.of(job.getFullName()).next(now).atZone(now.getZone());
        NightlyWork.run(then.minusMinutes(5), then);
    }
}
