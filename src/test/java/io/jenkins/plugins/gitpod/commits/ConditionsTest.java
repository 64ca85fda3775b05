package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.store.DecisionLog;
import io.jenkins.plugins.gitpod.testing.Builds;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Commits get no more prebuilds than the conditions of the setting ask for, and the page of the job says why. */
@ExtendWith(FastLimits.class)
class ConditionsTest extends RepositoryTestBase {

    private static String lastDecision(FreeStyleProject job) {
        return DecisionLog.of(job).newestFirst().get(0).text();
    }

    private void push(String path) throws Exception {
        Repository.push(repo, path, path + " of " + repo.head());
    }

    /** Builds, and waits until it is decided. */
    private void assertMadeAfter(FreeStyleProject job, int made) throws Exception {
        jenkins.buildAndAssertSuccess(job);
        assertMade(made);
    }

    @Test
    void theFilesOfTheProjectDecideWhereverTheyAre() throws Exception {
        project.files("infra/devcontainer.json", "");
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged("environment, lock");
        FreeStyleProject job = freestyle(property);
        assertMadeAfter(job, 1); // there is no change log
        Commits.awaitEnd(job.getLastBuild());
        WorkflowJob step = Builds.pipeline(
                jenkins, "node { git url: '" + repo + "' }\ngitpodPrebuild onlyIfChanged: 'environment'");
        jenkins.assertLogContains("already has the completed prebuild", jenkins.buildAndAssertSuccess(step));
        push("src/main");
        push(".devcontainer/devcontainer.json");
        assertMadeAfter(job, 1);
        assertThat(
                lastDecision(job), startsWith("Skipped: No changed file matches environment, lock (in this project: "));
        jenkins.assertLogContains("No changed file matches environment (in", jenkins.buildAndAssertSuccess(step));
        push("infra/setup.sh");
        assertMadeAfter(job, 2);
        push("src/main");
        push("lock");
        assertMadeAfter(job, 3);
        push("src/main");
        push(".ona/automations.yaml");
        assertMadeAfter(job, 4);
    }

    @Test
    void everyFewCommitsGetOnePrebuild() throws Exception {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setMinimumCommits(3);
        FreeStyleProject job = freestyle(property);
        assertMadeAfter(job, 1);
        push("one");
        assertMadeAfter(job, 1);
        assertEquals(
                "Skipped: There are 1 of 3 new commits since the last prebuild of this branch.", lastDecision(job));
        assertMadeAfter(job, 1);
        push("two");
        push("three");
        assertMadeAfter(job, 2);
        push("four");
        push("five");
        assertMadeAfter(job, 2);
        assertThat(lastDecision(job), containsString("2 of 3"));
    }

