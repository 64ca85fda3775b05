package io.jenkins.plugins.gitpod.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnumsTest {

    @ParameterizedTest
    @EnumSource
    void aPhaseIsReadBackFromItsWireName(PrebuildPhase phase) {
        assertThat(PrebuildPhase.parse(phase.wireName()), is(phase));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "PREBUILD_PHASE_NEW_THING", "PREBUILD_PHASE_UNKNOWN", "RUNNING", "3"})
    void anyOtherPhaseIsUnknown(String name) {
        assertThat(PrebuildPhase.parse(name), is(PrebuildPhase.UNKNOWN));
    }

    @Test
    void thePhasesThatEndAWaitAreTheDocumentedOnes() {
        Set<PrebuildPhase> ends = EnumSet.allOf(PrebuildPhase.class);
        ends.removeIf(phase -> !phase.isEnd());

        assertThat(
                ends,
                is(EnumSet.of(
                        PrebuildPhase.COMPLETED,
                        PrebuildPhase.FAILED,
                        PrebuildPhase.CANCELLED,
                        PrebuildPhase.DELETING,
                        PrebuildPhase.DELETED)));
    }

    @ParameterizedTest
    @EnumSource
    void thePhaseOfAWarmPoolIsReadBackFromItsWireName(WarmPoolPhase phase) {
        assertThat(WarmPoolPhase.parse(phase.wireName()), is(phase));
    }

    @ParameterizedTest
    @EnumSource
    void aTriggerIsReadBackFromItsWireName(Trigger trigger) {
        assertThat(Trigger.parse(trigger.wireName()), is(trigger));
    }

    @Test
    void anyOtherTriggerIsUnknown() {
        assertThat(Trigger.parse("PREBUILD_TRIGGER_COMMIT"), is(Trigger.UNKNOWN));
        assertThat(Trigger.parse(null), is(Trigger.UNKNOWN));
    }

    @ParameterizedTest
    @EnumSource
    void aCodeIsReadBackFromItsWireName(ErrorCode code) {
        assertThat(ErrorCode.byWireName(code.wireName()), is(Optional.of(code)));
    }

    @Test
    void anyOtherCodeIsNone() {
        assertThat(ErrorCode.byWireName("teapot"), is(Optional.empty()));
        assertThat(ErrorCode.byWireName("NOT_FOUND"), is(Optional.empty()));
        assertThat(ErrorCode.byWireName(null), is(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "400, INTERNAL",
        "401, UNAUTHENTICATED",
        "403, PERMISSION_DENIED",
        "404, UNIMPLEMENTED",
        "429, UNAVAILABLE",
        "502, UNAVAILABLE",
        "503, UNAVAILABLE",
        "504, UNAVAILABLE",
        "500, UNKNOWN",
        "418, UNKNOWN",
        "302, UNKNOWN"
    })
    void withoutABodyTheStatusMakesTheCode(int status, ErrorCode code) {
        assertThat(ErrorCode.byHttpStatus(status), is(code));
    }
}
