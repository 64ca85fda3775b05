package io.jenkins.plugins.gitpod.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.build.PrebuildMessages;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The rooms of the design and the arrows between them, as they are in the class files: compiling alone proves nothing, for
 * the compiler follows the source path. Runs in both builds; the one without Jenkins sees the two lower rooms
 * and the step's words.
 */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.gitpod";

    /** From the bottom up; rooms of one floor know nothing of each other. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("api"),
            List.of("engine"),
            List.of("config"),
            List.of("build"),
            List.of("freestyle", "pipeline", "push"));

    private static final JavaClasses MAIN = classesBeside(GitpodClient.class);
    private static final JavaClasses TESTS = classesBeside(GitpodSimulator.class);

    private static JavaClasses classesBeside(Class<?> one) {
        URL directory = one.getProtectionDomain().getCodeSource().getLocation();
        return new ClassFileImporter().importUrl(directory);
    }

    private static String room(String name) {
        return ROOT + "." + name + "..";
    }

    private static Set<String> roomsOf(JavaClasses classes) {
        return classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT))
                .map(name -> name.equals(ROOT)
                        ? ""
                        : name.substring(ROOT.length() + 1).replaceAll("\\..*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatIsCheckedIsThereAndEveryRoomIsOnTheMap() {
        Set<String> known = FLOORS.stream().flatMap(List::stream).collect(Collectors.toSet());
        assertThat(roomsOf(MAIN), hasItems("api", "engine"));
        assertThat(roomsOf(MAIN), everyItem(is(in(known))));
        assertThat(roomsOf(MAIN), not(hasItems("simulator")));
        assertThat(roomsOf(TESTS), hasItems("simulator"));
    }

    @Test
    void apiAndEngineKnowNothingOfJenkins() {
        noClasses()
                .that()
                .resideInAnyPackage(room("api"), room("engine"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke..", "io.jenkins.plugins.okhttp..")
                .because("the two lower rooms run without Jenkins")
                .check(MAIN);
    }

    @Test
    void apiUsesOnlyItsLibraries() {
        classes()
                .that()
                .resideInAPackage(room("api"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        room("api"),
                        "java..",
                        "javax.net..",
                        "okhttp3..",
                        "okio..",
                        "kotlin..",
                        "com.fasterxml.jackson..",
                        "edu.umd.cs.findbugs.annotations..")
                .check(MAIN);
    }

    @Test
    void engineUsesOnlyApi() {
        classes()
                .that()
                .resideInAPackage(room("engine"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(room("engine"), room("api"), "java..", "edu.umd.cs.findbugs.annotations..")
                .check(MAIN);
    }

    @Test
    void theStepsWordsNeedNothingOfJenkins() {
        classes()
                .that()
                .belongToAnyOf(PrebuildMessages.class, CallFailures.class)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(room("engine"), room("api"), "java..", "edu.umd.cs.findbugs.annotations..")
                                .or(belongToAnyOf(PrebuildMessages.class, CallFailures.class)))
                .because("the demo speaks in them, with and without Jenkins")
                .check(MAIN);
    }

    @Test
    void arrowsPointDownOnly() {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            for (String room : FLOORS.get(floor)) {
                noClasses()
                        .that()
                        .resideInAPackage(room(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(besideAndAbove(floor, room))
                        .as("what is in " + room + " should not know what is beside or above it")
                        .allowEmptyShould(true)
                        .check(MAIN);
            }
        }
    }

    private static String[] besideAndAbove(int floor, String room) {
        List<String> rooms = new ArrayList<>();
        FLOORS.subList(floor, FLOORS.size()).forEach(rooms::addAll);
        rooms.remove(room);
        if (rooms.isEmpty()) {
            rooms.add("nothing");
        }
        return rooms.stream().map(ArchitectureTest::room).toArray(String[]::new);
    }

    @Test
    void roomsAreFreeOfCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void theSimulatorSharesNothingWithWhatItTests() {
        String[] rooms = FLOORS.stream()
                .flatMap(List::stream)
                .map(ArchitectureTest::room)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(room("simulator"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(rooms)
                .because("an error made on both sides would never show")
                .check(TESTS);
    }
}
