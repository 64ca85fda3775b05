package io.jenkins.plugins.gitpod.commits;

import hudson.ExtensionList;
import hudson.FilePath;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.SCMListener;
import hudson.scm.SCM;
import io.jenkins.plugins.gitpod.checkout.RunningCheckouts;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.File;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import jenkins.branch.BranchSource;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * Measures what a checkout costs in a job that has nothing to do with Gitpod, and prints the tables of
 * {@code docs/performance.md}. Not part of the ordinary build: {@code mvn test -Dtest=CheckoutCostRun}.
 */
@WithJenkins
@WithGitSampleRepo
class CheckoutCostRun {

    private static final int CALLS = 50_000;
    private static final int CHECKOUTS = 30;
    private static final int ROUNDS = 9;

    private JenkinsRule jenkins;
    private GitSampleRepoRule repo;

    @Test
    void measure(JenkinsRule rule, GitSampleRepoRule sample) throws Exception {
        jenkins = rule;
        repo = sample;
        try (GitpodFixture gitpod = new GitpodFixture()) {
            gitpod.connect();
            Repository.init(repo, "node { checkout scm }");
            print("| job | the listener, µs per checkout |");
            print("|---|--:|");
            FreeStyleProject freestyle = jenkins.createFreeStyleProject();
            freestyle.setScm(Repository.scm(repo));
            row("freestyle", jenkins.buildAndAssertSuccess(freestyle), Repository.scm(repo));
            WorkflowRun pipeline =
                    jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, "node { git '" + repo + "' }"));
            row("pipeline", pipeline, pipeline.getSCMs().get(0));
            WorkflowRun branch = branch();
            row("branch of a multibranch project", branch, branch.getSCMs().get(0));
            compare();
        }
    }

    private WorkflowRun branch() throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        multi.getSourcesList().add(new BranchSource(source));
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        return multi.getItem("master").getLastBuild();
    }

    /** The listener alone, as for a checkout on the controller, which costs most. */
    private static void row(String kind, Run<?, ?> build, SCM scm) {
        CheckoutListener listener = ExtensionList.lookupSingleton(CheckoutListener.class);
        FilePath workspace = new FilePath(build.getRootDir());
        File changeLog = new File(build.getRootDir(), "changelog.xml");
        List<Double> micros = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                listener.onCheckout(build, scm, workspace, TaskListener.NULL, changeLog, null);
                RunningCheckouts.remove(build);
            }
            micros.add((System.nanoTime() - start) / 1000.0 / CALLS);
        }
        print("| %s | %.1f |", kind, median(micros));
    }

    /** Whole builds with many checkouts, in turns with and without the listener. */
    private void compare() throws Exception {
        WorkflowJob job =
                Builds.pipeline(jenkins, "node { for (int i = 0; i < " + CHECKOUTS + "; i++) { git '" + repo + "' } }");
        ExtensionList<SCMListener> listeners = ExtensionList.lookup(SCMListener.class);
        CheckoutListener listener = listeners.get(CheckoutListener.class);
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            with.add(millisPerCheckout(job));
            listeners.remove(listener);
            try {
                without.add(millisPerCheckout(job));
            } finally {
                listeners.add(listener);
            }
        }
        print("| builds with %d checkouts each | ms per checkout, median of %d |", CHECKOUTS, ROUNDS);
        print("|---|--:|");
        print(
                "| with the listener | %.1f (%.1f to %.1f) |",
                median(with), Collections.min(with), Collections.max(with));
        print("| without | %.1f (%.1f to %.1f) |", median(without), Collections.min(without), Collections.max(without));
    }

    private double millisPerCheckout(WorkflowJob job) throws Exception {
        WorkflowRun build = jenkins.buildAndAssertSuccess(job);
        return (double) build.getDuration() / CHECKOUTS;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
