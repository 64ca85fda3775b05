package io.jenkins.plugins.gitpod.page;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plugin's styles name no color of their own, so that each theme fits. */
class StylesTest {

    private static final Pattern COLOR = Pattern.compile(
            "#[0-9a-fA-F]{3,8}\\b|\\b(?:rgba?|hsla?|oklch)\\(|:\\s*(?:white|black|red|green|gray|grey)\\b");

    @Test
    void colorsAreVariables() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "resources"))) {
            List<Path> styles =
                    files.filter(file -> file.toString().endsWith(".css")).toList();
            assertThat(styles, is(not(empty())));
            for (Path file : styles) {
                assertThat(
                        file.toString(),
                        Files.readString(file)
                                .lines()
                                .filter(COLOR.asPredicate())
                                .toList(),
                        is(empty()));
            }
        }
    }
}
