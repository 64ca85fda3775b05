package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every Jenkinsfile among the recipes of the documentation in a multibranch project: one prebuild for the main branch, none for another. Runs
 * the examples inside the documents too, in the main branch.
 */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class RecipesTest extends GitpodTestBase {

    private static final String EXAMPLE_ID = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    /** Examples of Job DSL are run by its own test. */
    private static final String JOB_DSL = "folder(";

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs", "recipes"))) {
            return files.filter(file -> file.toString().endsWith(".jenkinsfile"))
                    .sorted()
                    .toList();
        }
    }

    static List<Arguments> examples() throws IOException {
        List<Arguments> examples = new ArrayList<>();
        for (MarkdownFile file : MarkdownFile.all()) {
            List<String> blocks = file.blocks("groovy");
            for (int i = 0; i < blocks.size(); i++) {
                if (!blocks.get(i).startsWith(JOB_DSL)) {
                    examples.add(Arguments.of(file + " " + (i + 1), blocks.get(i)));
                }
            }
        }
        return examples;
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void recipe(Path recipe, GitSampleRepoRule repo) throws Exception {
        Repository.init(repo, Files.readString(recipe));
        repo.git("branch", "-m", "master", "main");
        repo.git("checkout", "-b", "feature");
        Repository.push(repo, "other", "file");
        SimProject project = project(repo);
        WorkflowMultiBranchProject multi = build(repo);
        jenkins.assertBuildStatus(Result.SUCCESS, multi.getItem("main").getLastBuild());
        jenkins.assertBuildStatus(Result.SUCCESS, multi.getItem("feature").getLastBuild());
        await().atMost(Duration.ofSeconds(30)).until(() -> made(project) > 0);
        assertEquals(1, made(project));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void example(String name, String script, GitSampleRepoRule repo) throws Exception {
        SimProject project = project(repo);
        Repository.init(repo, pipeline(script.replace(EXAMPLE_ID, project.id())));
        repo.git("branch", "-m", "master", "main");
        WorkflowMultiBranchProject multi = build(repo);
        jenkins.assertBuildStatus(Result.SUCCESS, multi.getItem("main").getLastBuild());
        await().atMost(Duration.ofSeconds(30)).until(() -> made(project) > 0);
        assertEquals(1, made(project));
    }

    /** The example as a Jenkinsfile: the options of a declarative pipeline are shown without the rest of it. */
    private static String pipeline(String example) {
        return example.startsWith("options {")
                ? "pipeline { agent any\n" + example + "stages { stage('Build') { steps { echo 'build' } } } }"
                : example;
    }

    private static SimProject project(GitSampleRepoRule repo) {
        return gitpod.simulator()
                .addProject(repo.getRoot().getName())
                .remoteUri(repo.toString())
                .branch("main")
                .commit(() -> Repository.head(repo, "main"))
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    private static WorkflowMultiBranchProject build(GitSampleRepoRule repo) throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        multi.getSourcesList().add(new BranchSource(source));
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(120_000);
        return multi;
    }

    private static long made(SimProject project) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .count();
    }
}
