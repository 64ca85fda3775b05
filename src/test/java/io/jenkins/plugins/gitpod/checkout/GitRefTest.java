package io.jenkins.plugins.gitpod.checkout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitRefTest {

    @ParameterizedTest
    @CsvSource({
        "main, BRANCH, main",
        "feature/pr/1, BRANCH, feature/pr/1",
        "pr/readme, BRANCH, pr/readme",
        "changes/soon, BRANCH, changes/soon",
        "refs/tags/v1, TAG, v1",
        "tags/release/1, TAG, release/1",
        "pr/1/merge, CHANGE_REQUEST, pr/1/merge",
        "pull/12/head, CHANGE_REQUEST, pull/12/head",
        "merge-requests/3, CHANGE_REQUEST, merge-requests/3",
        "pull-requests/4/from, CHANGE_REQUEST, pull-requests/4/from",
        "refs/pull/5/merge, CHANGE_REQUEST, refs/pull/5/merge",
        "changes/34/1234/2, CHANGE_REQUEST, changes/34/1234/2"
    })
    void theNameTellsTheKind(String ref, CheckedOut.Kind kind, String name) {
        GitRef read = GitRef.of(ref, "");
        assertEquals(kind, read.kind());
        assertEquals(name, read.name());
    }

    @Test
    void aCommitThatABranchContainsIsOfTheBranch() {
        GitRef branch = GitRef.of("main", "");
        GitRef tag = GitRef.of("refs/tags/v1", "");
        GitRef change = GitRef.of("pr/1/head", "");
        assertEquals(CheckedOut.Kind.BRANCH, GitRef.kind(List.of(tag, change, branch)));
        assertEquals(CheckedOut.Kind.TAG, GitRef.kind(List.of(change, tag)));
        assertEquals(CheckedOut.Kind.CHANGE_REQUEST, GitRef.kind(List.of(change)));
        assertEquals(CheckedOut.Kind.BRANCH, GitRef.kind(List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "*/main, main",
        "main, main",
        "origin/release/1, release/1",
        "refs/heads/main, main",
        "refs/remotes/origin/main, main",
        "remotes/origin/main, main",
        "' */main ', main",
        "**,",
        "*/feature-*,",
        "origin/**,",
        "'',",
        "${BRANCH},",
        "origin/${gitlabSourceBranch},",
        ":^(?!main$).*,"
    })
    void onlyASpecifierWithoutPatternAndVariableIsOfOneBranch(String specifier, String branch) {
        assertEquals(branch, GitRef.onlyBranch(specifier, List.of("origin")));
    }
}
