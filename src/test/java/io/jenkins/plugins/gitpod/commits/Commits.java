package io.jenkins.plugins.gitpod.commits;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jenkins.plugins.git.GitSampleRepoRule;

/** What tests ask after builds of a repository: what was made of its project, and what was recorded. */
final class Commits {

    private Commits() {}

    /** A project of a repository, whose prebuilds complete soon. */
    static SimProject project(GitpodFixture gitpod, GitSampleRepoRule repo) throws Exception {
        return gitpod.simulator()
                .addProject(repo.getRoot().getName())
                .remoteUri(repo.toString())
                .branch("master")
                .commit(() -> Repository.head(repo, "master"))
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    static List<SimPrebuild> made(GitpodFixture gitpod, SimProject project) {
        return gitpod.simulator().records().prebuilds().stream()
                .filter(prebuild -> prebuild.projectId().equals(project.id()))
                .toList();
    }

    /** Waits until no more is undecided, then says how many there are. */
    static void assertMade(GitpodFixture gitpod, SimProject project, int expected) {
        awaitDecided();
        assertEquals(expected, made(gitpod, project).size(), "prebuilds made");
    }

    /** Waits until no commit is undecided, and no prebuild is asked for that is not made. */
    static void awaitDecided() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> undecided() == 0 && LedgerFiles.open().stream().allMatch(Commits::isMade));
    }

    private static boolean isMade(Path entry) {
        try {
            return Files.readString(entry).contains("<prebuildId>");
        } catch (NoSuchFileException closed) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int undecided() {
        return LedgerFiles.in(LedgerFiles.directory().resolve("new-commits")).size();
    }

    /** Waits until all that the build asked for is over. */
    static List<PrebuildRecord> awaitEnds(Run<?, ?> build) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            PrebuildAction action = build.getAction(PrebuildAction.class);
            return action != null && action.getRecords().stream().allMatch(record -> record.getConclusion() != null);
        });
        return build.getAction(PrebuildAction.class).getRecords();
    }

    /** The same where it asked for one only. */
    static PrebuildRecord awaitEnd(Run<?, ?> build) {
        List<PrebuildRecord> records = awaitEnds(build);
        assertThat(records, hasSize(1));
        return records.get(0);
    }
}
