package io.jenkins.plugins.gitpod.checkout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.api.Project;
import io.jenkins.plugins.gitpod.api.ProjectTarget;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The patterns that a person lists, with the files of a project in place of {@code environment}. */
class PathPatternsTest {

    private static Project project(String devcontainer, String automations) {
        return new Project(
                "p",
                "shop",
                "https://git.example.com/shop.git",
                ProjectTarget.DEFAULT_BRANCH,
                List.of(),
                new Project.PrebuildConfiguration(true, List.of()),
                false,
                new Project.Files(devcontainer, automations));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # devcontainer file of the project        | automations file | changed path                         | counts
            -                                         | -                | .devcontainer/devcontainer.json      | true
            -                                         | -                | .devcontainer/feature/install.sh     | true
            -                                         | -                | .devcontainer.json                   | true
            -                                         | -                | .devcontainer-lock.json              | true
            -                                         | -                | Dockerfile                           | true
            -                                         | -                | Dockerfile.dev                       | true
            -                                         | -                | dev.Dockerfile                       | true
            -                                         | -                | docker-compose.dev.yml               | true
            -                                         | -                | compose.yaml                         | true
            -                                         | -                | .ona/automations.yaml                | true
            -                                         | -                | .gitpod/automations.yaml             | true
            -                                         | -                | .ona/readme.md                       | false
            -                                         | -                | web/Dockerfile                       | false
            -                                         | -                | web/.devcontainer/devcontainer.json  | false
            -                                         | -                | src/Main.java                        | false
            -                                         | -                | environment                          | false
            -                                         | ci/tasks.yaml    | ci/tasks.yaml                        | true
            -                                         | ci/tasks.yaml    | .ona/automations.yaml                | false
            -                                         | ci/tasks.yaml    | .devcontainer/devcontainer.json      | true
            .devcontainer/devcontainer.json           | -                | Dockerfile                           | true
            .devcontainer/devcontainer.json           | -                | .devcontainer/Dockerfile             | true
            .devcontainer/devcontainer.json           | -                | .devcontainer.json                   | false
            .devcontainer/web/devcontainer.json       | -                | .devcontainer/web/Dockerfile         | true
            .devcontainer/web/devcontainer.json       | -                | .devcontainer/feature/install.sh     | true
            .devcontainer/web/devcontainer.json       | -                | Dockerfile                           | true
            apps/web/.devcontainer/devcontainer.json  | -                | apps/web/.devcontainer/setup.sh      | true
            apps/web/.devcontainer/devcontainer.json  | -                | apps/web/docker-compose.yml          | true
            apps/web/.devcontainer/devcontainer.json  | -                | apps/api/.devcontainer/setup.sh      | false
            apps/web/.devcontainer/devcontainer.json  | -                | Dockerfile                           | false
            apps/web/.devcontainer.json               | -                | apps/web/.devcontainer.json          | true
            apps/web/.devcontainer.json               | -                | apps/web/.devcontainer/setup.sh      | true
            apps/web/.devcontainer.json               | -                | apps/web/Dockerfile                  | true
            apps/web/.devcontainer.json               | -                | apps/web/src/main.ts                 | false
            infra/dev.json                            | -                | infra/dev.json                       | true
            infra/dev.json                            | -                | infra/scripts/setup.sh               | true
            infra/dev.json                            | -                | Dockerfile                           | true
            infra/dev.json                            | -                | .devcontainer/devcontainer.json      | false
            dev.json                                  | -                | dev.json                             | true
            dev.json                                  | -                | Dockerfile                           | true
            dev.json                                  | -                | src/Main.java                        | false
            ./.devcontainer/devcontainer.json         | /ci/tasks.yaml   | ci/tasks.yaml                        | true
            """)
    void theFilesOfTheProjectCount(String devcontainer, String automations, String path, boolean counts) {
        PathPatterns patterns = PathPatterns.of(" environment ").of(project(devcontainer, automations));
        assertEquals(counts, patterns.match(path), patterns::toString);
    }

    @Test
    void otherPatternsAreListedBesideThem() {
        PathPatterns patterns = PathPatterns.of("environment, **/package-lock.json");
        assertTrue(patterns.needProject());
        assertEquals("environment, **/package-lock.json", patterns.toString());
        PathPatterns ofProject = patterns.of(project(null, null));
        assertFalse(ofProject.needProject());
        assertTrue(ofProject.match("web/package-lock.json"));
        assertTrue(ofProject.match("Dockerfile"));
        assertFalse(ofProject.match("web/index.html"));
    }

    @Test
    void aFileOfThatNameIsWrittenWithItsFolder() {
        PathPatterns patterns = PathPatterns.of("./environment");
        assertFalse(patterns.needProject());
        assertTrue(patterns.of(project(null, null)).match("environment"));
        assertFalse(patterns.match("Dockerfile"));
    }

    private static ChangedPaths match(String patterns, String... paths) {
        return Changes.of(List.of(ChangedPathsTest.log(new ChangedPathsTest.Commit(paths))), true)
                .match(PathPatterns.of(patterns).of(project(null, null)));
    }

    @Test
    void keptChangesAreMatchedLater() {
        assertEquals(ChangedPaths.MATCH, match("environment", "README.md", ".devcontainer/devcontainer.json"));
        assertEquals(ChangedPaths.NO_MATCH, match("environment", "README.md"));
        assertEquals(ChangedPaths.MATCH, match("", "README.md"));
        assertEquals(ChangedPaths.UNKNOWN, match("environment"));
        assertEquals(ChangedPaths.UNKNOWN, Changes.of(List.of(), true).match(PathPatterns.of("environment")));
    }

    @Test
    void changesTogetherWithUnknownOnesAreUnknown() {
        PathPatterns patterns = PathPatterns.of("environment").of(project(null, null));
        Changes readme = Changes.of(List.of(ChangedPathsTest.log(new ChangedPathsTest.Commit("README.md"))), true);
        Changes first = Changes.of(List.of(), true);
        assertEquals(ChangedPaths.NO_MATCH, readme.and(readme).match(patterns));
        assertEquals(ChangedPaths.UNKNOWN, readme.and(first).match(patterns));
        assertEquals(ChangedPaths.UNKNOWN, first.and(readme).match(patterns));
    }

    @Test
    void aChangeOfTooManyFilesIsNotKept() {
        String[] paths = IntStream.range(0, Changes.MAX_PATHS + 1)
                .mapToObj(i -> "src/" + i)
                .toArray(String[]::new);
        assertEquals(ChangedPaths.UNKNOWN, match("environment", paths));
        paths[0] = paths[1];
        assertEquals(ChangedPaths.NO_MATCH, match("environment", paths));
    }
}
