package io.jenkins.plugins.gitpod.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.EnvVars;
import hudson.ExtensionList;
import hudson.diagnosis.OldDataMonitor;
import hudson.model.AbstractItem;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.Saveable;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildBranchProperty;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildFolderProperty;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildRule;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.engine.Connection;
import io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder;
import io.jenkins.plugins.gitpod.freestyle.PrebuildEnvironmentAction;
import io.jenkins.plugins.gitpod.options.Logs;
import io.jenkins.plugins.gitpod.options.OnWarning;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.model.InterruptedBuildAction;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * The files that Jenkins saves for the plugin. The ones in {@code golden} set every field. They stay as they are: a test
 * that fails here means that Jenkins cannot read what an earlier version has saved. A new field gets a line in them only if
 * the class always saves it.
 */
@WithJenkins
class SavedFilesTest {

    private static final String PROJECT = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String CLASS = "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String API = "https://gitpod.example.com/api";

    private static JenkinsRule jenkins;

    @BeforeAll
    static void start(JenkinsRule rule) {
        jenkins = rule;
    }

    private static InputStream open(String golden) {
        return SavedFilesTest.class.getResourceAsStream("golden/" + golden);
    }

    /** The plugin's own elements of a file, the outermost ones, without the versions of plugins. */
    private static String own(String xml) {
        Pattern element = Pattern.compile(
                "^( *)<(io\\.jenkins\\.plugins\\.gitpod\\.[A-Za-z.]+)(?:/>|(?:[^>]*[^/])?>.*?^\\1</\\2>)$",
                Pattern.MULTILINE | Pattern.DOTALL);
        List<String> elements = element.matcher(xml.replaceAll(" plugin=\"[^\"]*\"", ""))
                .results()
                .map(MatchResult::group)
                .map(text -> text.stripIndent().strip())
                .toList();
        return String.join("\n", elements);
    }

    private static void assertSavedAs(String golden, Path file) throws IOException {
        String expected = own(new String(open(golden).readAllBytes(), StandardCharsets.UTF_8));
        assertFalse(expected.isEmpty());
        assertEquals(expected, own(Files.readString(file)));
    }

    private static FreeStyleProject goldenJob(String name) throws Exception {
        return (FreeStyleProject) jenkins.jenkins.createProjectFromXML(name, open("job-config.xml"));
    }

