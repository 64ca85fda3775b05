package io.jenkins.plugins.gitpod.lifecycle;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimPhase;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import io.jenkins.plugins.gitpod.testing.Remote;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** The plugin is installed into a Jenkins that runs already, without a restart, and that has no plugin for checks. */
class DynamicLoadTest {

    static final String PLUGIN = "gitpod-prebuild";

    @RegisterExtension
    private final RealJenkinsExtension real =
            Remote.extension().omitPlugins(PLUGIN, "checks-api", "junit", "matrix-project");

    private final GitpodFixture gitpod = new GitpodFixture();

    @AfterEach
    void close() {
        gitpod.close();
    }

    /** Installs the plugin as the update center does: its file stays for the next start. */
    static void install(RealJenkinsExtension real) throws Throwable {
        String plugin = new File(DynamicLoadTest.class.getResource("/the.hpl").toURI()).getPath();
        real.run(rule -> load(rule, plugin));
    }

    private static void load(JenkinsRule rule, String plugin) throws Throwable {
        assertNull(rule.jenkins.getPluginManager().getPlugin(PLUGIN));
        Path installed = rule.jenkins.getRootDir().toPath().resolve("plugins").resolve(PLUGIN + ".jpl");
        Files.copy(Path.of(plugin), installed);
        rule.jenkins.getPluginManager().dynamicLoad(installed.toFile());
    }

    private static void hasNoChecks(JenkinsRule rule) throws Exception {
        assertNull(rule.jenkins.getPluginManager().getPlugin("checks-api"));
        // The class of the installed plugin, not that of the tests. The mailer is there, because the Git plugin needs
        // it.
        ClassLoader plugins = rule.jenkins.getPluginManager().uberClassLoader;
        Class<?> listener = plugins.loadClass("io.jenkins.plugins.gitpod.record.PrebuildListener");
        assertEquals(
                List.of("FailureMailListener"),
                rule.jenkins.getExtensionList(listener).stream()
                        .map(each -> each.getClass().getSimpleName())
                        .toList());
    }

    private void awaitBuild(String job, Callable<Boolean> condition) {
        await("end of " + job).atMost(Duration.ofSeconds(60)).until(condition);
    }

    private Remote.Build build(String job) throws Exception {
        try {
            return real.runRemotely(Remote::build, job);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aStepCompletesAndAKilledBuildCancelsWithoutARestart() throws Throwable {
        String url = gitpod.simulator().apiUrl().toString();
        String text = gitpod.account().token();
        String script = gitpod.step();
        real.startJenkins();
        install(real);
        real.run(DynamicLoadTest::hasNoChecks);
        real.run(rule -> Remote.connect(rule, url, text));
        real.run(rule -> Remote.startPipeline(rule, "completes", script, "MAX_SURVIVABILITY"));
        awaitBuild("completes", () -> !build("completes").result.equals("null"));
        assertEquals("SUCCESS", build("completes").result, build("completes").log);

        gitpod.project().plan(PhasePlan.stuckIn(SimPhase.RUNNING));
        real.run(rule -> Remote.startPipeline(rule, "killed", script, "MAX_SURVIVABILITY"));
        awaitBuild("killed", () -> build("killed").log.contains("Created Gitpod prebuild"));
        real.run(rule -> Remote.end(rule, "killed", "KILL"));
        awaitBuild(
                "killed", () -> gitpod.simulator().records().prebuilds().get(1).phase() == SimPhase.CANCELLED);
    }
}
