package io.jenkins.plugins.gitpod.checkout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.User;
import hudson.scm.ChangeLogSet;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChangedPathsTest {

    /** One commit with these paths. */
    static class Commit extends ChangeLogSet.Entry {
        private final List<String> paths;

        Commit(String... paths) {
            this.paths = List.of(paths);
        }

        @Override
        public String getMsg() {
            return "";
        }

        @Override
        public User getAuthor() {
            return null;
        }

        @Override
        public Collection<String> getAffectedPaths() {
            return paths;
        }
    }

    static ChangeLogSet<Commit> log(Commit... commits) {
        return new ChangeLogSet<>(null, null) {
            @Override
            public boolean isEmptySet() {
                return commits.length == 0;
            }

            @Override
            public Iterator<Commit> iterator() {
                return Arrays.asList(commits).iterator();
            }
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            .devcontainer/**                          | .devcontainer/devcontainer.json | MATCH
            .devcontainer/                            | .devcontainer/a/b               | MATCH
            /.devcontainer/**                         | .devcontainer/a                 | MATCH
            ./pom.xml                                 | pom.xml                         | MATCH
            **/package-lock.json                      | package-lock.json               | MATCH
            **/package-lock.json                      | web/app/package-lock.json       | MATCH
            **/package-lock.json                      | web/package-lock.json.bak       | NO_MATCH
            *.lock                                    | deep/yarn.lock                  | NO_MATCH
            .devcontainer/**, **/package-lock.json    | web/package-lock.json           | MATCH
            .devcontainer/**; **/package-lock.json    | src/Main.java                   | NO_MATCH
            """)
    void patternsAreAsInAnt(String patterns, String path, ChangedPaths expected) {
        assertEquals(expected, ChangedPaths.of(patterns, List.of(log(new Commit("README.md"), new Commit(path)))));
    }

    @Test
    void oneLineEachIsReadToo() {
        assertEquals(ChangedPaths.MATCH, ChangedPaths.of("a/**\r\nb/**\n", List.of(log(new Commit("b/c")))));
    }

    @Test
    void withoutPatternsAllMatters() {
        assertEquals(ChangedPaths.MATCH, ChangedPaths.of(null, List.of()));
        assertEquals(ChangedPaths.MATCH, ChangedPaths.of(" , ;\n", List.of(log(new Commit("a")))));
    }

    @Test
    void withoutAChangeLogNothingIsKnown() {
        assertEquals(ChangedPaths.UNKNOWN, ChangedPaths.of("a/**", List.of()));
        assertEquals(ChangedPaths.UNKNOWN, ChangedPaths.of("a/**", List.of(log())));
        // such as a merge, which changes no path by itself
        assertEquals(ChangedPaths.UNKNOWN, ChangedPaths.of("a/**", List.of(log(new Commit()))));
    }

    @Test
    void scmThatKnowsNoPathsTellsNothing() {
        Commit pathless = new Commit() {
            @Override
            public Collection<String> getAffectedPaths() {
                throw new UnsupportedOperationException();
            }
        };
        assertEquals(ChangedPaths.UNKNOWN, ChangedPaths.of("a/**", List.of(log(pathless))));
    }

    @ParameterizedTest
    @CsvSource({
        "MATCH, NO_MATCH, MATCH",
        "MATCH, UNKNOWN, MATCH",
        "NO_MATCH, UNKNOWN, UNKNOWN",
        "NO_MATCH, NO_MATCH, NO_MATCH",
        "UNKNOWN, UNKNOWN, UNKNOWN"
    })
    void ofTwoChangeLogsOneChangeThatMattersIsEnough(ChangedPaths one, ChangedPaths other, ChangedPaths both) {
        assertEquals(both, one.or(other));
        assertEquals(both, other.or(one));
    }
}
