package io.jenkins.plugins.gitpod.docs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/architecture.md} names the packages and classes that exist, and the paths through them stay short. */
class ArchitecturePageTest {

    private static final Path SOURCES = Path.of("src/main/java/io/jenkins/plugins/gitpod");
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);

    /** The first column of the first table after a text. */
    private static List<String> rowsAfter(String text) throws IOException {
        String page = Files.readString(Path.of("docs/architecture.md"));
        String rest = page.substring(page.indexOf(text));
        String table = rest.substring(rest.indexOf("\n|"));
        return ROW.matcher(table.substring(0, table.indexOf("\n\n")))
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    private static Set<String> classes() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void everyPackageIsDescribedAndHasItsPackageInfo() throws IOException {
        List<Path> packages;
        try (Stream<Path> files = Files.list(SOURCES)) {
            packages = files.filter(Files::isDirectory).toList();
        }
        String[] names =
                packages.stream().map(each -> each.getFileName().toString()).toArray(String[]::new);
        assertThat(rowsAfter("## Packages"), containsInAnyOrder(names));
        for (Path each : packages) {
            assertThat(each.toString(), Files.exists(each.resolve("package-info.java")), is(true));
        }
    }

    @Test
    void thePathOfAPrebuildIsShort() throws IOException {
        List<String> path = rowsAfter("A plain `gitpodPrebuild");
        assertThat(path, hasSize(lessThanOrEqualTo(15)));
        assertThat(path, everyItem(is(in(classes()))));
    }

    @Test
    void thePathOfAnAbortIsShort() throws IOException {
        List<String> path = rowsAfter("An abort passes");
        assertThat(path, hasSize(lessThanOrEqualTo(9)));
        assertThat(path, everyItem(is(in(classes()))));
    }
}
