package io.jenkins.plugins.gitpod.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.ChangedPaths;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import io.jenkins.plugins.gitpod.config.ConfiguredConnection;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.options.CommitConditions;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.store.CommitHistory;
import io.jenkins.plugins.gitpod.store.NewCommit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What decisions leave in the history of commits. */
class DecisionEffectsTest {

    private static final String REPOSITORY = "https://github.com/acme/shop";
    private static final Decision.Skip MISSED = new Decision.Skip("one is running", null, true);

    @TempDir
    private Path directory;

    private CommitHistory history;
    private DecisionEffects effects;

    @BeforeEach
    void open() {
        history = new CommitHistory(directory, () -> Instant.EPOCH);
        effects = new DecisionEffects(history, null, () -> false);
    }

    private static NewCommit commit(String branch, CommitConditions conditions) {
        CheckedOut found =
                new CheckedOut(List.of(REPOSITORY), List.of(branch), List.of(), "0123", CheckedOut.Kind.BRANCH, false);
        Checkout checkout = new Checkout(found, Checkout.From.OWN_SCM, null);
        return new NewCommit(checkout, ChangedPaths.MATCH, false, null, conditions);
    }

    private static StepRequest request(PrebuildOptions options, NewCommit commit) throws Exception {
        Connection connection = new Connection("eu", GitpodEndpoint.parse("https://gitpod.example.com/api"), false);
        return new StepRequest(
                UUID.randomUUID(),
                null,
                () -> null,
                new ConfiguredConnection(null, connection),
                options.forCommits(),
                commit,
                null);
    }

    private static DecisionInputs inputs(StepRequest request) {
        Project project = new Project(
                "p",
                "shop",
                REPOSITORY,
                ProjectTarget.branch("main"),
                List.of(),
                new Project.PrebuildConfiguration(true, List.of()),
                false);
        return new DecisionInputs(project, request.newCommit().checkout(), ChangedPaths.MATCH, List.of(), List.of());
    }

    private long files() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.count();
        }
    }

    @Test
    void theCommitsOfABranchThatIsSkippedAreNotCounted() throws Exception {
        CommitConditions conditions = CommitConditions.NONE.withMinimumCommits(3);
        PrebuildOptions options = new PrebuildOptions();
        for (int i = 0; i < 3; i++) {
            StepRequest feature = request(options, commit("feature-" + i, conditions));
            effects.count(feature, inputs(feature));
        }
        assertEquals(0, files(), "with many branches, their files would replace that of the project's branch");

        StepRequest main = request(options, commit("main", conditions));
        effects.count(main, inputs(main));
        assertEquals(1, files());

        options.setOnlyProjectBranch(false);
        StepRequest feature = request(options, commit("feature", conditions));
        effects.count(feature, inputs(feature));
        assertEquals(2, files());
    }

    @Test
    void aRequestThatReplacesAnOldPrebuildMissesNoChange() throws Exception {
        NewCommit commit = commit("main", CommitConditions.NONE);
        StepRequest fresh = request(new PrebuildOptions().forFreshness(132), commit);
        DecisionInputs inputs = inputs(fresh);
        effects.skip(fresh, inputs, MISSED);
        assertFalse(history.hasMissedChange(inputs.key(fresh)));

        StepRequest pushed = request(new PrebuildOptions(), commit);
        effects.skip(pushed, inputs, MISSED);
        assertTrue(history.hasMissedChange(inputs.key(pushed)));
        effects.skip(fresh, inputs, MISSED);
        assertTrue(history.hasMissedChange(inputs.key(fresh)), "nor does it forget one");
    }
}
