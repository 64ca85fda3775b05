package io.jenkins.plugins.gitpod.docs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Links inside the repository point to what is there, and each picture and document is reachable. */
class LinksTest {

    @Test
    void eachLinkPointsToAFileAndAHeading() throws IOException {
        List<String> broken = new ArrayList<>();
        for (MarkdownFile file : MarkdownFile.all()) {
            for (MarkdownFile.Link link : file.links()) {
                if (!isOutside(link) && !isThere(file, link.target())) {
                    broken.add(file + ": " + link.target());
                }
            }
        }
        assertThat(broken, is(empty()));
    }

    @Test
    void eachPictureSaysWhatItShows() throws IOException {
        List<String> silent = new ArrayList<>();
        for (MarkdownFile file : MarkdownFile.all()) {
            file.links().stream()
                    .filter(link -> link.picture() && link.text().isBlank())
                    .forEach(link -> silent.add(file + ": " + link.target()));
        }
        assertThat(silent, is(empty()));
    }

    @Test
    void eachPictureAndRecipeIsUsed() throws IOException {
        Set<Path> used = targets();
        assertEquals(files("docs/images"), within(used, "docs/images"));
        assertEquals(files("docs/recipes"), within(used, "docs/recipes"));
    }

    @Test
    void eachDocumentIsReachableFromTheReadme() throws IOException {
        Set<Path> reached = new TreeSet<>(Set.of(Path.of("README.md")));
        for (int before = 0; before < reached.size(); ) {
            before = reached.size();
            for (MarkdownFile file : MarkdownFile.all()) {
                if (reached.contains(file.path())) {
                    file.links().stream()
                            .filter(link -> !isOutside(link))
                            .forEach(link -> reached.add(target(file, link.target())));
                }
            }
        }
        Set<Path> all =
                MarkdownFile.all().stream().map(MarkdownFile::path).collect(Collectors.toCollection(TreeSet::new));
        all.removeAll(reached);
        assertThat(all, is(empty()));
    }

    private static boolean isOutside(MarkdownFile.Link link) {
        return link.target().startsWith("https://");
    }

    private static boolean isThere(MarkdownFile from, String target) throws IOException {
        Path path = target(from, target);
        if (!Files.exists(path)) {
            return false;
        }
        int hash = target.indexOf('#');
        return hash < 0 || MarkdownFile.of(path.toString()).anchors().contains(target.substring(hash + 1));
    }

    private static Path target(MarkdownFile from, String target) {
        String file = target.replaceFirst("#.*", "");
        return file.isEmpty() ? from.path() : from.path().resolveSibling(file).normalize();
    }

    private static Set<Path> targets() throws IOException {
        Set<Path> targets = new TreeSet<>();
        for (MarkdownFile file : MarkdownFile.all()) {
            file.links().forEach(link -> targets.add(target(file, link.target())));
        }
        return targets;
    }

    private static Set<Path> files(String directory) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<Path> within(Set<Path> paths, String directory) {
        return paths.stream().filter(path -> path.startsWith(directory)).collect(Collectors.toCollection(TreeSet::new));
    }
}
