package io.jenkins.plugins.gitpod.request;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Result;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildOptions;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PartOf;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.record.RequestListener;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What several prebuilds together mean for the build that asked for them. */
class CombinedRequestTest {

    private static final UUID REQUEST = UUID.fromString("0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f");
    private static final String SMALL = "0193f0c1-6a8b-7c3d-9e4f-000000000001";
    private static final String LARGE = "0193f0c1-6a8b-7c3d-9e4f-000000000002";
    private static final PartOf BOTH = new PartOf(REQUEST, "all", List.of(SMALL, LARGE));

    private final Build build = new Build();
    private final PrebuildOptions options = new PrebuildOptions();

    /** What the build was told. */
    private static final class Build implements RequestListener {
        private final List<String> lines = new ArrayList<>();
        private final List<PrebuildResult> created = new ArrayList<>();
        private final List<PrebuildRecord> ended = new ArrayList<>();

        @Override
        public boolean isFor(UUID requestId) {
            return requestId.equals(REQUEST);
        }

        @Override
        public void line(String line) {
            lines.add(line);
        }

        @Override
        public void created(PrebuildResult result) {
            created.add(result);
        }

        @Override
        public void concluded(PrebuildRecord record) {
            ended.add(record);
        }
    }

    private CombinedRequest combined(PartOf whole, boolean isWaiting) {
        return new CombinedRequest(build, whole, isWaiting, id -> id.equals(SMALL) ? "Small" : "Large");
    }

    private static PrebuildResult prebuild(String id, PrebuildPhase phase) {
        return new PrebuildResult(id, "https://gitpod.example.com/" + id, phase);
    }

    private static PrebuildRecord ended(String id, EndStatus how) {
        PrebuildResult result =
                switch (how) {
                    case COMPLETED -> prebuild(id, PrebuildPhase.COMPLETED);
                    case FAILED -> prebuild(id, PrebuildPhase.FAILED);
                    case CANCELLED, CANCELLED_IN_GITPOD -> prebuild(id, PrebuildPhase.CANCELLED);
                    case DELETED -> prebuild(id, PrebuildPhase.DELETED);
                    case SKIPPED -> PrebuildResult.skipped(id, "", "COMPLETED", "young enough");
                    case LEFT_RUNNING -> prebuild(id, PrebuildPhase.RUNNING);
                    case ERROR -> null;
                };
        return new PrebuildRecord(
                "request of " + id, "project", "sim", false, result, how, "Prebuild " + id + ": " + how + ".");
    }

    private static PrebuildRecord warned(String id) {
        PrebuildRecord plain = ended(id, EndStatus.COMPLETED);
        Prebuild read = new Prebuild(
                id,
                new Prebuild.Metadata("project", LARGE, "creator", Instant.EPOCH, Trigger.MANUAL),
                new Prebuild.Spec(PrebuildPhase.COMPLETED, null),
                new Prebuild.Status(
                        PrebuildPhase.COMPLETED,
                        "PREBUILD_PHASE_COMPLETED",
                        null,
                        null,
                        null,
                        "a task failed",
                        null,
                        100,
                        1,
                        "1"));
        PrebuildResult result = plain.getResult().with(read, 1000);
        return new PrebuildRecord(
                plain.getRequestId(),
                "project",
                "sim",
                false,
                result,
                EndStatus.COMPLETED,
                "Prebuild " + id + " warns.");
    }

    private PrebuildRecord both(PrebuildRecord small, PrebuildRecord large) {
        CombinedRequest combined = combined(BOTH, true);
        combined.part(LARGE).concluded(large);
        assertThat("told before all have ended", build.ended, empty());
        combined.part(SMALL).concluded(small);
        assertEquals(1, build.ended.size());
        return build.ended.remove(0);
    }

    private Result result(EndStatus small, EndStatus large) {
        return both(ended("s", small), ended("l", large)).resultFor(options);
    }

