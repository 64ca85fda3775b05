package io.jenkins.plugins.gitpod.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person may write for one, several, or all environment classes. */
class EnvironmentClassesTest {

    private static final String ONE = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String TWO = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e10";

    @Test
    void oneClassStaysOne() {
        assertEquals(ONE, EnvironmentClasses.normalized(" " + ONE.toUpperCase() + " "));
        assertEquals(ONE, EnvironmentClasses.normalized("Large, 8 cores (" + ONE + ")"));
        assertEquals(ONE, EnvironmentClasses.normalized(ONE + "," + ONE), "the same twice");
        assertFalse(EnvironmentClasses.areSeveral(ONE));
        assertNull(EnvironmentClasses.firstInvalid(ONE));
        assertNull(EnvironmentClasses.normalized(" "));
        assertNull(EnvironmentClasses.normalized(null));
        assertFalse(EnvironmentClasses.areSeveral(null));
    }

    @Test
    void severalAreSeparatedByCommasAlsoWithTheirLabels() {
        String both = ONE + ", " + TWO;
        assertEquals(both, EnvironmentClasses.normalized(ONE + "," + TWO));
        assertEquals(both, EnvironmentClasses.normalized(both));
        assertEquals(
                both, EnvironmentClasses.normalized("Large (EU), 8 cores (" + ONE + ") , Small, cheap (" + TWO + ")"));
        assertTrue(EnvironmentClasses.areSeveral(both));
        assertFalse(EnvironmentClasses.areAll(both));
        assertEquals(List.of(ONE, TWO), EnvironmentClasses.ids(both));
    }

    @Test
    void allIsWrittenInAnyCase() {
        assertEquals("all", EnvironmentClasses.normalized(" ALL "));
        assertTrue(EnvironmentClasses.areAll("all"));
        assertTrue(EnvironmentClasses.areSeveral("all"));
        assertNull(EnvironmentClasses.firstInvalid("all"));
        assertEquals(ONE, EnvironmentClasses.normalized("all (" + ONE + ")"), "a class with that name");
    }

    @Test
    void thePartThatIsNoIdIsFound() {
        for (String bad : List.of("large", "all, " + ONE, ONE + TWO)) {
            assertEquals(bad, EnvironmentClasses.firstInvalid(EnvironmentClasses.normalized(bad)));
        }
        assertEquals("large", EnvironmentClasses.firstInvalid(EnvironmentClasses.normalized(ONE + ", large")));
        assertEquals("all", EnvironmentClasses.firstInvalid(EnvironmentClasses.normalized(ONE + ", all")));
        assertEquals("", EnvironmentClasses.firstInvalid(EnvironmentClasses.normalized(ONE + ", ")));
    }
}
