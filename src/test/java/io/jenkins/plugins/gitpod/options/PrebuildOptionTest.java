package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import groovy.lang.GString;
import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.codehaus.groovy.runtime.GStringImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Options × the values that Groovy hands over: each is read as a person means it, or refused with its own message. */
@ExtendWith(EnglishTexts.class)
class PrebuildOptionTest {

    private static final String ID = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String OTHER = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final Set<PrebuildOption> NUMBERS =
            EnumSet.of(PrebuildOption.TIMEOUT, PrebuildOption.MINIMUM_INTERVAL);
    private static final Set<PrebuildOption> FLAGS = EnumSet.of(
            PrebuildOption.WAIT,
            PrebuildOption.PROPAGATE,
            PrebuildOption.CANCEL_ON_ABORT,
            PrebuildOption.CANCEL_WITH_BUILD,
            PrebuildOption.SKIP_PUBLISHING_CHECKS,
            PrebuildOption.FORCE,
            PrebuildOption.ONLY_PROJECT_BRANCH);
    private static final Set<PrebuildOption> TEXTS = EnumSet.of(
            PrebuildOption.PROJECT_ID,
            PrebuildOption.ENVIRONMENT_CLASS_ID,
            PrebuildOption.CONNECTION,
            PrebuildOption.CREDENTIALS_ID);

    private static GString gstring(Object value) {
        return new GStringImpl(new Object[] {value}, new String[] {"", ""});
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                        NUMBERS.stream()
                                .flatMap(option -> Stream.of(
                                                90,
                                                90L,
                                                (short) 90,
                                                90.0,
                                                new BigDecimal("90.0"),
                                                new BigDecimal("9e1"),
                                                BigInteger.valueOf(90),
                                                "90",
                                                " 90 ",
                                                gstring(90))
                                        .map(value -> Arguments.of(option, value, 90))),
                        FLAGS.stream()
                                .flatMap(option -> Stream.of(false, "false", "FALSE", " False ", gstring(false))
                                        .map(value -> Arguments.of(option, value, false))),
                        FLAGS.stream()
                                .flatMap(option -> Stream.of(true, "true", gstring("True"))
                                        .map(value -> Arguments.of(option, value, true))),
                        Stream.of(OnWarning.UNSTABLE, "UNSTABLE", "unstable", " Unstable ", gstring("unstable"))
                                .map(value -> Arguments.of(PrebuildOption.ON_WARNING, value, OnWarning.UNSTABLE)),
                        Stream.of(Logs.ON_FAILURE, "on_failure", gstring("ON_FAILURE"))
                                .map(value -> Arguments.of(PrebuildOption.LOGS, value, Logs.ON_FAILURE)),
                        Stream.of(WhenActive.CANCEL_PREVIOUS, "cancel_previous", gstring("CANCEL_PREVIOUS"))
                                .map(value ->
                                        Arguments.of(PrebuildOption.WHEN_ACTIVE, value, WhenActive.CANCEL_PREVIOUS)),
                        TEXTS.stream()
                                .flatMap(option -> Stream.of(ID, " " + ID + "\n", gstring(ID), UUID.fromString(ID))
                                        .map(value -> Arguments.of(option, value, ID))),
                        TEXTS.stream().map(option -> Arguments.of(option, 7, "7")),
                        Stream.of(List.of(ID, gstring(OTHER)), ID + ", " + OTHER, List.of(UUID.fromString(ID), OTHER))
                                .map(value ->
                                        Arguments.of(PrebuildOption.ENVIRONMENT_CLASS_ID, value, ID + ", " + OTHER)),
                        Stream.of("all", List.of("all"), gstring(" all "))
                                .map(value -> Arguments.of(PrebuildOption.ENVIRONMENT_CLASS_ID, value, "all")),
                        Stream.of("a/**, b/?.txt", gstring("a/**, b/?.txt"), List.of("a/**", gstring("b/?.txt")))
                                .map(value -> Arguments.of(PrebuildOption.ONLY_IF_CHANGED, value, "a/**, b/?.txt")),
                        Stream.of(
                                Arguments.of(PrebuildOption.ONLY_IF_CHANGED, "wow!.txt,[id].tsx", "wow!.txt,[id].tsx")),
                        Stream.of(Arguments.of(PrebuildOption.MINIMUM_INTERVAL, 0, 0)))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void aValueIsReadAsItIsMeant(PrebuildOption option, Object value, Object expected) throws AbortException {
        assertEquals(expected, option.read(value));
        assertNull(option.problem(value));
    }

    @ParameterizedTest
    @EnumSource
    void nothingStandsForTheDefault(PrebuildOption option) throws AbortException {
        for (Object value : new Object[] {null, "", "  ", "\t\n", gstring("")}) {
            assertNull(option.read(value));
        }
    }

