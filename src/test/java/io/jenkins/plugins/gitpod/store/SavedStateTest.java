package io.jenkins.plugins.gitpod.store;

import static io.jenkins.plugins.gitpod.testing.Builds.awaitLog;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.simulator.SimPrebuild;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.LedgerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * What version 1 left on the disk: a pipeline that waits and a finished build with a detached prebuild. Later versions
 * keep the test and its file as they are, and add others of their own.
 */
@ExtendWith(FastLimits.class)
class SavedStateTest {

    private static final String FILE = "saved-state-1.zip";
    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final GitpodFixture gitpod = new GitpodFixture();
    private final SimProject project =
            gitpod.simulator().addProject("saved", PROJECT).plan(PhasePlan.stuckIn(SimPhase.RUNNING));

    @AfterEach
    void close() {
        gitpod.close();
    }

    @Test
    void pipelineAndDetachedPrebuildThatVersion1SavedGoOn() throws Throwable {
        SimPrebuild waiting = create();
        SimPrebuild detached = create();
        unzip(
                sessions.getHome().toPath(),
                Map.of(
                        "@API@", gitpod.simulator().apiUrl().toString(),
                        "@TOKEN@", gitpod.account().token(),
                        "@WAITING@", waiting.id(),
                        "@DETACHED@", detached.id()));
        int before = gitpod.simulator().records().count("CreatePrebuild");
        sessions.then(jenkins -> {
            WorkflowRun build = jenkins.jenkins
                    .getItemByFullName("waiting", WorkflowJob.class)
                    .getBuildByNumber(1);
            awaitLog(build, "Resumed waiting for Gitpod prebuild " + waiting.id() + ".");
            waiting.forcePhase(SimPhase.COMPLETED);
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            jenkins.assertLogContains("ended " + waiting.id() + " COMPLETED", build);
            WorkflowRun earlier = jenkins.jenkins
                    .getItemByFullName("detached", WorkflowJob.class)
                    .getBuildByNumber(1);
            detached.failWith("much later");
            await().until(() -> record(earlier).getConclusion(), EndStatus.FAILED::equals);
            assertThat(record(earlier).getMessage(), containsString("much later"));
            await().until(LedgerFiles::open, List::isEmpty);
        });
        assertEquals(before, gitpod.simulator().records().count("CreatePrebuild"));
    }

    private static PrebuildRecord record(WorkflowRun build) {
        return build.getAction(PrebuildAction.class).getRecords().get(0);
    }

    private SimPrebuild create() throws Exception {
        int before = gitpod.simulator().records().prebuilds().size();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(gitpod.simulator().apiUrl() + "/gitpod.v1.PrebuildService/CreatePrebuild"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + gitpod.account().token())
                .POST(HttpRequest.BodyPublishers.ofString("{\"projectId\":\"" + PROJECT + "\",\"spec\":{}}"))
                .build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
        return gitpod.simulator().records().prebuilds().get(before);
    }

    private static void unzip(Path home, Map<String, String> values) throws IOException {
        try (InputStream file = SavedStateTest.class.getResourceAsStream(FILE);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readAllBytes();
                if (entry.getName().endsWith(".xml")) {
                    String text = new String(content, StandardCharsets.UTF_8);
                    for (Map.Entry<String, String> value : values.entrySet()) {
                        text = text.replace(value.getKey(), value.getValue());
                    }
                    content = text.getBytes(StandardCharsets.UTF_8);
                }
                Path target = home.resolve(entry.getName());
                Files.createDirectories(target.getParent());
                Files.write(target, content);
            }
        }
    }

    /** Writes the file anew, for a version that adds one of its own; see the class. */
    @Test
    @EnabledIfSystemProperty(named = "gitpod.writeSavedState", matches = ".+")
    void write() throws Throwable {
        sessions.then(jenkins -> {
            gitpod.connect();
            WorkflowJob detached = jenkins.createProject(WorkflowJob.class, "detached");
            detached.setDefinition(new CpsFlowDefinition(gitpod.stepOf(project, "wait: false"), true));
            jenkins.buildAndAssertSuccess(detached);
            WorkflowJob waiting = jenkins.createProject(WorkflowJob.class, "waiting");
            waiting.setDefinition(new CpsFlowDefinition(
                    "def p = " + gitpod.stepOf(project) + "\necho \"ended ${p.id} ${p.phase}\"", true));
            awaitLog(waiting.scheduleBuild2(0).waitForStart(), "Gitpod prebuild: RUNNING");
        });
        Path home = sessions.getHome().toPath();
        Path target = Path.of(System.getProperty("gitpod.writeSavedState"), FILE);
        List<SimPrebuild> made = gitpod.simulator().records().prebuilds();
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(target));
                Stream<Path> files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String name = home.relativize(file).toString().replace('\\', '/');
                boolean kept = name.startsWith("jobs/")
                        || name.startsWith("gitpod-prebuilds/")
                        || name.startsWith("io.jenkins.plugins.gitpod.")
                        || name.equals("credentials.xml")
                        || name.endsWith("FlowExecutionList.xml");
                if (!kept || name.contains("/log") || name.endsWith("builds.lock")) {
                    continue;
                }
                byte[] content = Files.readAllBytes(file);
                if (name.endsWith(".xml")) {
                    content = new String(content, StandardCharsets.UTF_8)
                            .replaceAll("\\{AQAAA[A-Za-z0-9+/=]+}", "@TOKEN@")
                            .replace(gitpod.simulator().apiUrl().toString(), "@API@")
                            .replace(made.get(0).id(), "@DETACHED@")
                            .replace(made.get(1).id(), "@WAITING@")
                            .getBytes(StandardCharsets.UTF_8);
                }
                zip.putNextEntry(new ZipEntry(name));
                zip.write(content);
                zip.closeEntry();
            }
        }
    }
}
