package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FiltersTest {

    private static final List<String> TOO_MANY = Collections.nCopies(26, "x");

    @Test
    void whatTheApiWouldRefuseIsRefusedHere() {
        PrebuildFilter none = PrebuildFilter.none();
        Set<PrebuildPhase> known = EnumSet.complementOf(EnumSet.of(PrebuildPhase.UNKNOWN));

        assertThrows(IllegalArgumentException.class, () -> none.withProjectIds(TOO_MANY));
        assertThrows(IllegalArgumentException.class, () -> none.withCreatorIds(TOO_MANY));
        assertThrows(IllegalArgumentException.class, () -> none.withPhases(known));
        assertThrows(IllegalArgumentException.class, () -> none.withPhases(Set.of(PrebuildPhase.UNKNOWN)));
        assertThrows(IllegalArgumentException.class, () -> ProjectFilter.none().withSpecRemoteUris(TOO_MANY));
        assertThrows(IllegalArgumentException.class, () -> ProjectFilter.none().withSearch("x".repeat(257)));
    }

    @Test
    void witherLeavesTheOriginalAlone() {
        PrebuildFilter filter =
                PrebuildFilter.none().withProjectIds(List.of("p")).withCreatorIds(List.of("c"));

        assertThat(PrebuildFilter.none().projectIds(), is(empty()));
        assertThat(filter.projectIds(), is(List.of("p")));
        assertThat(filter.creatorIds(), is(List.of("c")));
    }

    @Test
    void aFilterCannotBeChangedThroughWhatItWasMadeOf() {
        Set<PrebuildPhase> phases = EnumSet.of(PrebuildPhase.RUNNING);
        PrebuildFilter filter = PrebuildFilter.none().withPhases(phases);

        phases.add(PrebuildPhase.FAILED);

        assertThat(filter.phases(), is(Set.of(PrebuildPhase.RUNNING)));
        assertThrows(UnsupportedOperationException.class, () -> filter.phases().clear());
    }
}
