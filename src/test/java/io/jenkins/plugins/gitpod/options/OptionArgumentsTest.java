package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hudson.AbortException;
import hudson.model.Describable;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What pipelines and Job DSL pass is checked before structs converts it, for all classes that have the options. */
@WithJenkins
class OptionArgumentsTest {

    private static final String ID = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    @BeforeAll
    static void start(JenkinsRule jenkins) {
        // One Jenkins for all tests.
    }

    private static <T> T create(Class<T> type, Map<String, ?> arguments) {
        return DescribableModel.of(type).instantiate(arguments, StreamTaskListener.fromStdout());
    }

    private static String refusal(Class<?> type, Map<String, ?> arguments) {
        return assertThrows(AbortException.class, () -> create(type, arguments)).getMessage();
    }

    private static Map<String, Object> argument(String name, Object value) {
        Map<String, Object> arguments = new HashMap<>();
        arguments.put(name, value);
        return arguments;
    }

    /** A value of another type for each option, and what it must become in the form of a snippet. */
    private static final Map<String, List<Object>> VALUES = Map.ofEntries(
            Map.entry("projectId", List.of(ID.toUpperCase(java.util.Locale.ROOT), ID)),
            Map.entry("environmentClassId", List.of(java.util.UUID.fromString(ID), ID)),
            Map.entry("timeout", List.of("90", 90)),
            Map.entry("connection", List.of(7, "7")),
            Map.entry("credentialsId", List.of(" gitpod ", "gitpod")),
            Map.entry("wait", List.of("FALSE", false)),
            Map.entry("propagate", List.of("false", false)),
            Map.entry("cancelOnAbort", List.of("false", false)),
            Map.entry("cancelWithBuild", List.of("true", true)),
            Map.entry("trigger", List.of("nightly", "NIGHTLY")),
            Map.entry("keepFresh", List.of("true", true)),
            Map.entry("disabled", List.of("true", true)),
            Map.entry("logs", List.of("full", "FULL")),
            Map.entry("skipPublishingChecks", List.of("true", true)),
            Map.entry("onWarning", List.of("unstable", "UNSTABLE")),
            Map.entry("whenActive", List.of("join", "JOIN")),
            Map.entry("minimumInterval", List.of(15.0, 15)),
            Map.entry("maxAge", List.of("12", 12)),
            Map.entry("waitForWarmPool", List.of("true", true)),
            Map.entry("keepPrebuilds", List.of("3", 3)),
            Map.entry("minimumCommits", List.of("5", 5)),
            Map.entry("quietHours", List.of(" 22:00-06:00", "22:00-06:00")),
            Map.entry("dailyBudget", List.of("120", 120)),
            Map.entry("mailTo", List.of(" team@example.com", "team@example.com")),
            Map.entry("force", List.of("true", true)),
            Map.entry("onlyIfChanged", List.of(List.of("a/**", "b/**"), "a/**, b/**")));

    @ParameterizedTest
    @ValueSource(classes = {GitpodPrebuildStep.class, GitpodPrebuildBuilder.class, GitpodPrebuildProperty.class})
    <T extends Describable<?>> void eachOptionTakesWhatGroovyHandsOver(Class<T> type) {
        for (DescribableParameter parameter : DescribableModel.of(type).getParameters()) {
            String name = parameter.getName();
            boolean isOnByDefault = name.equals("onlyProjectBranch") && type == GitpodPrebuildProperty.class;
            List<Object> pair = name.equals("onlyProjectBranch")
                    ? List.of(String.valueOf(!isOnByDefault), !isOnByDefault)
                    : VALUES.get(name);
            assertThat("a value for " + name, pair, notNullValue());
            T created = create(type, argument(name, pair.get(0)));
            assertEquals(
                    Map.of(name, pair.get(1)),
                    UninstantiatedDescribable.from(created).getArguments());
            if (!name.equals("projectId")) {
                for (Object nothing : Arrays.asList(null, "", "  ")) {
                    T defaults = create(type, argument(name, nothing));
                    assertEquals(
                            Map.of(), UninstantiatedDescribable.from(defaults).getArguments(), name);
                }
            }
            assertThat(refusal(type, argument(name, new Object[0])), startsWith("Object[] is not allowed for " + name));
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {GitpodPrebuildStep.class, GitpodPrebuildBuilder.class, GitpodPrebuildProperty.class})
    void anEmptyProjectIsNeverAnyProjectOfTheRepository(Class<?> type) {
        assertThat(
                refusal(type, argument("projectId", null)),
                startsWith("null is not allowed for projectId. Use the id"));
        assertThat(
                refusal(type, argument("projectId", "")), startsWith("\"\" is not allowed for projectId. Use the id"));
        assertThat(
                refusal(type, argument("projectId", "  ")),
                containsString("To find the project by the repository that was checked out, leave projectId out."));
        assertThat(create(type, Map.of()), instanceOf(type));
    }

    @ParameterizedTest
    @ValueSource(classes = {GitpodPrebuildStep.class, GitpodPrebuildBuilder.class, GitpodPrebuildProperty.class})
    void anUnknownOptionIsRefusedWithTheNearestName(Class<?> type) {
        assertThat(
                refusal(type, argument("timeOut", 5)),
                startsWith("There is no option \"timeOut\". Did you mean timeout? The options are "));
        assertThat(refusal(type, argument("projectID", ID)), containsString("Did you mean projectId?"));
        assertThat(refusal(type, argument("CREDENTIALS", "x")), containsString("Did you mean credentialsId?"));
        assertThat(
                refusal(type, argument(UninstantiatedDescribable.ANONYMOUS_KEY, ID)),
                startsWith("An option needs a name, for example projectId: '0192"));
    }

    @Test
    void whatOnlyAnotherClassHasIsUnknown() {
        assertThat(
                refusal(GitpodPrebuildStep.class, argument("cancelWithBuild", true)),
                containsString("There is no option \"cancelWithBuild\""));
        assertThat(
                refusal(GitpodPrebuildProperty.class, argument("wait", true)),
                containsString("There is no option \"wait\""));
    }
}