    @Test
    void duringQuietHoursTheNewestCommitWaits() throws Exception {
        LocalTime now = LocalTime.now();
        DateTimeFormatter time = DateTimeFormatter.ofPattern("HH:mm");
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setQuietHours(time.format(now.minusHours(1)) + "-" + time.format(now.plusHours(2)));
        FreeStyleProject job = freestyle(property);
        jenkins.buildAndAssertSuccess(job);
        push("one");
        FreeStyleBuild second = jenkins.buildAndAssertSuccess(job);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !DecisionLog.of(job).newestFirst().isEmpty());
        assertEquals(
                "Skipped: A request for a newer commit of this branch waits until the quiet hours are over.",
                lastDecision(job));
        assertEquals(1, DecisionLog.of(job).newestFirst().get(0).build());
        await().atMost(Duration.ofSeconds(30)).until(() -> Commits.undecided() == 1);
        assertThat(
                Files.readString(LedgerFiles.in(LedgerFiles.directory().resolve("new-commits"))
                        .get(0)),
                containsString(second.getExternalizableId()));
        OpenPrebuild shown =
                PrebuildService.get().queries().orElseThrow().open().get(0);
        assertEquals("Waiting", shown.getState());
        assertThat(shown.getWaitsFor(), matchesPattern("until [-0-9]{10} .*, when the quiet hours are over"));
        assertEquals(project.id(), shown.getProjectId());
        job.delete();
        assertMade(0);
    }

    private static List<String> states() {
        return LedgerFiles.in(LedgerFiles.directory().resolve("new-commits")).stream()
                .map(file -> file.getFileName().toString().replace(".xml", ""))
                .map(name -> PrebuildService.get().status(UUID.fromString(name)))
                .toList();
    }

    /** The request of the second job is the newer one, and then its interval is not over. */
    @Test
    void ofTwoJobsOfABranchTheOneThatStillWantsAPrebuildGetsIt() throws Exception {
        project.plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setWhenActive(WhenActive.QUEUE);
        FreeStyleProject job = freestyle(property);
        assertMadeAfter(job, 1);
        push("one");
        FreeStyleBuild older = jenkins.buildAndAssertSuccess(job);
        GitpodPrebuildProperty rarely = new GitpodPrebuildProperty();
        rarely.setWhenActive(WhenActive.QUEUE);
        rarely.setMinimumInterval(60);
        FreeStyleProject other = freestyle(rarely);
        FreeStyleProject deleted = freestyle(property);
        jenkins.buildAndAssertSuccess(other);
        jenkins.buildAndAssertSuccess(deleted);
        String queued = "Waiting for Gitpod prebuild ";
        String superseded = "A newer request, for commit ";
        await().atMost(Duration.ofSeconds(30))
                .until(
                        ConditionsTest::states,
                        containsInAnyOrder(startsWith(queued), startsWith(superseded), startsWith(superseded)));
        assertThat(
                PrebuildService.get().queries().orElseThrow().open().stream()
                        .map(OpenPrebuild::getWaitsFor)
                        .toList(),
                contains(
                        "",
                        "behind a newer request, for commit " + repo.head().substring(0, 8),
                        "behind a newer request, for commit " + repo.head().substring(0, 8),
                        "behind prebuild " + made().get(0).id()));
        deleted.delete();
        await().atMost(Duration.ofSeconds(30))
                .until(ConditionsTest::states, containsInAnyOrder(startsWith(queued), startsWith(superseded)));
        project.plan(PhasePlan.quick(Duration.ofMillis(300)));
        made().get(0).forcePhase(SimPhase.COMPLETED);
        assertMade(2);
        assertThat(lastDecision(other), startsWith("Skipped: "));
        assertThat(lastDecision(other), containsString("60"));
        assertEquals(made().get(1).id(), Commits.awaitEnd(older).getResult().getId());
    }

    @Test
    void aUsedUpBudgetSkipsAutomaticPrebuildsOnly() throws Exception {
        long hourAgo = System.currentTimeMillis() - Duration.ofHours(1).toMillis();
        Path file = LedgerFiles.directory().resolve("run-times").resolve(project.id() + ".xml");
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "<gitpod-run-times><prebuilds><prebuild><id>earlier</id><startMillis>" + hourAgo
                        + "</startMillis><endMillis>"
                        + (hourAgo + Duration.ofMinutes(10).toMillis())
                        + "</endMillis></prebuild></prebuilds></gitpod-run-times>");
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setDailyBudget(10);
        FreeStyleProject job = freestyle(property);
        assertMadeAfter(job, 0);
        assertThat(
                lastDecision(job),
                startsWith("Skipped: The daily budget of 10 min for this project is used up: its prebuilds ran 10 min "
                        + "in the last 24 hours. The next automatic prebuild is possible from "));
        jenkins.buildAndAssertSuccess(Builds.pipeline(jenkins, "node { git url: '" + repo + "' }\ngitpodPrebuild()"));
        assertMade(1);
        String made = made().get(0).id();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.readString(file).contains(made));
        property.setDailyBudget(11);
        push("one");
        assertMadeAfter(job, 2);
    }
}
