package io.jenkins.plugins.gitpod.texts;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PropertyResourceBundle;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Each text can be translated, and the German translation is complete. */
class TranslationsTest {

    private static final Path RESOURCES = Path.of("src", "main", "resources", "io", "jenkins", "plugins", "gitpod");
    private static final Pattern VIEW_KEY = Pattern.compile("\\$\\{%([^}]*)}");
    private static final Pattern KEY_WITH_ARGUMENTS = Pattern.compile("(\\w+)\\(.*\\)");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(\\d+)");
    private static final Pattern EXPRESSION = Pattern.compile("\\$\\{[^}]*}");
    private static final Pattern WORD = Pattern.compile("\\p{L}{2,}");
    private static final Set<String> SHOWN_ATTRIBUTES = Set.of(
            "title", "label", "header", "add", "placeholder", "tooltip", "caption", "description", "progress", "alt");

    private static List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(RESOURCES)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static TreeMap<String, String> texts(Path file) throws IOException {
        TreeMap<String, String> texts = new TreeMap<>();
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                PropertyResourceBundle bundle = new PropertyResourceBundle(in);
                bundle.keySet().forEach(key -> texts.put(key, bundle.getString(key)));
            }
        }
        return texts;
    }

    private static Path beside(Path file, String suffix, String instead) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - suffix.length()) + instead);
    }

    private static Set<String> placeholders(String text) {
        return PLACEHOLDER
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void assertSamePlaceholders(
            Path file, TreeMap<String, String> english, TreeMap<String, String> german) {
        german.forEach((key, text) ->
                assertEquals(placeholders(english.getOrDefault(key, key)), placeholders(text), file + ": " + key));
    }

    @Test
    void eachMessageIsTranslated() throws IOException {
        TreeMap<String, String> english = texts(RESOURCES.resolve("Messages.properties"));
        TreeMap<String, String> german = texts(RESOURCES.resolve("Messages_de.properties"));
        assertEquals(english.keySet(), german.keySet());
        assertSamePlaceholders(RESOURCES, english, german);
    }

    /** The keys of a view, as Stapler reads them: what is in parentheses are arguments. */
    private static Set<String> keys(Path view) throws IOException {
        Set<String> keys = new TreeSet<>();
        for (MatchResult match :
                VIEW_KEY.matcher(Files.readString(view)).results().toList()) {
            String key = match.group(1);
            if (key.contains("(")) {
                assertThat(
                        view + ": parentheses in a text are lost: " + key,
                        KEY_WITH_ARGUMENTS.matcher(key).matches());
                key = key.substring(0, key.indexOf('('));
            }
            keys.add(key);
        }
        return keys;
    }

    @Test
    void eachTextOfAViewIsTranslated() throws IOException {
        for (Path view : files(".jelly")) {
            Set<String> keys = keys(view);
            TreeMap<String, String> english = texts(beside(view, ".jelly", ".properties"));
            TreeMap<String, String> german = texts(beside(view, ".jelly", "_de.properties"));
            assertEquals(keys, german.keySet(), view.toString());
            assertSamePlaceholders(view, english, german);
            Set<String> unused = new TreeSet<>(english.keySet());
            unused.removeAll(keys);
            assertThat(view.toString(), unused, is(empty()));
        }
    }

    @Test
    void eachHelpFileIsTranslated() throws IOException {
        List<Path> german = files("_de.html");
        List<Path> english = new ArrayList<>(files(".html"));
        english.removeAll(german);
        assertThat(english, is(not(empty())));
        assertEquals(
                english.stream()
                        .map(file -> beside(file, ".html", "_de.html"))
                        .sorted()
                        .toList(),
                german);
        for (Path file : english) {
            assertEquals(
                    tags(file), tags(beside(file, ".html", "_de.html")), file + " and its translation differ in tags");
        }
    }

    /** The tags, and the code samples with the names and values of options: they are the same in all languages. */
    private static List<String> tags(Path file) throws IOException {
        return Pattern.compile("<code>[^<]*</code>|</?(?:ul|li|pre)>")
                .matcher(Files.readString(file))
                .results()
                .map(MatchResult::group)
                .sorted()
                .distinct()
                .toList();
    }

    @Test
    void noViewHasATextThatCannotBeTranslated() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path view : files(".jelly")) {
            Document document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(view.toFile());
            collect(view, document.getDocumentElement(), found);
        }
        assertThat(found, is(empty()));
    }

    private static void collect(Path view, Node node, List<String> found) {
        if (node.getNodeName().equals("st:documentation")) {
            return;
        }
        if (node.getNodeType() == Node.TEXT_NODE && isLiteral(node.getNodeValue())) {
            found.add(view + ": " + node.getNodeValue().strip());
        }
        NamedNodeMap attributes = node.getAttributes();
        for (int i = 0; attributes != null && i < attributes.getLength(); i++) {
            Attr attribute = (Attr) attributes.item(i);
            if (SHOWN_ATTRIBUTES.contains(attribute.getName()) && isLiteral(attribute.getValue())) {
                found.add(view + ": " + attribute);
            }
        }
        NodeList children = node.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            collect(view, children.item(i), found);
        }
    }

    private static boolean isLiteral(String text) {
        return WORD.matcher(EXPRESSION.matcher(text).replaceAll("")).find();
    }
}