    @Test
    void theBuildIsToldOnceWithAPartForEachClassInTheirOrder() {
        PrebuildRecord all = both(ended("s", EndStatus.COMPLETED), ended("l", EndStatus.COMPLETED));
        assertEquals(REQUEST.toString(), all.getRequestId());
        assertEquals("project", all.getProjectId());
        assertEquals("sim", all.getConnection());
        assertEquals("Gitpod prebuilds of 2 environment classes: 2 completed.", all.getMessage());
        assertEquals(
                List.of("s", "l"),
                all.getResult().getParts().stream().map(PrebuildResult::getId).toList());
        assertEquals(
                List.of(SMALL, LARGE),
                all.getResult().getParts().stream()
                        .map(PrebuildResult::getEnvironmentClassId)
                        .toList());
        assertEquals("COMPLETED", all.getResult().getPhase());
        assertEquals(Result.SUCCESS, all.resultFor(options));
    }

    @Test
    void theWorstPartGivesTheResultItsValues() {
        List<EndStatus> bestFirst = List.of(
                EndStatus.SKIPPED,
                EndStatus.COMPLETED,
                EndStatus.LEFT_RUNNING,
                EndStatus.CANCELLED,
                EndStatus.DELETED,
                EndStatus.FAILED);
        for (int i = 1; i < bestFirst.size(); i++) {
            EndStatus better = bestFirst.get(i - 1);
            EndStatus worse = bestFirst.get(i);
            PrebuildRecord all = both(ended("s", worse), ended("l", better));
            assertEquals(worse, all.getConclusion());
            assertEquals("s", all.getResult().getId());
            all = both(ended("s", better), ended("l", worse));
            assertEquals(worse, all.getConclusion());
            assertEquals("l", all.getResult().getId());
        }
        assertEquals(
                "s",
                both(ended("s", EndStatus.FAILED), ended("l", EndStatus.FAILED))
                        .getResult()
                        .getId());
    }

    @Test
    void oneFailureFailsTheBuildUnlessItDoesNotPropagate() {
        assertEquals(Result.FAILURE, result(EndStatus.COMPLETED, EndStatus.FAILED));
        assertEquals(Result.FAILURE, result(EndStatus.DELETED, EndStatus.SKIPPED));
        assertEquals(Result.ABORTED, result(EndStatus.COMPLETED, EndStatus.CANCELLED_IN_GITPOD));
        assertEquals(Result.FAILURE, result(EndStatus.FAILED, EndStatus.CANCELLED_IN_GITPOD));
        options.setPropagate(false);
        assertEquals(Result.SUCCESS, result(EndStatus.COMPLETED, EndStatus.FAILED));
        assertEquals(Result.SUCCESS, result(EndStatus.FAILED, EndStatus.CANCELLED_IN_GITPOD));
        assertEquals(Result.FAILURE, result(EndStatus.COMPLETED, EndStatus.ERROR), "nothing to return");
    }

    @Test
    void oneWarningCountsAsOnWarningSays() {
        for (OnWarning onWarning : OnWarning.values()) {
            options.setOnWarning(onWarning);
            PrebuildRecord all = both(ended("s", EndStatus.COMPLETED), warned("l"));
            assertEquals("l", all.getResult().getId());
            assertEquals("a task failed", all.getResult().getWarningMessage());
            assertThat(all.getMessage(), containsString("Large: Prebuild l warns."));
            Result expected =
                    switch (onWarning) {
                        case IGNORE -> Result.SUCCESS;
                        case UNSTABLE -> Result.UNSTABLE;
                        case FAIL -> Result.FAILURE;
                    };
            assertEquals(expected, all.resultFor(options));
        }
        // The other part failed, which does not propagate; the warning still counts.
        options.setPropagate(false);
        assertEquals(
                Result.FAILURE, both(ended("s", EndStatus.FAILED), warned("l")).resultFor(options));
    }

