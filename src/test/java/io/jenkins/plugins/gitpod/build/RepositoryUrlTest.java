package io.jenkins.plugins.gitpod.build;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryUrlTest {

    private static final String HTTPS = "https://git.example.com/team/shop.git";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://git.example.com/team/shop",
                "https://git.example.com/team/shop/",
                "https://Git.Example.com/team/shop.git",
                "https://someone:s3cret@git.example.com/team/shop.git",
                "https://git.example.com:8443/team/shop.git",
                "ssh://git@git.example.com/team/shop.git",
                "ssh://git@git.example.com:7999/team/shop",
                "git@git.example.com:team/shop.git",
                "git.example.com:team/shop",
                "git://git.example.com/team/shop.git",
                " https://git.example.com/team/shop.git "
            })
    void formsOfOneRepositoryAreTheSame(String form) {
        assertEquals(true, RepositoryUrl.of(form).isSameAs(RepositoryUrl.of(HTTPS)));
        assertThat(RepositoryUrl.of(form).forms(), hasItems(HTTPS, "git@git.example.com:team/shop.git"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://git.example.com/team/shop2",
        "https://git.example.org/team/shop",
        "https://git.example.com/Team/shop",
        "https://git.example.com/shop",
        "/team/shop"
    })
    void othersAreNot(String other) {
        assertEquals(false, RepositoryUrl.of(other).isSameAs(RepositoryUrl.of(HTTPS)));
    }

    @Test
    void pathsOnDiskAreKnownInTheirForms() {
        assertEquals(true, RepositoryUrl.of("/git/shop").isSameAs(RepositoryUrl.of("file:///git/shop.git")));
        assertThat(RepositoryUrl.of("/git/shop").forms(), hasItems("/git/shop", "file:///git/shop"));
        assertEquals(true, RepositoryUrl.of("C:\\srv\\shop").isSameAs(RepositoryUrl.of("C:\\srv\\shop")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://someone:s3cret@git.example.com/shop.git",
                "https://s3cret@git.example.com/shop.git",
                "https://a:b@s3cret@git.example.com/shop.git",
                "ssh://s3cret@git.example.com/shop.git",
                "s3cret@git.example.com:shop.git"
            })
    void userNamesAndPasswordsAreDropped(String url) {
        RepositoryUrl read = RepositoryUrl.of(url);
        assertThat(read.toString(), not(containsString("s3cret")));
        assertThat(read.forms(), everyItem(not(containsString("s3cret"))));
    }

    @Test
    void thereAreNoMoreFormsThanOneCallTakes() {
        assertThat(
                RepositoryUrl.of("http://git.example.com:8080/team/shop.git")
                        .forms()
                        .size(),
                lessThanOrEqualTo(25));
        assertThat(
                RepositoryUrl.of("http://git.example.com:8080/team/shop.git").forms(),
                hasItem("https://git.example.com/team/shop"));
    }
}
