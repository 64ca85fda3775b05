package io.jenkins.plugins.gitpod.checkout;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryUrlTest {

    /** Each group is one repository: every pair of it is the same, both ways round. */
    private static final List<List<String>> SAME = List.of(
            // user names, the usual ports, the suffix, slashes, transports
            List.of(
                    "https://git.example.com/team/shop.git",
                    "https://git.example.com/team/shop",
                    "https://git.example.com/team/shop/",
                    "https://git.example.com/team/shop.git/",
                    "https://git.example.com//team/shop.git",
                    "https://Git.Example.com/team/shop.git",
                    "https://git.example.com./team/shop.git",
                    "https://someone:s3cret@git.example.com/team/shop.git",
                    "https://someone@git.example.com/team/shop.git",
                    "https://git.example.com:443/team/shop.git",
                    "https://git.example.com:/team/shop.git",
                    "http://git.example.com/team/shop.git",
                    "http://git.example.com:80/team/shop.git",
                    "ssh://git@git.example.com/team/shop.git",
                    "ssh://someone@git.example.com:22/team/shop",
                    "git@git.example.com:team/shop.git",
                    "git@git.example.com:/team/shop.git",
                    "git.example.com:team/shop",
                    "git+ssh://git@git.example.com/team/shop.git",
                    "ssh+git://git@git.example.com/team/shop.git",
                    "git://git.example.com/team/shop.git",
                    "git://git.example.com:9418/team/shop.git",
                    " https://git.example.com/team/shop.git "),
            // the server behind a port of ssh and the one behind a port of https
            List.of("https://git.example.com:8443/team/shop.git", "ssh://git@git.example.com:2222/team/shop"),
            List.of("https://git.example.com/team/shop.git", "ssh://git@git.example.com:7999/team/shop"),
            // hosts that ignore letter case, and their other doors
            List.of(
                    "https://github.com/acme/shop.git",
                    "https://GitHub.com/Acme/Shop/",
                    "https://www.github.com/acme/shop",
                    "git@github.com:ACME/shop.git",
                    "ssh://git@ssh.github.com:443/acme/shop.git",
                    "git@ssh.github.com:acme/shop.git",
                    "git+ssh://git@github.com/acme/shop.git"),
            List.of(
                    "https://gitlab.com/acme/group/shop.git",
                    "https://gitlab.com/Acme/Group/shop",
                    "https://www.gitlab.com/acme/group/shop",
                    "ssh://git@altssh.gitlab.com:443/acme/group/shop.git",
                    "git@gitlab.com:acme/group/shop.git"),
            List.of(
                    "https://jo@bitbucket.org/acme/shop.git",
                    "https://bitbucket.org/Acme/shop",
                    "https://www.bitbucket.org/acme/shop",
                    "ssh://git@altssh.bitbucket.org:443/acme/shop.git",
                    "git@bitbucket.org:acme/shop.git"),
            // Azure DevOps
            List.of(
                    "https://acme@dev.azure.com/acme/My%20Shop/_git/shop",
                    "https://dev.azure.com/acme/My%20Shop/_git/shop",
                    "https://dev.azure.com/acme/My Shop/_git/shop",
                    "https://dev.azure.com/Acme/my%20shop/_git/Shop/",
                    "git@ssh.dev.azure.com:v3/acme/My%20Shop/shop",
                    "git@ssh.dev.azure.com:v3/acme/My Shop/shop",
                    "ssh://git@ssh.dev.azure.com:22/v3/acme/My%20Shop/shop",
                    "https://acme.visualstudio.com/My%20Shop/_git/shop",
                    "https://acme.visualstudio.com/DefaultCollection/My%20Shop/_git/shop",
                    "acme@vs-ssh.visualstudio.com:v3/acme/My%20Shop/shop"),
            List.of(
                    "https://dev.azure.com/acme/_git/shop",
                    "https://dev.azure.com/acme/shop/_git/shop",
                    "https://acme.visualstudio.com/_git/shop",
                    "git@ssh.dev.azure.com:v3/acme/shop/shop"),
            List.of(
                    "https://dev.azure.com/acme/shop/_git/%C3%BCbersicht",
                    "https://dev.azure.com/acme/shop/_git/Übersicht"),
            // Bitbucket Server
            List.of("ssh://git@git.acme.test:7999/ds/shop.git", "https://git.acme.test/scm/ds/shop.git"),
            List.of("ssh://git@git.acme.test:7999/DS/shop.git", "https://jo@git.acme.test/scm/ds/shop.git"),
            List.of("ssh://git@acme.test:7999/ds/shop.git", "https://acme.test/stash/scm/ds/shop.git"),
            List.of("ssh://git@acme.test:7999/ds/shop.git", "https://acme.test:8443/tools/git/scm/ds/shop.git"),
            List.of("ssh://git@git.acme.test:7999/~jo/shop.git", "https://git.acme.test/scm/~jo/shop.git"),
            List.of("ssh://git@bitbucket.acme.test:2222/ds/shop.git", "https://bitbucket.acme.test/scm/ds/shop.git"),
            List.of("git@bitbucket.acme.test:ds/shop.git", "https://bitbucket.acme.test/scm/ds/shop.git"),
            List.of("ssh://git@acme.test:2222/ds/shop.git", "https://acme.test/bitbucket/scm/ds/shop.git"),
            // encoded, and hosts that are no ASCII
            List.of("https://git.example.com/team/a%20b", "https://git.example.com/team/a b.git"),
            List.of("https://bücher.example/team/shop", "https://xn--bcher-kva.example/team/shop"),
            List.of("ssh://git@[::1]:2222/team/shop", "ssh://git@[::1]:2222/team/shop.git"),
            // disks
            List.of("/git/shop", "file:///git/shop.git", "file:///git/shop/.git", "/git/shop/"),
            List.of("C:\\srv\\shop", "C:\\srv\\shop"));

    /** Each pair is two repositories, or may be. */
    private static final List<List<String>> DIFFERENT = List.of(
            List.of("https://git.example.com/team/shop", "https://git.example.com/team/shop2"),
            List.of("https://git.example.com/team/shop", "https://git.example.org/team/shop"),
            List.of("https://git.example.com/team/shop", "https://git.example.com/shop"),
            List.of("https://git.example.com/team/shop", "https://git.example.com/team/sub/shop"),
            List.of("https://git.example.com/team/shop", "/team/shop"),
            List.of("https://git.example.com/team/shop", "file:///team/shop"),
            List.of("https://git.example.com/team/shop", "https://git.example.com.evil.test/team/shop"),
            List.of("https://git.example.com/team/shop", "https://git.example.com@evil.test/team/shop"),
            List.of("https://git.example.com/team/shop", "https://www.git.example.com/team/shop"),
            List.of("https://git.example.com/team/shop", "https://ssh.git.example.com/team/shop"),
            List.of("https://git.example.com/team/shop", "s3://git.example.com/team/shop"),
            List.of("https://github.com/acme/shop", "https://gitlab.com/acme/shop"),
            List.of("https://github.com/acme/shop", "https://gist.github.com/acme/shop"),
            List.of("https://github.com/acme/shop", "https://github.com/acme/shop-git"),
            List.of("https://github.com/acme/shop", "git@github.com-shop:acme/shop.git"),
            List.of("https://github.com/acme/shop", "https://github.com.acme.test/acme/shop"),
            // letter case, where the host may regard it
            List.of("https://git.example.com/team/shop", "https://git.example.com/Team/shop"),
            List.of("https://dev.azure.com/acme/p/_git/K", "https://dev.azure.com/acme/p/_git/\u212A"),
            // two ports of one kind are two servers
            List.of("https://git.example.com:8443/team/shop", "https://git.example.com:9443/team/shop"),
            List.of("https://git.example.com/team/shop", "https://git.example.com:8443/team/shop"),
            List.of("http://git.example.com:8080/team/shop", "https://git.example.com/team/shop"),
            List.of("ssh://git@git.example.com:2222/team/shop", "git@git.example.com:team/shop"),
            // Azure: another organization, project or name; there is no suffix
            List.of("https://dev.azure.com/acme/a/_git/shop", "https://dev.azure.com/acme/b/_git/shop"),
            List.of("https://dev.azure.com/acme/a/_git/shop", "https://dev.azure.com/other/a/_git/shop"),
            List.of("https://acme.visualstudio.com/a/_git/shop", "https://other.visualstudio.com/a/_git/shop"),
            List.of("https://dev.azure.com/acme/_git/shop", "https://dev.azure.com/acme/other/_git/shop"),
            List.of("https://dev.azure.com/acme/a/_git/shop", "https://dev.azure.com/acme/a/_git/shop.git"),
            List.of("https://dev.azure.com/acme/a/shop", "https://dev.azure.com/acme/a/_git/shop"),
            // a group that is called scm is none of Bitbucket's marks
            List.of("https://git.example.com/scm/team/shop", "git@git.example.com:team/shop.git"),
            List.of("https://git.example.com/scm/team/shop", "ssh://git@git.example.com:2222/team/shop.git"),
            List.of("https://git.example.com/scm/team/shop", "https://git.example.com/team/shop"),
            List.of("https://git.acme.test/scm/ds/shop", "ssh://git@git.acme.test:7999/scm/ds/shop2"),
            List.of("https://git.acme.test/scm/ds/shop", "ssh://git@git.acme.test:7999/other/shop"),
            List.of("https://git.acme.test/scm/ds/shop", "ssh://git@other.acme.test:7999/ds/shop"),
            List.of("https://git.acme.test/scm/~jo/shop", "ssh://git@git.acme.test:7999/jo/shop"),
            // encoded slashes and percent signs
            List.of("https://git.example.com/a%2Fb", "https://git.example.com/a/b"),
            List.of("https://git.example.com/a%2520b", "https://git.example.com/a b"),
            List.of("git@git.example.com:a%20b", "https://git.example.com/a%20b"),
            List.of("https://git.example.com/a%FF", "https://git.example.com/a%FE"),
            List.of("https://git.example.com/get?p=a", "https://git.example.com/get?p=b"),
            // what tells no repository
            List.of("https://github.com", "https://github.com/"),
            List.of("", ""),
            List.of("https://git.example.com:99999999999/a", "https://git.example.com:99999999999/a"),
            List.of("${REPO}", "${REPO}"),
            List.of("$GIT_SERVER/shop.git", "$GIT_SERVER/shop.git"),
            List.of("https://git.example.com/${TEAM}/shop.git", "https://git.example.com/${TEAM}/shop.git"),
            List.of("/git/shop", "git/shop"));

    /** RFC 3986 with a scheme and an authority, as the vendor's rule has it. */
    private static final String URI = "[a-z][a-z0-9+.-]*://(?:[A-Za-z0-9._~%!$&'()*+,;=:-]*@)?"
            + "(?:\\[[0-9a-f:.]+]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-F]{2})*)(?::[0-9]*)?"
            + "(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*";

    static Stream<List<String>> same() {
        List<List<String>> pairs = new ArrayList<>();
        for (List<String> group : SAME) {
            for (String first : group) {
                group.forEach(second -> pairs.add(List.of(first, second)));
            }
        }
        return pairs.stream();
    }

    static Stream<List<String>> different() {
        return DIFFERENT.stream();
    }

    static Stream<String> all() {
        return Stream.concat(SAME.stream(), DIFFERENT.stream())
                .flatMap(List::stream)
                .distinct();
    }

    private static RepositoryUrl url(String text) {
        return RepositoryUrl.of(text);
    }

    @ParameterizedTest
    @MethodSource
    void same(List<String> pair) {
        assertEquals(true, url(pair.get(0)).isSameAs(url(pair.get(1))));
    }

    @ParameterizedTest
    @MethodSource
    void different(List<String> pair) {
        assertEquals(false, url(pair.get(0)).isSameAs(url(pair.get(1))));
        assertEquals(false, url(pair.get(1)).isSameAs(url(pair.get(0))));
    }

    @ParameterizedTest
    @MethodSource("all")
    void onlyUrisOfTheSameRepositoryAreAskedFor(String text) {
        RepositoryUrl url = url(text);
        List<String> uris = url.uris();
        assertThat(uris.size(), is(lessThanOrEqualTo(25)));
        assertThat(uris, everyItem(matchesPattern(URI)));
        for (String uri : uris) {
            assertEquals(true, url(uri).isSameAs(url), uri);
        }
    }

    /** What is saved with a build says the same as what was given. */
    @ParameterizedTest
    @MethodSource("all")
    void whatIsSavedIsOfTheSameRepository(String text) {
        RepositoryUrl url = url(text);
        RepositoryUrl saved = url(url.withUser());
        assertEquals(saved.uris(), url.uris());
        assertEquals(url.isSameAs(url), saved.isSameAs(url));
        assertEquals(saved.toString(), url.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "https://acme@dev.azure.com/acme/My%20Shop/_git/shop, https://acme@dev.azure.com/acme/My%20Shop/_git/shop",
        "https://acme@dev.azure.com/acme/My Shop/_git/shop, https://acme@dev.azure.com/acme/My%20Shop/_git/shop",
        "https://jo@bitbucket.org/acme/shop.git, https://jo@bitbucket.org/acme/shop.git",
        "https://jo:s3cret@bitbucket.org/acme/shop.git, https://bitbucket.org/acme/shop.git",
        "git+ssh://git@git.example.com/shop.git, git+ssh://git@git.example.com/shop.git",
        "ssh://jo@git.example.com:29418/shop, ssh://jo@git.example.com:29418/shop",
        "https://GitHub.com/Acme/Shop/, https://github.com/Acme/Shop/",
        "https://git.example.com/übersicht, https://git.example.com/%C3%BCbersicht",
        "file:///git/shop, file:///git/shop"
    })
    void theGivenUrlIsAskedForFirst(String given, String first) {
        assertEquals(first, url(given).uris().get(0));
    }

    @Test
    void theOtherFormsAreAskedForToo() {
        assertThat(
                url("git@github.com:acme/shop.git").uris(),
                is(List.of(
                        "https://github.com/acme/shop",
                        "https://github.com/acme/shop.git",
                        "ssh://git@github.com/acme/shop",
                        "ssh://git@github.com/acme/shop.git")));
        assertThat(
                url("ssh://git@git.acme.test:7999/~jo/shop.git").uris(),
                hasItems("https://git.acme.test/scm/~jo/shop.git", "ssh://git@git.acme.test:7999/~jo/shop"));
        assertThat(
                url("https://acme.test/stash/scm/ds/shop.git").uris(), hasItem("ssh://git@acme.test:7999/ds/shop.git"));
        assertThat(
                url("git@ssh.dev.azure.com:v3/acme/My%20Shop/shop").uris(),
                hasItems(
                        "https://acme@dev.azure.com/acme/My%20Shop/_git/shop",
                        "https://dev.azure.com/acme/My%20Shop/_git/shop",
                        "https://acme.visualstudio.com/DefaultCollection/My%20Shop/_git/shop"));
        assertThat(
                url("http://git.example.com:8080/team/shop.git").uris(),
                hasItems("http://git.example.com:8080/team/shop", "ssh://git@git.example.com/team/shop.git"));
        assertThat(url("/git/My Shop").uris(), hasItems("file:///git/My%20Shop", "file:///git/My%20Shop.git"));
        assertThat(url("${REPO}").uris(), is(empty()));
        assertThat(url("C:\\srv\\shop").uris(), is(empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://someone:s3cret@git.example.com/shop.git",
                "https://a:b@s3cret@git.example.com/shop.git",
                "https://s3cret:x-oauth-basic@git.example.com/shop.git",
                "https://ghp_s3cret45678901234567890123456789012345@git.example.com/shop.git",
                "https://s3cret78901234567890@git.example.com/shop.git",
                "ssh://jo:s3cret@git.example.com/shop.git",
                "s3cret78901234567890@git.example.com:shop.git"
            })
    void passwordsAndWhatMayBeATokenAreDropped(String url) {
        assertThat(url(url).toString(), not(containsString("s3cret")));
        assertThat(url(url).withUser(), not(containsString("s3cret")));
        assertThat(url(url).uris(), everyItem(not(containsString("s3cret"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://jo@git.example.com/shop.git",
                "ssh://jo@git.example.com/shop.git",
                "jo@git.example.com:shop.git"
            })
    void userNamesAreNotShown(String url) {
        assertThat(url(url).toString(), not(containsString("jo@")));
    }

    @Test
    void aLongOrganizationOfAzureIsAskedForAsAUserName() {
        String url = "https://acme-international-group@dev.azure.com/acme-international-group/shop/_git/shop";
        assertThat(url(url).uris().get(0), is(url));
    }

    @ParameterizedTest
    @CsvSource({
        "https://git.example.com/team/shop.git, shop",
        "git@git.example.com:team/Shop/, Shop",
        "https://dev.azure.com/acme/My%20Shop/_git/My%20Shop, My Shop",
        "https://dev.azure.com/acme/_git/shop, shop",
        "/git/shop, shop",
        "https://github.com, ''"
    })
    void itsNameIsSearchedFor(String url, String name) {
        assertEquals(name, url(url).name());
    }

    @Test
    void letterCaseAloneIsTold() {
        RepositoryUrl shop = url("https://git.example.com/team/shop");
        assertEquals(true, shop.differsInCaseOnly(url("git@git.example.com:Team/Shop.git")));
        assertEquals(false, shop.differsInCaseOnly(url("https://git.example.com/team/shop.git")));
        assertEquals(false, shop.differsInCaseOnly(url("https://git.example.com:8443/Team/shop")));
        assertEquals(false, shop.differsInCaseOnly(url("https://git.example.com/Team/shop2")));
    }

    @Test
    void thePathOnAnotherHostIsTold() {
        RepositoryUrl alias = url("git@github.com-shop:acme/shop.git");
        assertEquals(true, alias.isSameElsewhere(url("https://github.com/Acme/Shop")));
        assertEquals(false, alias.isSameElsewhere(url("https://github.com/acme/other")));
        assertEquals(false, alias.isSameElsewhere(url("ssh://git@github.com-shop/acme/shop")));
        assertEquals(false, url("https://github.com").isSameElsewhere(url("https://gitlab.com")));
    }

    @ParameterizedTest
    @CsvSource({
        "git@github.com-shop:acme/shop.git, true",
        "work:acme/shop.git, true",
        "ssh://git@work/acme/shop.git, true",
        "git@github.com:acme/shop.git, false",
        "git@git.xn--bcher-kva:acme/shop.git, false",
        "git@localhost:acme/shop.git, false",
        "https://github.com-shop/acme/shop.git, false",
        "ssh://git@[::1]/acme/shop.git, false"
    })
    void hostsThatMayBeAliasesAreTold(String url, boolean expected) {
        assertEquals(expected, url(url).mayBeAlias());
    }

    @Test
    void whatIsShownIsWhatWasGiven() {
        assertThat(
                url("git+ssh://jo@git.example.com/shop.git").toString(), is("git+ssh://git@git.example.com/shop.git"));
        assertThat(url("https://jo:x@git.example.com/a%20b").toString(), is("https://git.example.com/a%20b"));
        assertThat(url(" /git/shop ").toString(), startsWith("/git/shop"));
    }
}
