package io.jenkins.plugins.gitpod.testing;

import edu.umd.cs.findbugs.annotations.NonNull;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A document of this repository: its links, headings, tables and code blocks. */
public final class MarkdownFile {

    private static final Pattern BLOCK = Pattern.compile(
            "^(?<indent> *)```(?<language>\\w+)\\n(?<code>.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("(?<image>!?)\\[(?<text>[^\\[\\]]*)]\\((?<target>[^)\\s]+)\\)");
    private static final Pattern ROW = Pattern.compile("^\\| (?<first>.+?) \\|", Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private final Path path;
    private final String text;

    private MarkdownFile(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    /** Reads one file, given from the root of the repository. */
    @NonNull
    public static MarkdownFile of(@NonNull String first, @NonNull String... more) throws IOException {
        return read(Path.of(first, more));
    }

    /** All documents for people. */
    @NonNull
    public static List<MarkdownFile> all() throws IOException {
        List<MarkdownFile> files = new ArrayList<>();
        files.add(of("README.md"));
        files.add(of("CONTRIBUTING.md"));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            for (Path file : docs.filter(each -> each.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                files.add(read(file));
            }
        }
        return files;
    }

    private static MarkdownFile read(Path file) throws IOException {
        return new MarkdownFile(file, Files.readString(file).replace("\r\n", "\n"));
    }

    @NonNull
    public Path path() {
        return path;
    }

    @NonNull
    public String text() {
        return text;
    }

    /** The code blocks of a language, without the indentation of the list that they are in. */
    @NonNull
    public List<String> blocks(@NonNull String language) {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(2).equals(language))
                .map(block -> block.group(3)
                        .lines()
                        .map(line -> line.startsWith(block.group(1))
                                ? line.substring(block.group(1).length())
                                : line)
                        .collect(Collectors.joining("\n", "", "\n")))
                .toList();
    }

    /** What is written in code style in the first column of the tables between a heading and the next. */
    @NonNull
    public Set<String> firstColumn(@NonNull String heading) {
        Matcher start = Pattern.compile("^#+ " + Pattern.quote(heading) + "$", Pattern.MULTILINE)
                .matcher(text);
        if (!start.find()) {
            throw new IllegalArgumentException(path + " has no heading " + heading);
        }
        Matcher next = HEADING.matcher(text);
        int end = next.find(start.end()) ? next.start() : text.length();
        return ROW.matcher(text.substring(start.end(), end))
                .results()
                .flatMap(row -> CODE.matcher(row.group(1)).results())
                .map(code -> code.group(1))
                .collect(Collectors.toSet());
    }

    /** The anchors of its headings, as GitHub makes them. */
    @NonNull
    public Set<String> anchors() {
        return HEADING.matcher(withoutBlocks())
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** Its links and pictures. */
    @NonNull
    public List<Link> links() {
        return LINK.matcher(withoutBlocks())
                .results()
                .map(link -> new Link(!link.group(1).isEmpty(), link.group(2), link.group(3)))
                .toList();
    }

    private String withoutBlocks() {
        return BLOCK.matcher(text).replaceAll("");
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** A link or a picture: its text, and where it points to. */
    public record Link(boolean picture, String text, String target) {}
}
