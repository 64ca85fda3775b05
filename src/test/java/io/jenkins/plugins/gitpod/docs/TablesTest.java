package io.jenkins.plugins.gitpod.docs;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import io.jenkins.plugins.gitpod.testing.MarkdownFile;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.export.Exported;

/** The tables of the documents list each option, property and limit that there is, and no other. */
class TablesTest {

    private static final Path MAIN = Path.of("src", "main", "java", "io", "jenkins", "plugins", "gitpod");

    private static Set<String> parameters(Class<?> type) {
        return DescribableModel.of(type).getParameters().stream()
                .map(DescribableParameter::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> column(String heading, String first, String... more) throws IOException {
        return new TreeSet<>(MarkdownFile.of(first, more).firstColumn(heading));
    }

    private static Stream<PropertyDescriptor> properties(Class<?> type) throws IntrospectionException {
        return Arrays.stream(Introspector.getBeanInfo(type, Object.class).getPropertyDescriptors());
    }

    @Test
    void theOptionsOfTheStep() throws IOException {
        assertEquals(parameters(GitpodPrebuildStep.class), column("Options", "README.md"));
    }

    @Test
    void theOptionsOfTheProperty() throws IOException {
        Set<String> documented = column("Options", "README.md");
        documented.addAll(column("Options", "docs", "after-commits.md"));
        assertThat(parameters(GitpodPrebuildProperty.class), everyItem(is(in(documented))));
    }

    @Test
    void theResult() throws Exception {
        assertEquals(
                properties(PrebuildResult.class)
                        .map(PropertyDescriptor::getName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                column("Result", "README.md"));
    }

    @Test
    void theRemoteApi() throws Exception {
        assertEquals(
                properties(PrebuildRecord.class)
                        .filter(each -> each.getReadMethod() != null
                                && each.getReadMethod().isAnnotationPresent(Exported.class))
                        .map(PropertyDescriptor::getName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                column("A build", "docs", "remote-api.md"));
    }

    @Test
    void theAttributesOfAConnection() throws IOException {
        assertEquals(
                parameters(GitpodConnection.class),
                column("Configuration as Code", "docs", "configuration-as-code.md"));
    }

    @Test
    void theSystemProperties() throws IOException {
        Set<String> read = Pattern.compile("limit\\(\"(\\w+)\"")
                .matcher(Files.readString(MAIN.resolve(Path.of("request", "EngineProperties.java"))))
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(read, column("System properties", "README.md"));
    }
}
