package io.jenkins.plugins.gitpod.engine;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;

import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import io.jenkins.plugins.gitpod.api.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which prebuilds may be deleted. */
class CleanUpRulesTest {

    private static final Prebuild NEWEST = prebuild("p9", 90).made();

    private static Prebuilds prebuild(String id, int minute) {
        return Prebuilds.named(id)
                .phase(PrebuildPhase.COMPLETED)
                .createdAt(Prebuilds.CREATED.plus(Duration.ofMinutes(minute)));
    }

    private static List<String> toDelete(int keep, Set<String> own, Prebuild... others) {
        List<Prebuild> listed = new ArrayList<>(List.of(others));
        listed.add(NEWEST);
        return CleanUpRules.toDelete(cleanUp(keep, own), listed);
    }

    private static CleanUp cleanUp(int keep, Set<String> own) {
        return cleanUp(keep, own, Set.of());
    }

    private static CleanUp cleanUp(int keep, Set<String> own, Set<String> recent) {
        try {
            Connection connection =
                    new Connection("main", GitpodEndpoint.parse("https://gitpod.example.com/api"), true);
            return new CleanUp(connection, () -> null, NEWEST, keep, own, recent);
        } catch (InvalidEndpointException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theNewestOnesStayAndTheOthersGoOldestFirst() {
        Prebuild a = prebuild("a", 1).made();
        Prebuild b = prebuild("b", 2).made();
        Prebuild c = prebuild("c", 3).made();
        Set<String> own = Set.of("a", "b", "c", "p9");
        assertThat(toDelete(1, own, c, a, b), contains("a", "b", "c"));
        assertThat(toDelete(2, own, c, a, b), contains("a", "b"));
        assertThat(toDelete(3, own, c, a, b), contains("a"));
        assertThat(toDelete(4, own, c, a, b), is(empty()));
        assertThat("never none", toDelete(0, own, c, a, b), contains("a", "b", "c"));
    }

    @Test
    void whatWasNotMadeHereStaysAndDoesNotCount() {
        Prebuild others = prebuild("others", 5).made();
        Prebuild a = prebuild("a", 1).made();
        Prebuild b = prebuild("b", 2).made();
        assertThat(toDelete(2, Set.of("a", "b"), others, a, b), contains("a"));
        assertThat(toDelete(1, Set.of(), others, a, b), is(empty()));
    }

    @Test
    void anotherClassAnotherPhaseAndGitpodsScheduleAreLeftAlone() {
        Prebuild otherClass =
                prebuild("otherClass", 1).environmentClass("large").made();
        Prebuild noClass = prebuild("noClass", 1).environmentClass(null).made();
        Prebuild running = prebuild("running", 1).phase(PrebuildPhase.RUNNING).made();
        Prebuild failed = prebuild("failed", 1).phase(PrebuildPhase.FAILED).made();
        Prebuild deleting =
                prebuild("deleting", 1).phase(PrebuildPhase.DELETING).made();
        Prebuild scheduled = prebuild("scheduled", 1).trigger(Trigger.SCHEDULED).made();
        Prebuild undated = Prebuilds.named("undated")
                .phase(PrebuildPhase.COMPLETED)
                .createdAt(null)
                .made();
        Set<String> own =
                Set.of("otherClass", "noClass", "running", "failed", "deleting", "scheduled", "undated", "p9");
        assertThat(toDelete(1, own, otherClass, noClass, running, failed, deleting, scheduled, undated), is(empty()));
    }

    @Test
    void whatIsAlreadyBeingDeletedIsNotOneThatIsKept() {
        Prebuild a = prebuild("a", 1).made();
        Prebuild going = prebuild("going", 2).made();
        going = new Prebuild(
                going.id(), going.metadata(), new Prebuild.Spec(PrebuildPhase.DELETED, null), going.status());
        assertThat(toDelete(2, Set.of("a", "going", "p9"), a, going), is(empty()));
    }

    /** Commits are skipped in favor of a prebuild that exists, and of no other. */
    @Test
    void whatIsNotListedOrIsBeingDeletedIsGone() {
        Prebuild a = prebuild("a", 1).environmentClass("large").made();
        Prebuild others = prebuild("others", 1).made();
        Prebuild going = prebuild("going", 2).made();
        going = new Prebuild(
                going.id(), going.metadata(), new Prebuild.Spec(PrebuildPhase.DELETED, null), going.status());
        CleanUp cleanUp = cleanUp(1, Set.of("a", "going", "deleted", "p9"));
        assertThat(
                CleanUpRules.gone(cleanUp, List.of(a, others, going, NEWEST)), containsInAnyOrder("going", "deleted"));
    }

    /** Its end was read, and the list still has it as running, or does not have it. */
    @Test
    void whatHasJustCompletedIsNotGoneIfTheListLagsBehind() {
        Prebuild lagging =
                prebuild("lagging", 91).phase(PrebuildPhase.SNAPSHOTTING).made();
        CleanUp cleanUp = cleanUp(1, Set.of("deleted", "lagging", "missing", "p9"), Set.of("lagging", "missing", "p9"));
        assertThat(CleanUpRules.gone(cleanUp, List.of(lagging, NEWEST)), contains("deleted"));
    }

    @Test
    void whatCompletedLaterStaysAndIsOneThatIsKept() {
        Prebuild a = prebuild("a", 1).made();
        Prebuild later = prebuild("later", 95).made();
        assertThat(toDelete(1, Set.of("a", "later", "p9"), a, later), contains("a"));
        assertThat(toDelete(2, Set.of("a", "later", "p9"), a, later), contains("a"));
        assertThat(toDelete(3, Set.of("a", "later", "p9"), a, later), is(empty()));
    }

    @Test
    void nothingIsDeletedWhileGitpodDoesNotListTheNewestOne() {
        Prebuild a = prebuild("a", 1).made();
        Prebuild b = prebuild("b", 2).made();
        assertThat(CleanUpRules.toDelete(cleanUp(1, Set.of("a", "b", "p9")), List.of(a, b)), is(nullValue()));
    }
}
