package io.jenkins.plugins.gitpod.demo;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.EnglishTexts;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(EnglishTexts.class)
class HeadlessDemoTest {

    private static final String FAST = "10000";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private List<String> printed() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int run(String... args) throws InterruptedException {
        return new HeadlessDemo(Map.of(), out).run(args);
    }

    private static Map<String, String> token(GitpodSimulator simulator) {
        return Map.of(HeadlessDemo.TOKEN_VARIABLE, simulator.account("me").token());
    }

    @Test
    void printsTheStepsLinesAndTheResult() throws Exception {
        assertThat(run("--speed", FAST), is(0));
        assertThat(printed().get(1), startsWith("[Gitpod] Created Gitpod prebuild "));
        assertThat(printed(), hasItem(matchesPattern("\\[Gitpod\\] Gitpod prebuild .* completed after .*6\\.0 GB\\.")));
        assertThat(printed(), hasItem("phase              COMPLETED"));
        assertThat(printed(), hasItem("snapshotSizeBytes  6442450944"));
    }

    @Test
    void failsWithAFailedPrebuild() throws Exception {
        assertThat(run("--fail", "--speed", FAST), is(1));
        assertThat(printed(), hasItem("phase              FAILED"));
        assertThat(printed(), hasItem(containsString("failed: devcontainer build failed: exit code 1")));
    }

    @Test
    void tellsAWarning() throws Exception {
        assertThat(run("--speed", FAST, "--warn"), is(0));
        assertThat(printed(), hasItem("warningMessage     1 of 3 tasks failed"));
    }

    @Test
    void talksToTheGitpodItIsGivenAndNeverPrintsTheToken() throws Exception {
        try (GitpodSimulator simulator = GitpodSimulator.builder().start()) {
            SimProject project = simulator.addProject("shop").plan(PhasePlan.quick(Duration.ZERO));
            String secret = simulator.account("me").token();
            int code = new HeadlessDemo(token(simulator), out)
                    .run("--url", simulator.apiUrl().toString(), "--project", project.id());
            assertThat(code, is(0));
            assertThat(simulator.records().prebuilds(), hasSize(1));
            assertThat(printed(), everyItem(not(containsString(secret))));
        }
    }

    @Test
    void tellsWhatGitpodRefuses() throws Exception {
        try (GitpodSimulator simulator = GitpodSimulator.builder().start()) {
            SimProject project = simulator.addProject("shop");
            int code = new HeadlessDemo(Map.of(HeadlessDemo.TOKEN_VARIABLE, "wrong"), out)
                    .run("--url", simulator.apiUrl().toString(), "--project", project.id());
            assertThat(code, is(1));
            assertThat(printed(), hasSize(1));
            assertThat(printed(), hasItem(containsString("does not accept the token")));
        }
    }

    @Test
    void abortCancelsAndSaysSo() throws Exception {
        try (GitpodSimulator simulator = GitpodSimulator.builder().start()) {
            SimProject project = simulator.addProject("shop").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            HeadlessDemo demo = new HeadlessDemo(token(simulator), out);
            CompletableFuture<Integer> code = start(demo, simulator, project);
            await().until(() -> printed().stream().anyMatch(line -> line.contains("Created")));
            demo.abort();
            assertThat(printed(), hasItem(containsString("Cancelling Gitpod prebuild")));
            assertThat(printed().get(printed().size() - 1), containsString("accepted the request to cancel prebuild"));
            assertThat(code.get(10, TimeUnit.SECONDS), is(1));
            assertThat(simulator.records().count("CancelPrebuild"), is(1));
        }
    }

    @Test
    void abortWaitsForAnUnansweredCreateAndCancelsIt() throws Exception {
        try (GitpodSimulator simulator = GitpodSimulator.builder().start()) {
            SimProject project = simulator.addProject("shop").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            Fault.Hang hang = Fault.hangAfterActing();
            simulator.faults().add("CreatePrebuild", hang);
            HeadlessDemo demo = new HeadlessDemo(token(simulator), out);
            CompletableFuture<Integer> code = start(demo, simulator, project);
            await().until(() -> !simulator.records().prebuilds().isEmpty());
            CompletableFuture<Void> abort = CompletableFuture.runAsync(demo::abort);
            hang.release();
            abort.get(10, TimeUnit.SECONDS);
            assertThat(code.get(10, TimeUnit.SECONDS), is(1));
            assertThat(simulator.records().count("CancelPrebuild"), is(1));
        }
    }

    private static CompletableFuture<Integer> start(HeadlessDemo demo, GitpodSimulator simulator, SimProject project) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return demo.run("--url", simulator.apiUrl().toString(), "--project", project.id());
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void abortAfterTheEndSaysNothingMore() throws Exception {
        HeadlessDemo demo = new HeadlessDemo(Map.of(), out);
        demo.run("--speed", FAST);
        List<String> before = printed();
        demo.abort();
        assertThat(printed(), is(before));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--nonsense",
                "--url",
                "--url https://gitpod.example.com/api",
                "--project 01990000-0000-7000-8000-000000000001",
                "--class 01990000-0000-7000-8000-000000000001",
                "--url http://gitpod.example.com/api --project x",
                "--speed fast"
            })
    void explainsItselfWhenItDoesNotUnderstand(String args) throws Exception {
        assertThat(run(args.split(" ")), is(2));
        assertThat(printed(), hasItem(containsString("Without arguments:")));
    }

    @Test
    void needsATokenForARealGitpod() throws Exception {
        assertThat(run("--url", "https://gitpod.example.com/api", "--project", "x"), is(2));
        assertThat(printed().get(0), is("The environment variable GITPOD_TOKEN holds no token"));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no way to ask a process to end")
    void aProcessThatIsAskedToEndCancelsFirst(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("log");
        try (GitpodSimulator simulator = GitpodSimulator.builder().start()) {
            SimProject project = simulator.addProject("shop").plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            ProcessBuilder java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Duser.language=en",
                            HeadlessDemo.class.getName(),
                            "--url",
                            simulator.apiUrl().toString(),
                            "--project",
                            project.id())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            java.environment().putAll(token(simulator));
            java.environment().put("CLASSPATH", classPath());
            Process process = java.start();
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> text(log).contains("Created"));
                process.destroy();
                assertThat(process.waitFor(20, TimeUnit.SECONDS), is(true));
            } finally {
                process.destroyForcibly();
            }
            assertThat(text(log), containsString("accepted the request to cancel prebuild"));
            assertThat(simulator.records().count("CancelPrebuild"), is(1));
        }
    }

    /** Surefire's own property, for its {@code java.class.path} may be but a jar that names the real one. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .replace("\n", File.pathSeparator);
    }

    private static String text(Path log) throws IOException {
        return Files.readString(log);
    }

    @Test
    void printsOneLineForEachPhaseAtMost() throws Exception {
        run("--speed", "300");
        List<String> lines =
                printed().stream().filter(line -> line.startsWith("[Gitpod]")).toList();
        assertThat(lines.stream().distinct().toList(), contains(lines.toArray()));
        assertThat(lines.size() <= 8, is(true));
    }
}
