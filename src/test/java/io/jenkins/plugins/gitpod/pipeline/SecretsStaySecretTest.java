package io.jenkins.plugins.gitpod.pipeline;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static io.jenkins.plugins.gitpod.testing.Builds.pipeline;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@ExtendWith(FastLimits.class)
@WithJenkins
class SecretsStaySecretTest {

    @Test
    void tokenIsInNoFileAndNoLogWhileWaitingAndAfterwards(JenkinsRule jenkins) throws Exception {
        try (GitpodFixture gitpod = new GitpodFixture();
                LogRecorder log = new LogRecorder()
                        .record("io.jenkins.plugins.gitpod", Level.ALL)
                        .capture(10_000)) {
            gitpod.connect();
            gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
            String token = gitpod.account().token();
            // A server that repeats the token in its error is the likeliest leak.
            gitpod.simulator()
                    .faults()
                    .add(FaultRule.on("GetPrebuild", Fault.status(503, "unavailable", "no, " + token))
                            .times(2));
            WorkflowRun build =
                    pipeline(jenkins, gitpod.step()).scheduleBuild2(0).waitForStart();
            awaitLog(build, "Gitpod responds again");
            assertNowhere(token, jenkins, build, log);
            assertTrue(ledger(jenkins).toFile().list((dir, name) -> name.endsWith(".xml")).length == 1);

            build.getExecutor().interrupt();
            jenkins.waitForCompletion(build);
            gitpod.simulator().records().prebuilds().get(0).forcePhase(SimPhase.CANCELLED);
            assertNowhere(token, jenkins, build, log);
        }
    }

    private static Path ledger(JenkinsRule jenkins) {
        return jenkins.jenkins.getRootDir().toPath().resolve("gitpod-prebuilds");
    }

    private static void assertNowhere(String token, JenkinsRule jenkins, WorkflowRun build, LogRecorder log)
            throws IOException {
        assertFalse(JenkinsRule.getLog(build).contains(token), "token in the console");
        assertFalse(String.join("\n", log.getMessages()).contains(token), "token in Jenkins' log");
        assertEquals(List.of(), filesWith(token, jenkins.jenkins.getRootDir().toPath()), "files with the token");
    }

    private static List<Path> filesWith(String token, Path root) throws IOException {
        byte[] wanted = token.getBytes(StandardCharsets.UTF_8);
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.equals(root.resolve("plugins"))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (contains(file, wanted)) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // Jenkins replaces its files by new ones all the time
                }
                throw e;
            }
        });
        return found;
    }

    private static boolean contains(Path file, byte[] wanted) {
        try {
            // Latin 1 keeps each byte as it is, also in binary files such as program.dat.
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return text.contains(new String(wanted, StandardCharsets.ISO_8859_1));
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
