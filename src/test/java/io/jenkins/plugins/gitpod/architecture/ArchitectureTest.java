package io.jenkins.plugins.gitpod.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.api.GitpodClient;
import io.jenkins.plugins.gitpod.config.CallFailures;
import io.jenkins.plugins.gitpod.engine.PrebuildLogs;
import io.jenkins.plugins.gitpod.record.PrebuildMessages;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The packages and the dependencies between them, read from the class files: the compiler follows the source path, so
 * compiling alone proves nothing. Runs in both builds. The build without Jenkins sees {@code api}, {@code engine} and the
 * two classes that make texts about prebuilds.
 */
class ArchitectureTest {

    private static final String ROOT = "io.jenkins.plugins.gitpod";

    /** From the bottom up. The packages of one layer do not use each other. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("api"),
            List.of("checkout", "engine"),
            List.of("config"),
            List.of("options"),
            List.of("record"),
            List.of("store"),
            List.of("decision"),
            List.of("request"),
            List.of("page"),
            List.of("admin", "checks", "commits", "freestyle", "lifecycle", "mail", "pipeline"));

    private static final JavaClasses MAIN = classesBeside(GitpodClient.class);
    private static final JavaClasses TESTS = classesBeside(GitpodSimulator.class);

    private static JavaClasses classesBeside(Class<?> one) {
        URL directory = one.getProtectionDomain().getCodeSource().getLocation();
        return new ClassFileImporter().importUrl(directory);
    }

    private static String inPackage(String name) {
        return ROOT + "." + name + "..";
    }

    /** The first-level packages of these classes. The root package holds only the generated texts. */
    private static Set<String> packagesOf(JavaClasses classes) {
        return classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(ROOT + "."))
                .map(name -> name.substring(ROOT.length() + 1).replaceAll("\\..*", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyPackageHasItsLayer() {
        Set<String> known = LAYERS.stream().flatMap(List::stream).collect(Collectors.toSet());
        assertThat(packagesOf(MAIN), hasItems("api", "engine"));
        assertThat(packagesOf(MAIN), everyItem(is(in(known))));
        assertThat(packagesOf(MAIN), not(hasItems("simulator")));
        assertThat(packagesOf(TESTS), hasItems("simulator"));
    }

    @Test
    void theRootPackageHoldsOnlyTheTexts() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .haveSimpleName("Messages")
                .check(MAIN);
    }

    @Test
    void apiAndEngineDoNotUseJenkins() {
        noClasses()
                .that()
                .resideInAnyPackage(inPackage("api"), inPackage("engine"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke..", "io.jenkins.plugins.okhttp..")
                .because("these two packages run without Jenkins")
                .check(MAIN);
    }

    @Test
    void apiUsesOnlyItsLibraries() {
        classes()
                .that()
                .resideInAPackage(inPackage("api"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        inPackage("api"),
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
                .resideInAPackage(inPackage("engine"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        inPackage("engine"), inPackage("api"), "java..", "edu.umd.cs.findbugs.annotations..")
                .check(MAIN);
    }

    @Test
    void textsAboutPrebuildsDoNotUseJenkins() {
        classes()
                .that()
                .belongToAnyOf(PrebuildMessages.class, CallFailures.class)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                inPackage("engine"), inPackage("api"), "java..", "edu.umd.cs.findbugs.annotations..")
                        .or(belongToAnyOf(PrebuildMessages.class, CallFailures.class, Messages.class)))
                .because("the demo prints them with and without Jenkins")
                .check(MAIN);
    }

    @Test
    void dependenciesPointDown() {
        for (int layer = 0; layer < LAYERS.size(); layer++) {
            for (String name : LAYERS.get(layer)) {
                noClasses()
                        .that()
                        .resideInAPackage(inPackage(name))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(besideAndAbove(layer, name))
                        .as(name + " should not use a package beside or above it")
                        .allowEmptyShould(true)
                        .check(MAIN);
            }
        }
    }

    private static String[] besideAndAbove(int layer, String own) {
        List<String> names = new ArrayList<>();
        LAYERS.subList(layer, LAYERS.size()).forEach(names::addAll);
        names.remove(own);
        if (names.isEmpty()) {
            names.add("nothing");
        }
        return names.stream().map(ArchitectureTest::inPackage).toArray(String[]::new);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void classesOfOnePackageDoNotHoldEachOther() {
        HeldClasses held = HeldClasses.of(MAIN);
        assertThat(held.by(GitpodClient.class), hasItem(ROOT + ".api.Transport"));
        assertThat(held.by(PrebuildLogs.class), hasItem(ROOT + ".engine.LogReading"));
        assertThat(held.cycles(), is(empty()));
    }

    @Test
    void theSimulatorSharesNoCodeWithThePlugin() {
        String[] names = LAYERS.stream()
                .flatMap(List::stream)
                .map(ArchitectureTest::inPackage)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(inPackage("simulator"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(names)
                .because("a mistake made on both sides would stay hidden")
                .check(TESTS);
    }
}
