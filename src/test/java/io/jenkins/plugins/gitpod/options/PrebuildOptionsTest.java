package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.AbortException;
import hudson.EnvVars;
import hudson.util.XStream2;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.pipeline.GitpodPrebuildStep;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids are trimmed and lowered once, wherever a person enters them. */
@ExtendWith(EnglishTexts.class)
class PrebuildOptionsTest {

    private static final String ID = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String UPPER = "0192F0C1-6A8B-7C3D-9E4F-5A6B7C8D9E0F";

    static Stream<Arguments> entries() {
        PrebuildOptions options = new PrebuildOptions();
        GitpodPrebuildStep step = new GitpodPrebuildStep();
        GitpodPrebuildBuilder builder = new GitpodPrebuildBuilder();
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        return Stream.of(
                entry("options, project", options::setProjectId, options::getProjectId),
                entry("options, class", options::setEnvironmentClassId, options::getEnvironmentClassId),
                entry("step, project", step::setProjectId, step::getProjectId),
                entry("step, class", step::setEnvironmentClassId, step::getEnvironmentClassId),
                entry("build step, project", builder::setProjectId, builder::getProjectId),
                entry("build step, class", builder::setEnvironmentClassId, builder::getEnvironmentClassId),
                entry("property, project", property::setProjectId, property::getProjectId),
                entry("property, class", property::setEnvironmentClassId, property::getEnvironmentClassId));
    }

    private static Arguments entry(String name, Consumer<String> setter, Supplier<String> getter) {
        return Arguments.of(name, setter, getter);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void anIdIsTrimmedAndLowered(String name, Consumer<String> setter, Supplier<String> getter) {
        for (String text : new String[] {ID, UPPER, " " + UPPER + "\t", "\n" + ID + "\n", "My shop (" + UPPER + ") "}) {
            setter.accept(text);
            assertEquals(ID, getter.get(), text);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("entries")
    void blankIsAsIfAbsentAndAnythingElseStaysAsItIs(String name, Consumer<String> setter, Supplier<String> getter) {
        for (String text : new String[] {"", "  ", "\t\n", null}) {
            setter.accept(text);
            assertNull(getter.get());
        }
        setter.accept(" ${PROJECT_ID} ");
        assertEquals("${PROJECT_ID}", getter.get());
    }

    @Test
    void whatAVariableHoldsIsTrimmedAndLowered() throws Exception {
        PrebuildOptions options = new PrebuildOptions();
        options.setProjectId("${PROJECT}");
        options.setEnvironmentClassId("$CLASS");
        PrebuildOptions expanded = options.expanded(new EnvVars("PROJECT", " " + UPPER + " ", "CLASS", ""));
        assertEquals(ID, expanded.getProjectId());
        assertNull(expanded.getEnvironmentClassId());
    }

    @Test
    void severalClassesStayAsTheyAreMeantThroughVariablesAndFiles() throws Exception {
        PrebuildOptions options = new PrebuildOptions();
        options.setEnvironmentClassId("${ONE}, $TWO");
        String other = ID.replace('0', '1');
        PrebuildOptions expanded = options.expanded(new EnvVars("ONE", UPPER, "TWO", other));
        assertEquals(ID + ", " + other, expanded.getEnvironmentClassId());
        assertTrue(expanded.isForSeveralClasses());
        assertNull(expanded.problem());
        PrebuildOptions one = expanded.ofClass(other, ID);
        assertEquals(ID, one.getEnvironmentClassId());
        assertEquals(other, one.getProjectId());
        XStream2 xstream = new XStream2();
        PrebuildOptions read = (PrebuildOptions) xstream.fromXML(xstream.toXML(expanded));
        assertTrue(read.isForSeveralClasses());
        assertFalse(one.isForSeveralClasses());
        expanded.setEnvironmentClassId(ID + ", large");
        assertThat(expanded.problem(), startsWith("\"large\" is not allowed for environmentClassId."));
    }

    @Test
    void aVariableThatIsEmptyNeverStandsForAnyProjectOfTheRepository() throws Exception {
        PrebuildOptions options = new PrebuildOptions();
        assertNull(options.expanded(new EnvVars("PROJECT", "")).getProjectId());
        options.setProjectId("${PROJECT}");
        for (String value : new String[] {"", "  "}) {
            EnvVars variables = new EnvVars("PROJECT", value);
            assertEquals(
                    "The project \"${PROJECT}\" is empty in this build. Give the variable the id of a Gitpod project. To find "
                            + "the project by the repository that was checked out, leave the project empty.",
                    assertThrows(AbortException.class, () -> options.expanded(variables))
                            .getMessage());
        }
    }

    @Test
    void anIdInAFileIsLowered() {
        XStream2 xstream = new XStream2();
        PrebuildOptions options = new PrebuildOptions();
        options.setWait(true);
        PrebuildOptions read = (PrebuildOptions)
                xstream.fromXML(xstream.toXML(options).replace("<wait>", "<projectId>" + UPPER + "</projectId><wait>"));
        assertEquals(ID, read.getProjectId());
        assertEquals(true, read.isWait());
    }
}
