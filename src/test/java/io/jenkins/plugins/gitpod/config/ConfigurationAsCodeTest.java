package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorException;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import io.jenkins.plugins.casc.model.CNode;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildRule;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The example in {@code docs} is what is configured here. */
@WithJenkins
class ConfigurationAsCodeTest {

    private static final Path EXAMPLE = Path.of("docs", "configuration-as-code.yaml");

    @TempDir
    private Path directory;

    @BeforeAll
    static void start(JenkinsRule rule) {
        GitpodGlobalConfiguration.get().setConnections(List.of());
    }

    private static String exported() throws Exception {
        return exported("gitpod");
    }

    private static String exported(String section) throws Exception {
        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        CNode gitpod = Util.getUnclassifiedRoot(context).get(section);
        return Util.toYamlString(gitpod);
    }

    @Test
    void theExampleIsConfiguredAndComesOutAgainTheSame() throws Exception {
        ConfigurationAsCode.get().configure(EXAMPLE.toString());
        GitpodGlobalConfiguration configuration = GitpodGlobalConfiguration.get();
        List<GitpodConnection> connections = configuration.getConnections();
        assertEquals(2, connections.size());
        GitpodConnection eu = connections.get(0);
        assertEquals("eu", eu.getName());
        assertEquals("https://app.gitpod.io/api", eu.getApiUrl());
        assertEquals("gitpod", eu.getCredentialsId());
        assertTrue(eu.isDefaultConnection());
        assertEquals(20, eu.getMaximumConcurrent());
        assertEquals(20, eu.getShortestPollSeconds());
        assertEquals(90, eu.getLongestPollSeconds());
        assertEquals(5, eu.getMaximumCalls());
        assertEquals(45, eu.getCallTimeoutSeconds());
        GitpodConnection dedicated = connections.get(1);
        assertTrue(dedicated.isSharedAccount());
        assertFalse(dedicated.isDefaultConnection());
        assertNull(dedicated.getMaximumConcurrent());
        assertNull(dedicated.getShortestPollSeconds());
        assertNull(dedicated.getLongestPollSeconds());
        assertNull(dedicated.getMaximumCalls());
        assertNull(dedicated.getCallTimeoutSeconds());
        assertTrue(dedicated.mayUseDefaultCredential("team/backend/job"));
        assertFalse(dedicated.mayUseDefaultCredential("team/frontend/job"));
        assertEquals("eu", configuration.connection(null).getName());

        String first = exported();
        assertThat(first, containsString("maximumConcurrent: 20"));
        assertThat(first, containsString("shortestPollSeconds: 20"));
        assertThat(first, containsString("longestPollSeconds: 90"));
        assertThat(first, containsString("maximumCalls: 5"));
        assertThat(first, containsString("callTimeoutSeconds: 45"));
        Path again = directory.resolve("again.yaml");
        Files.writeString(again, "unclassified:\n  gitpod:\n" + first.indent(4));
        configuration.setConnections(List.of());
        ConfigurationAsCode.get().configure(again.toString());
        assertEquals(first, exported());

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(all);
        assertThat(all.toString(StandardCharsets.UTF_8), containsString("apiUrl: \"https://app.gitpod.io/api\""));
    }

    @Test
    void eachExampleInTheDocumentsIsConfigured() throws Exception {
        for (MarkdownFile file : MarkdownFile.all()) {
            for (String yaml : file.blocks("yaml")) {
                GitpodGlobalConfiguration.get().setConnections(List.of());
                Path example = directory.resolve("example.yaml");
                Files.writeString(example, yaml);
                ConfigurationAsCode.get().configure(example.toString());
                assertEquals(
                        "eu", GitpodGlobalConfiguration.get().connection(null).getName(), file.toString());
            }
        }
    }

    @Test
    void theRulesOfTheDocumentationAreConfiguredAndComeOutAgainTheSame() throws Exception {
        Path file = directory.resolve("rules.yaml");
        Files.writeString(
                file, MarkdownFile.of("docs", "after-commits.md").blocks("yaml").get(0));
        ConfigurationAsCode.get().configure(file.toString());
        List<GitpodPrebuildRule> rules = GitpodPrebuildRules.get().getRules();
        assertEquals(2, rules.size());
        assertEquals("team/legacy", rules.get(0).getFolders());
        assertTrue(rules.get(0).getPrebuild().isDisabled());
        assertEquals("team", rules.get(1).getFolders());
        assertEquals("eu", rules.get(1).getPrebuild().getConnection());
        assertEquals(WhenActive.SKIP, rules.get(1).getPrebuild().getWhenActive());
        assertEquals(12, rules.get(1).getPrebuild().getMaxAge());
        assertFalse(rules.get(1).getPrebuild().isDisabled());
        String first = exported("gitpodPrebuildRules");
        GitpodPrebuildRules.get().setRules(null);
        Files.writeString(file, "unclassified:\n  gitpodPrebuildRules:\n" + first.indent(4));
        ConfigurationAsCode.get().configure(file.toString());
        assertEquals(first, exported("gitpodPrebuildRules"));
        Files.writeString(file, "unclassified:\n  gitpodPrebuildRules:\n    rules:\n      - prebuild: {timeout: 1}\n");
        assertThrows(
                ConfiguratorException.class, () -> ConfigurationAsCode.get().configure(file.toString()));
        assertEquals(2, GitpodPrebuildRules.get().getRules().size());
        Files.writeString(file, "unclassified:\n  gitpodPrebuildRules:\n    rules: []\n");
        ConfigurationAsCode.get().configure(file.toString());
        assertThat(GitpodPrebuildRules.get().getRules(), is(empty()));
    }

    @Test
    void anEmptyListIsEmpty() throws Exception {
        GitpodGlobalConfiguration.get()
                .setConnections(List.of(new GitpodConnection("old", "https://app.gitpod.io/api")));
        Path file = directory.resolve("empty.yaml");
        Files.writeString(file, "unclassified:\n  gitpod:\n    connections: []\n");
        ConfigurationAsCode.get().configure(file.toString());
        assertThat(GitpodGlobalConfiguration.get().getConnections(), is(empty()));
    }

    @Test
    void whatIsNotUsableIsRefused() throws Exception {
        GitpodGlobalConfiguration.get()
                .setConnections(List.of(new GitpodConnection("old", "https://app.gitpod.io/api")));
        for (String bad : List.of(
                "{name: eu, apiUrl: \"http://gitpod.example.com/api\"}",
                "{name: eu, apiUrl: \"https://me:secret@gitpod.example.com/api\"}",
                "{name: \"\", apiUrl: \"https://gitpod.example.com/api\"}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", maximumConcurrent: 0}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", shortestPollSeconds: 4}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", longestPollSeconds: 121}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", shortestPollSeconds: 9, longestPollSeconds: 8}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", maximumCalls: 8}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", callTimeoutSeconds: 121}",
                "{name: eu, apiUrl: \"https://gitpod.example.com/api\", noSuchOption: 1}")) {
            Path file = directory.resolve("bad.yaml");
            Files.writeString(file, "unclassified:\n  gitpod:\n    connections:\n      - " + bad + "\n");
            assertThrows(
                    ConfiguratorException.class, () -> ConfigurationAsCode.get().configure(file.toString()), bad);
            assertEquals(
                    "old",
                    GitpodGlobalConfiguration.get().getConnections().get(0).getName());
        }
    }
}