    static Stream<Arguments> refused() {
        String minutes = "Use whole minutes from 5 to 120, or leave it out for Gitpod's default of 60.";
        String patterns = "Use path patterns with *, **, and ?, separated by commas.";
        return Stream.of(
                        Stream.of(
                                        Arguments.of("\"1h\"", "1h"),
                                        Arguments.of("7.5", new BigDecimal("7.5")),
                                        Arguments.of("7.5", 7.5),
                                        Arguments.of("\"7.5\"", gstring("7.5")),
                                        Arguments.of("NaN", Double.NaN),
                                        Arguments.of("4", 4),
                                        Arguments.of("121", 121),
                                        Arguments.of("-60", -60),
                                        Arguments.of("4294967386", 4294967386L),
                                        Arguments.of("1E+999999999", new BigDecimal("1e999999999")),
                                        Arguments.of("\"99999999999\"", "99999999999"),
                                        Arguments.of("true", true),
                                        Arguments.of("[90]", List.of(90)))
                                .map(each -> refused(PrebuildOption.TIMEOUT, each, minutes)),
                        Stream.of(Arguments.of("-1", -1), Arguments.of("\"often\"", "often"))
                                .map(each -> refused(
                                        PrebuildOption.MINIMUM_INTERVAL,
                                        each,
                                        "Use whole minutes from 0 to 999999, or leave it out for no minimum.")),
                        FLAGS.stream()
                                .flatMap(option -> Stream.of(
                                                Arguments.of("\"yes\"", "yes"),
                                                Arguments.of("\"0\"", gstring(0)),
                                                Arguments.of("1", 1),
                                                Arguments.of("[true]", List.of(true)))
                                        .map(each -> refused(option, each, "Use true or false."))),
                        Stream.of(Arguments.of("\"PANIC\"", "PANIC"), Arguments.of("Result", Result.UNSTABLE))
                                .map(each ->
                                        refused(PrebuildOption.ON_WARNING, each, "Use IGNORE, UNSTABLE, or FAIL.")),
                        Stream.of(Arguments.of("true", true), Arguments.of("\"all\"", "all"))
                                .map(each -> refused(PrebuildOption.LOGS, each, "Use NONE, ON_FAILURE, or FULL.")),
                        Stream.of(Arguments.of("\"wait\"", "wait"), Arguments.of("FAIL", OnWarning.FAIL))
                                .map(each -> refused(
                                        PrebuildOption.WHEN_ACTIVE,
                                        each,
                                        "Use START, JOIN, SKIP, CANCEL_PREVIOUS, or QUEUE.")),
                        TEXTS.stream()
                                .flatMap(option -> Stream.of(
                                                Arguments.of("[false]", List.of(false)),
                                                Arguments.of("[\"\", 7]", List.of("", 7)),
                                                Arguments.of("[]", List.of()),
                                                Arguments.of("[[…], null]", Arrays.asList(List.of(), null)),
                                                Arguments.of("false", false))
                                        .map(each -> refused(option, each, "Use the "))),
                        TEXTS.stream()
                                .filter(option -> option != PrebuildOption.ENVIRONMENT_CLASS_ID)
                                .map(option ->
                                        refused(option, Arguments.of("[\"" + ID + "\"]", List.of(ID)), "Use the ")),
                        Stream.of(
                                        Arguments.of("\"src/{a,b}/**\"", "src/{a,b}/**"),
                                        Arguments.of("\"a/**, !a/b\"", "a/**, !a/b"),
                                        Arguments.of("\"!a/b\"", "!a/b"),
                                        Arguments.of("\"src\\a\"", "src\\a"),
                                        Arguments.of("[1]", List.of(1)),
                                        Arguments.of("true", true))
                                .map(each -> refused(PrebuildOption.ONLY_IF_CHANGED, each, patterns)))
                .flatMap(each -> each);
    }

    private static Arguments refused(PrebuildOption option, Arguments shownAndValue, String allowed) {
        return Arguments.of(option, shownAndValue.get()[1], shownAndValue.get()[0], allowed);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void anyOtherValueIsRefusedWithTheOptionTheValueAndWhatIsAllowed(
            PrebuildOption option, Object value, String shown, String allowed) {
        assertThat(option.problem(value), startsWith(shown + " is not allowed for " + option.field() + ". " + allowed));
    }

    @Test
    void aMessageIsOneShortLineWithoutSecrets() {
        String problem = PrebuildOption.TIMEOUT.problem("x\nFinished: SUCCESS\u001b[2J" + "y".repeat(5000));
        assertThat(problem, startsWith("\"x Finished: SUCCESS [2Jyyy"));
        assertThat(problem.length(), lessThan(300));
        assertThat(
                PrebuildOption.CREDENTIALS_ID.problem(new TreeMap<>(Map.of("token", "s3cret"))),
                startsWith("TreeMap is not allowed for credentialsId."));
    }
}
