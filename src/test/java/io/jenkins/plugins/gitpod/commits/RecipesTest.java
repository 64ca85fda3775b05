package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Runs every recipe of the documentation in a multibranch project: one prebuild for the main branch, none for another. */
@ExtendWith(FastLimits.class)
@WithJenkins
@WithGitSampleRepo
class RecipesTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;

    @BeforeAll
    static void connect(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs", "recipes"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipe(Path recipe, GitSampleRepoRule repo) throws Exception {
        Repository.init(repo, Files.readString(recipe));
        repo.git("branch", "-m", "master", "main");
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        SimProject project = GITPOD.simulator()
                .addProject(repo.getRoot().getName())
                .remoteUri(repo.toString())
                .branch("main")
                .commit(() -> Repository.head(repo, "main"))
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        multi.getSourcesList().add(new BranchSource(source));
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(120_000);
        jenkins.assertBuildStatus(Result.SUCCESS, multi.getItem("main").getLastBuild());
        jenkins.assertBuildStatus(Result.SUCCESS, multi.getItem("feature").getLastBuild());
        await().atMost(Duration.ofSeconds(30)).until(() -> made(project) > 0);
        assertEquals(1, made(project));
    }

    private static long made(SimProject project) {
        return GITPOD.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .count();
    }
}
