package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextUrlTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://github.com/acme/shop | https://github.com/acme/shop | DEFAULT_BRANCH | ''",
                "https://github.com/acme/shop.git | https://github.com/acme/shop.git | DEFAULT_BRANCH | ''",
                "https://github.com/acme/shop/ | https://github.com/acme/shop | DEFAULT_BRANCH | ''",
                "https://github.com/acme/shop/tree/develop | https://github.com/acme/shop | BRANCH | develop",
                "https://github.com/acme/shop/tree/feature/a%23b | https://github.com/acme/shop | BRANCH | feature/a#b",
                "https://github.com/acme/shop/tree/" + COMMIT + " | https://github.com/acme/shop | COMMIT | " + COMMIT,
                "https://github.com/acme/shop/commit/0a1b2c | https://github.com/acme/shop | COMMIT | 0a1b2c",
                "https://github.com/acme/shop/pull/7 | https://github.com/acme/shop | UNKNOWN | ''",
                "https://www.github.com/acme/shop/issues | https://www.github.com/acme/shop | UNKNOWN | ''",
                "https://git.acme.test/acme/shop/tree/develop | https://git.acme.test/acme/shop | BRANCH | develop",
                "https://git.acme.test/a/b/c/-/tree/develop | https://git.acme.test/a/b/c | BRANCH | develop",
                "https://git.acme.test/a/b/c/-/tree/feature/x?ref_type=heads | https://git.acme.test/a/b/c | BRANCH | feature/x",
                "https://gitlab.com/acme/shop/-/merge_requests/3 | https://gitlab.com/acme/shop | UNKNOWN | ''",
                "https://gitlab.com/acme/shop/-/tags/v1 | https://gitlab.com/acme/shop | TAG | v1",
                "https://bitbucket.org/acme/shop/src/develop/ | https://bitbucket.org/acme/shop | BRANCH | develop",
                "https://bitbucket.org/acme/shop/src/feature%2Fx/README.md | https://bitbucket.org/acme/shop | BRANCH | feature/x",
                "https://bitbucket.org/acme/shop/branch/feature/x | https://bitbucket.org/acme/shop | BRANCH | feature/x",
                "https://bitbucket.org/acme/shop/pull-requests/1 | https://bitbucket.org/acme/shop | UNKNOWN | ''",
                "https://dev.azure.com/acme/My%20Shop/_git/shop | https://dev.azure.com/acme/My%20Shop/_git/shop | DEFAULT_BRANCH | ''",
                "https://dev.azure.com/acme/p/_git/shop?version=GBfeature%2Fx | https://dev.azure.com/acme/p/_git/shop | BRANCH | feature/x",
                "https://dev.azure.com/acme/p/_git/shop?path=/a&version=GTv1 | https://dev.azure.com/acme/p/_git/shop | TAG | v1",
                "https://dev.azure.com/acme/p/_git/shop?version=GC0a1b | https://dev.azure.com/acme/p/_git/shop | COMMIT | 0a1b",
                "https://dev.azure.com/acme/p/_git/shop?path=/a | https://dev.azure.com/acme/p/_git/shop | UNKNOWN | ''",
                "https://git.acme.test/projects/DS/repos/shop/browse | https://git.acme.test/scm/ds/shop | DEFAULT_BRANCH | ''",
                "https://git.acme.test/projects/DS/repos/shop/browse?at=refs%2Fheads%2Fdevelop | https://git.acme.test/scm/ds/shop | BRANCH | develop",
                "https://git.acme.test/users/jo/repos/shop/browse?at=refs/tags/v1 | https://git.acme.test/scm/~jo/shop | TAG | v1",
                "https://git.acme.test/a/b/c | https://git.acme.test/a/b/c | DEFAULT_BRANCH | ''",
                "https://git.acme.test/a/b?at=x | https://git.acme.test/a/b | UNKNOWN | ''",
                "git@github.com:acme/shop.git | git@github.com:acme/shop.git | DEFAULT_BRANCH | ''",
                "https://github.com/acme/shop/tree/100%/x | https://github.com/acme/shop | BRANCH | 100%/x"
            })
    void repositoryAndBranchAreRead(String url, String repository, ProjectTarget.Kind kind, String name) {
        assertThat(ContextUrl.of(url), is(new ContextUrl(repository, new ProjectTarget(kind, name))));
    }
}
