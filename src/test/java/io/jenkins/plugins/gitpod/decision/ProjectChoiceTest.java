package io.jenkins.plugins.gitpod.decision;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import io.jenkins.plugins.gitpod.checkout.CheckedOut;
import io.jenkins.plugins.gitpod.checkout.Checkout;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectChoiceTest {

    private static final String URL = "https://github.com/acme/shop";

    private static final Project HEAD = project("head", ProjectTarget.DEFAULT_BRANCH, true, false);
    private static final Project MAIN = project("main", ProjectTarget.branch("main"), true, false);
    private static final Project DEVELOP = project("develop", ProjectTarget.branch("develop"), true, false);
    private static final Project OFF = project("off", ProjectTarget.branch("main"), false, false);
    private static final Project OFF_DEVELOP = project("off-develop", ProjectTarget.branch("develop"), false, false);
    private static final Project DELETED = project("deleted", ProjectTarget.branch("main"), true, true);
    private static final Project UNKNOWN = project("unknown", ProjectTarget.UNKNOWN, true, false);
    private static final Project TAG = project("tag", new ProjectTarget(ProjectTarget.Kind.TAG, "main"), true, false);

    private static Project project(String id, ProjectTarget target, boolean enabled, boolean deleted) {
        return new Project(
                id, id, URL, target, List.of(), new Project.PrebuildConfiguration(enabled, List.of()), deleted);
    }

    private static Checkout checkout(String branch, CheckedOut.Kind kind, Boolean primary) {
        CheckedOut found = new CheckedOut(List.of(URL + ".git"), List.of(branch), List.of(), "abc", kind, false);
        return new Checkout(found, Checkout.From.OWN_SCM, primary);
    }

    private static List<Project> left(Checkout checkout, Project... projects) {
        return ProjectChoice.of(List.of(projects), List.of(checkout)).left();
    }

    private static Checkout branch(String name) {
        return checkout(name, CheckedOut.Kind.BRANCH, null);
    }

    @Test
    void theProjectOfTheBuildsBranchIsTaken() {
        assertThat(left(branch("main"), DEVELOP, MAIN), is(List.of(MAIN)));
        assertThat(left(branch("develop"), MAIN, DEVELOP), is(List.of(DEVELOP)));
        assertThat(left(branch("main"), MAIN, TAG), is(List.of(MAIN)));
        assertThat(left(branch("main"), MAIN, UNKNOWN), is(List.of(MAIN)));
    }

    @Test
    void aBranchWithANameIsSurerThanADefaultBranchThatIsNotKnown() {
        assertThat(left(branch("develop"), HEAD, DEVELOP), is(List.of(DEVELOP)));
        assertThat(left(branch("other"), HEAD, DEVELOP), is(List.of(HEAD)));
        assertThat(left(branch("main"), HEAD, MAIN), is(List.of(HEAD, MAIN)));
        assertThat(left(checkout("main", CheckedOut.Kind.BRANCH, true), HEAD, DEVELOP), is(List.of(HEAD)));
        assertThat(left(checkout("x", CheckedOut.Kind.BRANCH, false), HEAD, UNKNOWN), is(List.of(UNKNOWN)));
        assertThat(left(checkout("main", CheckedOut.Kind.BRANCH, true), HEAD, MAIN), is(List.of(HEAD, MAIN)));
    }

    @Test
    void thoseWithPrebuildsOffStepBack() {
        assertThat(left(branch("main"), OFF, MAIN), is(List.of(MAIN)));
        assertThat(left(branch("main"), OFF, DEVELOP), is(List.of(DEVELOP)));
        ProjectChoice all = ProjectChoice.of(List.of(OFF, OFF_DEVELOP), List.of(branch("main")));
        assertThat(all.left(), is(List.of(OFF)));
        assertThat(all.steppedBack(), is(List.of(OFF_DEVELOP)));
        assertEquals(true, all.isDisabled());
        assertEquals(false, all.isClear());
    }

    @Test
    void oneToBeDeletedIsNeverTaken() {
        ProjectChoice choice = ProjectChoice.of(List.of(DELETED), List.of(branch("main")));
        assertThat(choice.left(), is(List.of()));
        assertThat(choice.deleted(), is(List.of(DELETED)));
        assertThat(left(branch("main"), DELETED, OFF), is(List.of(OFF)));
    }

    @Test
    void ofSeveralThatAreAllOfSomethingElseNoneIsBetter() {
        for (Checkout checkout : List.of(
                branch("other"),
                checkout("PR-1", CheckedOut.Kind.CHANGE_REQUEST, null),
                checkout("main", CheckedOut.Kind.TAG, null))) {
            ProjectChoice choice = ProjectChoice.of(List.of(MAIN, DEVELOP), List.of(checkout));
            assertThat(choice.left(), is(List.of(MAIN, DEVELOP)));
            assertThat(choice.fit(), is(Checkout.Fit.NONE));
            assertEquals(false, choice.isClear());
        }
    }

    @Test
    void aBranchOfAForkIsNoneOfTheOrigins() {
        String fork = "https://github.com/jo/shop";
        Checkout ofFork = ofTwoRemotes(fork, List.of("main"), List.of(fork));
        assertEquals(Checkout.Fit.NONE, ofFork.fit(MAIN));
        assertEquals(Checkout.Fit.NONE, ofFork.fit(HEAD));
        Checkout ofBoth = ofTwoRemotes(fork, List.of("main", "develop"), List.of(fork, "git@github.com:acme/shop.git"));
        assertEquals(Checkout.Fit.NONE, ofBoth.fit(MAIN));
        assertEquals(Checkout.Fit.SURE, ofBoth.fit(DEVELOP));
        assertEquals(Checkout.Fit.ASSUMED, ofBoth.fit(HEAD));
        assertEquals(Checkout.Fit.SURE, branch("master").fit(HEAD));
        Checkout unnamed = ofTwoRemotes(fork, List.of("main"), List.of(""));
        assertEquals(Checkout.Fit.SURE, unnamed.fit(MAIN));
    }

    private static Checkout ofTwoRemotes(String fork, List<String> branches, List<String> branchUrls) {
        CheckedOut found =
                new CheckedOut(List.of(fork, URL), branches, branchUrls, "abc", CheckedOut.Kind.BRANCH, false);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    private static Checkout ofJobForAllBranches(String branch) {
        CheckedOut found =
                new CheckedOut(List.of(URL), List.of(branch), List.of(), "abc", CheckedOut.Kind.BRANCH, true);
        return new Checkout(found, Checkout.From.OWN_SCM, null);
    }

    @Test
    void inAJobForAllBranchesAnUnusualNameIsNotTakenForTheDefaultBranch() {
        assertEquals(Checkout.Fit.SURE, ofJobForAllBranches("main").fit(HEAD));
        assertEquals(Checkout.Fit.UNCERTAIN, ofJobForAllBranches("topic").fit(HEAD));
        assertEquals(Checkout.Fit.ASSUMED, branch("topic").fit(HEAD));
        assertEquals(Checkout.Fit.SURE, ofJobForAllBranches("develop").fit(DEVELOP));
        assertEquals(false, Checkout.Fit.UNCERTAIN.mayBeOfBranch());
        assertThat(left(ofJobForAllBranches("develop"), HEAD, DEVELOP), is(List.of(DEVELOP)));
    }
}