    @Test
    void theMessageCountsAllAndNamesWhatWentWrong() {
        PrebuildRecord all = both(ended("s", EndStatus.SKIPPED), ended("l", EndStatus.ERROR));
        assertEquals(
                "Gitpod prebuilds of 2 environment classes: 1 skipped, 1 failed. Large: Prebuild l: ERROR.",
                all.getMessage());
        assertThat(
                both(ended("s", EndStatus.CANCELLED), ended("l", EndStatus.CANCELLED))
                        .getMessage(),
                startsWith("Gitpod prebuilds of 2 environment classes: 2 cancelled."));
    }

    @Test
    void theLinesOfThePartsNameTheirClasses() {
        CombinedRequest combined = combined(BOTH, true);
        combined.part(SMALL).line("Created.");
        combined.part(LARGE).concluded(ended("l", EndStatus.FAILED));
        assertThat(build.lines, contains("[Small] Created.", "[Large] Prebuild l: FAILED."));
        assertTrue(combined.part(SMALL).isFor(BOTH.partId(SMALL)));
    }

    @Test
    void theOnlyPartIsToldAsARequestByItself() {
        PartOf whole = new PartOf(REQUEST, "all", List.of(LARGE));
        CombinedRequest combined = combined(whole, true);
        combined.part(LARGE).line("Created.");
        combined.part(LARGE).concluded(ended("l", EndStatus.COMPLETED));
        assertThat(build.lines, contains("Created."));
        assertEquals("Prebuild l: COMPLETED.", build.ended.get(0).getMessage());
        assertEquals(1, build.ended.get(0).getResult().getParts().size());
    }

    @Test
    void aBuildThatDoesNotWaitIsToldOnceAllAreCreated() {
        CombinedRequest combined = combined(BOTH, false);
        combined.part(SMALL).created(prebuild("s", PrebuildPhase.PENDING));
        assertThat(build.created, empty());
        combined.part(LARGE).concluded(ended("l", EndStatus.SKIPPED));
        assertEquals(1, build.created.size());
        assertEquals("s", build.created.get(0).getId(), "the one that is not skipped");
        assertEquals(2, build.created.get(0).getParts().size());
        combined.part(SMALL).concluded(ended("s", EndStatus.FAILED));
        assertEquals(1, build.created.size());
    }

    @Test
    void aBuildThatDoesNotWaitFailsIfOneWasRefused() {
        CombinedRequest combined = combined(BOTH, false);
        combined.part(LARGE).concluded(ended("l", EndStatus.ERROR));
        assertThat("the other one may still be created", build.ended, empty());
        combined.part(SMALL).created(prebuild("s", PrebuildPhase.PENDING));
        assertThat(build.created, empty());
        PrebuildRecord all = build.ended.get(0);
        assertEquals(
                "Gitpod prebuilds of 2 environment classes: 1 created, 1 failed. Large: Prebuild l: ERROR.",
                all.getMessage());
        assertEquals(Result.FAILURE, all.resultFor(options));
        combined.part(SMALL).concluded(ended("s", EndStatus.COMPLETED));
        assertEquals(1, build.ended.size());
    }

    @Test
    void aBuildThatWaitsDoesSoThoughOneWasRefused() {
        CombinedRequest combined = combined(BOTH, true);
        combined.part(LARGE).concluded(ended("l", EndStatus.ERROR));
        combined.part(SMALL).created(prebuild("s", PrebuildPhase.PENDING));
        assertThat(build.ended, empty());
        combined.part(SMALL).concluded(ended("s", EndStatus.COMPLETED));
        assertEquals(EndStatus.ERROR, build.ended.get(0).getConclusion());
    }

    @Test
    void theIdsOfThePartsFollowFromTheRequestAndTheClass() {
        assertEquals(BOTH.partIds(), new PartOf(REQUEST, SMALL, List.of(SMALL, LARGE)).partIds());
        assertNotEquals(BOTH.partId(SMALL), BOTH.partId(LARGE));
        assertNotEquals(BOTH.partId(SMALL), new PartOf(UUID.randomUUID(), "all", List.of(SMALL)).partId(SMALL));
        assertThat(BOTH.partIds(), not(contains(REQUEST)));
    }
}
