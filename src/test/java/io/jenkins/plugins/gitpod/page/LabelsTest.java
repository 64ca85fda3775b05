package io.jenkins.plugins.gitpod.page;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stapler takes what follows a parenthesis in a text of a view for arguments: the text itself would be cut there. */
class LabelsTest {

    private static final Pattern WITH_PARENTHESIS = Pattern.compile("\\$\\{%([^}(]*)\\(");

    @Test
    void noTextOfAViewIsCutAtAParenthesis() throws IOException {
        List<String> cut = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "resources"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".jelly")).toList()) {
                Matcher text = WITH_PARENTHESIS.matcher(Files.readString(file));
                while (text.find()) {
                    // A key of a properties file is one word.
                    if (text.group(1).contains(" ")
                            || Character.isUpperCase(text.group(1).charAt(0))) {
                        cut.add(file + ": " + text.group(1));
                    }
                }
            }
        }
        assertThat(cut, is(empty()));
    }
}