    private static <T> T from(String name, Class<T> type, String xml) throws Exception {
        return type.cast(jenkins.jenkins.createProjectFromXML(
                name, new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8))));
    }

    // ---- golden files

    @Test
    void buildStep() throws Exception {
        FreeStyleProject job = goldenJob("build-step");
        GitpodPrebuildBuilder step = job.getBuildersList().get(GitpodPrebuildBuilder.class);
        assertEquals(PROJECT, step.getProjectId());
        assertEquals(CLASS, step.getEnvironmentClassId());
        assertEquals(90, step.getTimeout());
        assertEquals("eu", step.getConnection());
        assertEquals("team-credential", step.getCredentialsId());
        assertFalse(step.isWait());
        assertFalse(step.isPropagate());
        assertFalse(step.isCancelOnAbort());
        assertEquals(OnWarning.FAIL, step.getOnWarning());
        assertEquals(Logs.FULL, step.getLogs());
        assertTrue(step.isSkipPublishingChecks());
        assertEquals(WhenActive.CANCEL_PREVIOUS, step.getWhenActive());
        assertEquals(15, step.getMinimumInterval());
        assertEquals(24, step.getMaxAge());
        assertTrue(step.isWaitForWarmPool());
        assertEquals(5, step.getKeepPrebuilds());
        assertTrue(step.isForce());
        assertTrue(step.isOnlyProjectBranch());
        assertEquals("docs/**", step.getOnlyIfChanged());
        job.save();
        assertSavedAs("job-config.xml", job.getConfigFile().getFile().toPath());
    }

    @Test
    void jobProperty() throws Exception {
        GitpodPrebuildProperty property = goldenJob("property").getProperty(GitpodPrebuildProperty.class);
        assertEquals(PROJECT, property.getProjectId());
        assertEquals(CLASS, property.getEnvironmentClassId());
        assertEquals(45, property.getTimeout());
        assertEquals("us", property.getConnection());
        assertEquals("shop-credential", property.getCredentialsId());
        assertEquals(WhenActive.JOIN, property.getWhenActive());
        assertEquals(30, property.getMinimumInterval());
        assertEquals(12, property.getMaxAge());
        assertEquals(3, property.getKeepPrebuilds());
        assertEquals(5, property.getMinimumCommits());
        assertEquals("22:00-06:00", property.getQuietHours());
        assertEquals(120, property.getDailyBudget());
        assertEquals("team@example.com", property.getMailTo());
        assertFalse(property.isOnlyProjectBranch());
        assertEquals("src/**", property.getOnlyIfChanged());
        assertTrue(property.isSkipPublishingChecks());
        assertTrue(property.isCancelWithBuild());
        assertTrue(property.isDisabled());
        assertEquals(PrebuildTrigger.NIGHTLY, property.getTrigger());
        assertTrue(property.isKeepFresh());
        assertFalse(property.options().isWait());
    }

    private static GitpodPrebuildProperty branchProperty(WorkflowMultiBranchProject project) {
        DefaultBranchPropertyStrategy strategy =
                (DefaultBranchPropertyStrategy) project.getSources().get(0).getStrategy();
        return ((GitpodPrebuildBranchProperty) strategy.getProps().get(0)).getPrebuild();
    }

    @Test
    void branchProperty() throws Exception {
        WorkflowMultiBranchProject project = (WorkflowMultiBranchProject)
                jenkins.jenkins.createProjectFromXML("branches", open("multibranch-config.xml"));
        GitpodPrebuildProperty property = branchProperty(project);
        assertEquals(PROJECT, property.getProjectId());
        assertEquals(WhenActive.SKIP, property.getWhenActive());
        assertFalse(property.isOnlyProjectBranch());
        assertTrue(property.isCancelWithBuild());
        project.save();
        assertSavedAs(
                "multibranch-config.xml", project.getConfigFile().getFile().toPath());
    }

    @Test
    void build() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("build");
        Path directory = job.getBuildDir().toPath().resolve("1");
        Files.createDirectories(directory);
        Files.copy(open("build.xml"), directory.resolve("build.xml"));
        FreeStyleBuild build = new FreeStyleBuild(job, directory.toFile());
        PrebuildRecord record =
                build.getAction(PrebuildAction.class).getRecords().get(0);
        assertEquals("6f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e", record.getRequestId());
        assertEquals(PROJECT, record.getProjectId());
        assertEquals("eu", record.getConnection());
        assertTrue(record.isDetached());
        assertEquals(EndStatus.COMPLETED, record.getConclusion());
        assertEquals("Gitpod prebuild completed.", record.getMessage());
        assertEquals(1_790_000_000_000L, record.getRequestedAtMillis());
        assertEquals("shop", record.getProjectName());
        assertEquals("Large", record.getEnvironmentClassName());
        assertEquals("team-credential", record.getCredentialsId());
        assertTrue(record.isSkipPublishingChecks());
        assertTrue(record.isAutomatic());
        assertEquals(Duration.ofSeconds(660), record.timeline().total(Instant.now()));
        PrebuildResult result = record.getResult();
        assertEquals("0192f0c1-0000-7000-8000-000000000001", result.getId());
        assertEquals("https://gitpod.example.com/projects/shop", result.getUrl());
        assertEquals("COMPLETED", result.getPhase());
        assertEquals("A task failed.", result.getWarningMessage());
        assertEquals("No disk.", result.getFailureMessage());
        assertEquals(1_234_567_890, result.getSnapshotSizeBytes());
        assertEquals(660_000, result.getDurationMillis());
        assertEquals("Not needed.", result.getSkipReason());
        assertEquals(PROJECT, result.getProjectId());
        assertEquals(CLASS, result.getEnvironmentClassId());
        assertEquals("0194f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f", result.getEnvironmentId());
        assertEquals(1_790_000_000_123L, result.getCreatedAtMillis());
        assertEquals(1_790_000_660_123L, result.getCompletedAtMillis());
        assertEquals(90, result.getTimeout());
        assertEquals(100, result.getSnapshotCompletionPercentage());
        assertEquals(COMMIT, result.getCommit());
        assertEquals("main", result.getBranch());
        assertEquals("READY", result.getWarmPool());
        EnvVars variables = new EnvVars();
        build.getAction(PrebuildEnvironmentAction.class).buildEnvironment(build, variables);
        assertEquals("COMPLETED", variables.get("GITPOD_PREBUILD_PHASE"));
        assertEquals(COMMIT, variables.get("GITPOD_PREBUILD_COMMIT"));
        assertNotNull(
                build.getAction(InterruptedBuildAction.class).getCauses().get(0).getShortDescription());
        build.save();
        assertSavedAs("build.xml", directory.resolve("build.xml"));
    }

    @Test
    void decisions() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("decisions");
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        Path file = job.getRootDir().toPath().resolve("gitpod-decisions.xml");
        Files.copy(open("decisions.xml"), file);
        DecisionLog.Entry entry = DecisionLog.of(job).newestFirst().get(0);
        assertEquals(1_790_000_000_123L, entry.timeMillis());
        assertEquals(7, entry.build());
        assertEquals(COMMIT, entry.commit());
        assertEquals("Skipped: No changed file matches src/**.", entry.text());
        assertEquals(
                "6f1d2c3b-4a59-4687-9d8e-0f1a2b3c4d5e",
                DecisionLog.of(job).lastPrebuild().requestId());
        assertFalse(DecisionLog.of(job).setFailing("default", true), "failed before");
        assertFalse(DecisionLog.of(job).setFailing("other", false), "did not fail");
        DecisionLog.addPrebuild(build, "89abcdef", UUID.randomUUID(), "Requested a prebuild.");
        String golden = new String(open("decisions.xml").readAllBytes(), StandardCharsets.UTF_8);
        String saved = Files.readString(file);
        assertTrue(saved.startsWith(golden.substring(0, golden.indexOf("  </decisions>"))), saved);
        assertTrue(
                saved.endsWith(golden.substring(golden.indexOf("  <failing>")).stripTrailing()), saved);
        assertTrue(DecisionLog.of(job).setFailing("default", false), "is well again");
        assertFalse(Files.readString(file).contains("failing"));
        Files.writeString(file, "<gitpod-decisions><decisions><decision/></decisions></gitpod-decisions>");
        assertEquals("", DecisionLog.of(job).newestFirst().get(0).text());
        Files.writeString(file, "<gitpod-decisions/>");
        assertEquals(List.of(), DecisionLog.of(job).newestFirst());
        assertNull(DecisionLog.of(job).lastPrebuild());
        assertTrue(DecisionLog.of(job).setFailing("default", true));
        DecisionLog.of(job).forgetFailing();
        assertTrue(DecisionLog.of(job).setFailing("default", true));
    }

    private static Path globalFile() {
        return jenkins.jenkins
                .getRootDir()
                .toPath()
                .resolve("io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration.xml");
    }

    @Test
    void globalConfiguration() throws Exception {
        Files.write(globalFile(), open("global-configuration.xml").readAllBytes());
        GitpodGlobalConfiguration read = new GitpodGlobalConfiguration();
        GitpodConnection connection = read.getConnections().get(0);
        assertEquals("eu", connection.getName());
        assertEquals(API, connection.getApiUrl());
        assertEquals("gitpod", connection.getCredentialsId());
        assertTrue(connection.isSharedAccount());
        assertTrue(connection.isDefaultConnection());
        assertEquals("team", connection.getFolders());
        assertEquals(3, connection.getMaximumConcurrent());
        assertEquals(10, connection.getShortestPollSeconds());
        assertEquals(60, connection.getLongestPollSeconds());
        assertEquals(2, connection.getMaximumCalls());
        assertEquals(20, connection.getCallTimeoutSeconds());
        Connection former = new Connection("us", GitpodEndpoint.parse("https://us.example.com/api"), false);
        assertEquals("us", read.credentialConnection(former, true).getName());
        read.save();
        assertSavedAs("global-configuration.xml", globalFile());
    }

    private static GitpodPrebuildProperty folderProperty(Folder folder) {
        return folder.getProperties().get(GitpodPrebuildFolderProperty.class).getPrebuild();
    }

    @Test
    void folderProperty() throws Exception {
        Folder folder = (Folder) jenkins.jenkins.createProjectFromXML("folder", open("folder-config.xml"));
        GitpodPrebuildProperty property = folderProperty(folder);
        assertEquals(PROJECT, property.getProjectId());
        assertTrue(property.isDisabled());
        folder.save();
        assertSavedAs("folder-config.xml", folder.getConfigFile().getFile().toPath());
    }

    private static Path rulesFile() {
        return jenkins.jenkins
                .getRootDir()
                .toPath()
                .resolve("io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules.xml");
    }

    @Test
    void rules() throws Exception {
        Files.write(rulesFile(), open("rules.xml").readAllBytes());
        GitpodPrebuildRules read = new GitpodPrebuildRules();
        GitpodPrebuildRule rule = read.getRules().get(0);
        assertEquals("team/*", rule.getFolders());
        assertEquals("eu", rule.getPrebuild().getConnection());
        assertEquals(24, rule.getPrebuild().getMaxAge());
        assertTrue(rule.getPrebuild().isCancelWithBuild());
        assertFalse(rule.getPrebuild().isDisabled());
        read.save();
        assertSavedAs("rules.xml", rulesFile());
    }

    // ---- the golden files in a Jenkins without the plugin: there is none of its classes

    private static String withoutPlugin(String golden) throws IOException {
        return new String(open(golden).readAllBytes(), StandardCharsets.UTF_8)
                .replace("io.jenkins.plugins.gitpod.", "io.jenkins.plugins.uninstalled.");
    }

    private static Map<Saveable, OldDataMonitor.VersionRange> oldData() {
        return ExtensionList.lookupSingleton(OldDataMonitor.class).getData();
    }

    /** Loaded, listed as old data, and free of it once saved, as <i>Discard Unreadable Data</i> does. */
    private static void assertOnlyOldData(AbstractItem item) throws IOException {
        assertTrue(oldData().containsKey(item));
        item.save();
        assertFalse(oldData().containsKey(item));
        assertFalse(item.getConfigFile().asString().contains("uninstalled"));
    }

    @Test
    void jobsLoadWithoutThePlugin() throws Exception {
        FreeStyleProject job = from("uninstalled", FreeStyleProject.class, withoutPlugin("job-config.xml"));
        assertEquals(List.of(), job.getBuildersList().toList());
        assertEquals(List.of(), job.getAllProperties());
        jenkins.buildAndAssertSuccess(job);
        assertOnlyOldData(job);
        WorkflowMultiBranchProject branches =
                from("uninstalled-branches", WorkflowMultiBranchProject.class, withoutPlugin("multibranch-config.xml"));
        assertEquals(1, branches.getSources().size());
        assertOnlyOldData(branches);
    }

    @Test
    void buildsLoadWithoutThePlugin() throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("uninstalled-build");
        Path directory = job.getBuildDir().toPath().resolve("1");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("build.xml"), withoutPlugin("build.xml"));
        job.updateNextBuildNumber(2);
        job.doReload();
        FreeStyleBuild build = ((FreeStyleProject) jenkins.jenkins.getItem("uninstalled-build")).getBuildByNumber(1);
        assertEquals(Result.SUCCESS, build.getResult());
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.getPage(build);
            client.getPage(build.getParent());
        }
        assertTrue(oldData().containsKey(build));
        build.save();
        assertFalse(oldData().containsKey(build));
        assertFalse(Files.readString(directory.resolve("build.xml")).contains("uninstalled"));
    }

    // ---- minimal files, as a person may write them

    @Test
    void folderPropertyAndRuleWithoutOptionsHaveTheDefaults() throws Exception {
        String golden = new String(open("folder-config.xml").readAllBytes(), StandardCharsets.UTF_8);
        for (String prebuild : List.of("", "<prebuild/>", "<prebuild><options/></prebuild>")) {
            assertDefaults(folderProperty(from(
                    "minimal-folder-" + prebuild.length(),
                    Folder.class,
                    golden.replaceAll("(?s)<prebuild>.*</prebuild>", prebuild))));
            Files.writeString(
                    rulesFile(),
                    "<io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules><rules>"
                            + "<io.jenkins.plugins.gitpod.commits.GitpodPrebuildRule>" + prebuild
                            + "</io.jenkins.plugins.gitpod.commits.GitpodPrebuildRule></rules>"
                            + "</io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules>");
            GitpodPrebuildRule rule = new GitpodPrebuildRules().getRules().get(0);
            assertNull(rule.getFolders());
            assertDefaults(rule.getPrebuild());
        }
        Files.writeString(rulesFile(), "<io.jenkins.plugins.gitpod.commits.GitpodPrebuildRules/>");
        assertEquals(List.of(), new GitpodPrebuildRules().getRules());
    }

    @Test
    void buildStepWithoutOptionsHasTheDefaults() throws Exception {
        for (String options : List.of("", "<options/>", "<options><projectId>" + PROJECT + "</projectId></options>")) {
            FreeStyleProject job = from(
                    "minimal-step-" + options.length(),
                    FreeStyleProject.class,
                    "<project><builders><io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder>" + options
                            + "</io.jenkins.plugins.gitpod.freestyle.GitpodPrebuildBuilder></builders></project>");
            GitpodPrebuildBuilder step = job.getBuildersList().get(GitpodPrebuildBuilder.class);
            assertTrue(step.isWait());
            assertTrue(step.isPropagate());
            assertTrue(step.isCancelOnAbort());
            assertEquals(OnWarning.IGNORE, step.getOnWarning());
            assertEquals(Logs.ON_FAILURE, step.getLogs());
            assertEquals(WhenActive.START, step.getWhenActive());
            assertFalse(step.isForce());
            assertFalse(step.isWaitForWarmPool());
            assertNull(step.getKeepPrebuilds());
            assertFalse(step.isOnlyProjectBranch());
            assertNull(step.getTimeout());
        }
    }

    private static void assertDefaults(GitpodPrebuildProperty property) {
        assertFalse(property.options().isWait());
        assertTrue(property.options().isPropagate());
        assertTrue(property.options().isCancelOnAbort());
        assertTrue(property.isOnlyProjectBranch());
        assertFalse(property.isCancelWithBuild());
        assertFalse(property.isDisabled());
        assertEquals(PrebuildTrigger.CHECKOUT, property.getTrigger(), "a file without it is older than the choice");
        assertFalse(property.isKeepFresh());
        assertEquals(WhenActive.START, property.getWhenActive());
    }

    @Test
    void jobPropertyWithoutOptionsHasTheDefaults() throws Exception {
        for (String options : List.of("", "<options/>", "<options><timeout>10</timeout></options>")) {
            FreeStyleProject job = from(
                    "minimal-property-" + options.length(),
                    FreeStyleProject.class,
                    "<project><properties><io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty>" + options
                            + "</io.jenkins.plugins.gitpod.commits.GitpodPrebuildProperty></properties></project>");
            assertDefaults(job.getProperty(GitpodPrebuildProperty.class));
        }
    }

    @Test
    void branchPropertyWithoutPropertyOrOptionsHasTheDefaults() throws Exception {
        String golden = new String(open("multibranch-config.xml").readAllBytes(), StandardCharsets.UTF_8);
        for (String prebuild : List.of("", "<prebuild/>", "<prebuild><options/></prebuild>")) {
            assertDefaults(branchProperty(from(
                    "minimal-branches-" + prebuild.length(),
                    WorkflowMultiBranchProject.class,
                    golden.replaceAll("(?s)<prebuild>.*</prebuild>", prebuild))));
        }
    }

    @Test
    void connectionNeedsNameAndUrlOnly() throws Exception {
        Files.writeString(
                globalFile(),
                "<io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration><connections>"
                        + "<io.jenkins.plugins.gitpod.config.GitpodConnection><name>eu</name><apiUrl>" + API
                        + "</apiUrl></io.jenkins.plugins.gitpod.config.GitpodConnection></connections>"
                        + "</io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration>");
        GitpodConnection read = new GitpodGlobalConfiguration().connection(null);
        assertEquals("eu", read.getName());
        assertFalse(read.isSharedAccount());
        assertNull(read.getMaximumConcurrent());
        Files.writeString(globalFile(), "<io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration/>");
        GitpodGlobalConfiguration empty = new GitpodGlobalConfiguration();
        assertEquals(List.of(), empty.getConnections());
        empty.setConnections(List.of(read));
        assertEquals("eu", empty.connection("eu").getName());
    }

    // ---- no class of the JDK is named in a file

    private static void assertHoldsNoClassOfTheJdk(Path file) throws IOException {
        String text = Files.readString(file);
        for (String trace : List.of("java.", "resolves-to", "serialization=", "Immutable", "CollSer")) {
            assertFalse(text.contains(trace), () -> file + " contains " + trace + ":\n" + text);
        }
    }

    @Test
    void globalConfigurationHoldsNoClassOfTheJdk() throws Exception {
        GitpodGlobalConfiguration configuration = new GitpodGlobalConfiguration();
        GitpodConnection eu = new GitpodConnection("eu", API);
        for (List<GitpodConnection> connections :
                List.of(List.of(eu), List.of(eu, new GitpodConnection("us", API)), List.<GitpodConnection>of())) {
            configuration.setConnections(connections);
            assertHoldsNoClassOfTheJdk(globalFile());
        }
        configuration.setConnections(null);
        assertHoldsNoClassOfTheJdk(globalFile());
        assertEquals(List.of(), new GitpodGlobalConfiguration().getConnections());
    }

    @Test
    void buildHoldsNoClassOfTheJdk() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        PrebuildAction.put(build, new PrebuildRecord("request", PROJECT, "eu", true, null, null, null));
        build.save();
        Path file = build.getRootDir().toPath().resolve("build.xml");
        String saved = own(Files.readString(file));
        assertTrue(saved.contains("request"), saved);
        for (String trace : List.of("java.", "resolves-to", "serialization=", "Immutable", "CollSer")) {
            assertFalse(saved.contains(trace), saved);
        }
    }
}
