package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.gitpod.commits.GitpodPrebuildRule;
import io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.RefusedTokensMonitor;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/**
 * Calls every {@code do*} method of the plugin as people with different rights, by GET and by POST, and looks into the
 * simulator's records. {@link #everyWebMethodIsInTheTable()} fails for a method that is not in the table.
 */
@WithJenkins
class FormRightsTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();

    private static JenkinsRule jenkins;
    private static FreeStyleProject job;

    /** Who may call a method. */
    private enum Needs {
        /** Administer, wherever it is called. */
        ADMINISTER,
        /** SystemRead, wherever it is called; what it does depends on further permissions. */
        SYSTEM_READ,
        /** Configure of the item it is called below, or administer if there is none. */
        CONFIGURE,
        /** As {@link #CONFIGURE}, but a user without the permission gets an answer that says nothing. */
        CONFIGURE_OR_SILENCE,
        /** As {@link #ADMINISTER}, but a user without the permission gets an answer that says nothing. */
        ADMINISTER_OR_SILENCE
    }

    /**
     * A web method.
     *
     * @param path below Jenkins' root or the item
     * @param parameters of the form
     * @param asks whether Gitpod is called for a user who has the permission
     */
    private record WebMethod(Needs needs, String path, Map<String, String> parameters, boolean asks) {}

    private static final Map<String, WebMethod> TABLE = new LinkedHashMap<>();

    /** Of the page of a build, whose tests have builds: PrebuildTabTest and PrebuildLogPrintedTest. */
    private static final Set<String> OF_BUILDS =
            Set.of("PrebuildTab.doCancel", "PrebuildTab.doLive", "PrebuildTab.doLog");

    /** Only shows something, by GET: see whatIsForAdministratorsIsShownToNobodyElse and OpenPrebuildsLinkTest. */
    private static final Set<String> BY_GET = Set.of("OpenPrebuildsLink.doLive");

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        job = jenkins.createFreeStyleProject("job");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.READ, Item.EXTENDED_READ)
                .everywhere()
                .to("reader")
                .grant(Item.READ, Item.BUILD, Item.CANCEL)
                .everywhere()
                .to("builder")
                .grant(Item.READ, Item.CONFIGURE)
                .everywhere()
                .to("configurer")
                .grant(Jenkins.MANAGE, Jenkins.SYSTEM_READ, Item.READ)
                .everywhere()
                .to("manager")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));

        String project = GITPOD.project().id();
        String apiUrl = GITPOD.simulator().apiUrl().toString();
        String credential = GitpodFixture.CREDENTIALS_ID;
        String options = "descriptorByName/" + PrebuildOptions.class.getName() + "/";
        row(
                "PrebuildOptionsForm.doCheckProjectId",
                Needs.CONFIGURE,
                options + "checkProjectId",
                true,
                "value",
                project);
        row(
                "PrebuildOptionsForm.doAutoCompleteProjectId",
                Needs.CONFIGURE,
                options + "autoCompleteProjectId",
                true,
                "value",
                "sho");
        row(
                "PrebuildOptionsForm.doCheckEnvironmentClassId",
                Needs.CONFIGURE,
                options + "checkEnvironmentClassId",
                true,
                "value",
                "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f",
                "projectId",
                project);
        row(
                "PrebuildOptionsForm.doAutoCompleteEnvironmentClassId",
                Needs.CONFIGURE,
                options + "autoCompleteEnvironmentClassId",
                true,
                "value",
                "reg");
        for (String field : List.of(
                "Timeout",
                "MinimumInterval",
                "MaxAge",
                "KeepPrebuilds",
                "MinimumCommits",
                "DailyBudget",
                "QuietHours",
                "MailTo",
                "OnlyIfChanged")) {
            row(
                    "PrebuildOptionsForm.doCheck" + field,
                    Needs.CONFIGURE,
                    options + "check" + field,
                    false,
                    "value",
                    "60");
        }
        row("PrebuildOptionsForm.doFillConnectionItems", Needs.CONFIGURE, options + "fillConnectionItems", false);
        row(
                "PrebuildOptionsForm.doCheckConnection",
                Needs.CONFIGURE,
                options + "checkConnection",
                false,
                "value",
                "sim");
        row(
                "PrebuildOptionsForm.doFillCredentialsIdItems",
                Needs.CONFIGURE_OR_SILENCE,
                options + "fillCredentialsIdItems",
                false,
                "connection",
                "sim");
        row(
                "PrebuildOptionsForm.doCheckCredentialsId",
                Needs.CONFIGURE,
                options + "checkCredentialsId",
                false,
                "value",
                credential);
        row(
                "GitpodPrebuildRule.DescriptorImpl.doCheckFolders",
                Needs.ADMINISTER,
                "descriptorByName/" + GitpodPrebuildRule.class.getName() + "/checkFolders",
                false,
                "value",
                "team");
        String connection = "descriptorByName/" + GitpodConnection.class.getName() + "/";
        row("GitpodConnectionForm.doCheckName", Needs.ADMINISTER, connection + "checkName", false, "value", "x");
        row("GitpodConnectionForm.doCheckApiUrl", Needs.ADMINISTER, connection + "checkApiUrl", false, "value", apiUrl);
        row(
                "GitpodConnectionForm.doCheckCredentialsId",
                Needs.ADMINISTER,
                connection + "checkCredentialsId",
                false,
                "value",
                credential,
                "apiUrl",
                apiUrl);
        row(
                "GitpodConnectionForm.doCheckFolders",
                Needs.ADMINISTER,
                connection + "checkFolders",
                false,
                "value",
                "team");
        row(
                "GitpodConnectionForm.doCheckMaximumConcurrent",
                Needs.ADMINISTER,
                connection + "checkMaximumConcurrent",
                false,
                "value",
                "1");
        for (String number :
                List.of("ShortestPollSeconds", "LongestPollSeconds", "MaximumCalls", "CallTimeoutSeconds")) {
            row(
                    "GitpodConnectionForm.doCheck" + number,
                    Needs.ADMINISTER,
                    connection + "check" + number,
                    false,
                    "value",
                    "5");
        }
        row(
                "GitpodConnectionForm.doFillCredentialsIdItems",
                Needs.ADMINISTER_OR_SILENCE,
                connection + "fillCredentialsIdItems",
                false,
                "apiUrl",
                apiUrl);
        row(
                "GitpodConnectionForm.doTestConnection",
                Needs.ADMINISTER,
                connection + "testConnection",
                true,
                "name",
                "sim",
                "apiUrl",
                apiUrl,
                "credentialsId",
                credential);
        row(
                "OpenPrebuildsLink.doCancel",
                Needs.SYSTEM_READ,
                "manage/gitpod-prebuilds/cancel",
                false,
                "requestId",
                "0193f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f");
        row(
                "ExpiringTokensMonitor.doDismiss",
                Needs.ADMINISTER,
                "administrativeMonitor/io.jenkins.plugins.gitpod.config.ExpiringTokensMonitor/dismiss",
                false);
        row(
                "RefusedTokensMonitor.doForget",
                Needs.ADMINISTER,
                "administrativeMonitor/io.jenkins.plugins.gitpod.config.RefusedTokensMonitor/forget",
                false);
    }

    private static void row(String method, Needs needs, String path, boolean asks, String... parameters) {
        Map<String, String> byName = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            byName.put(parameters[i], parameters[i + 1]);
        }
        TABLE.put(method, new WebMethod(needs, path, byName, asks));
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @BeforeEach
    void clear() {
        GITPOD.simulator().records().clear();
    }

    @Test
    void everyWebMethodIsInTheTable() throws Exception {
        Path classes = Path.of(PrebuildOptions.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), ".")
                        .replaceAll("\\.class$", "");
                if (!name.startsWith("io.jenkins.plugins.gitpod.")) {
                    continue;
                }
                Class<?> type = Class.forName(name, false, getClass().getClassLoader());
                for (Method method : type.getDeclaredMethods()) {
                    if (Modifier.isPublic(method.getModifiers())
                            && !method.isSynthetic()
                            && (method.getName().matches("(do|js)[A-Z].*") || isMadeReachable(method))) {
                        found.add(type.getName().replaceAll(".*\\.", "").replace('$', '.') + "." + method.getName());
                    }
                }
            }
        }
        assertThat(found, is(not(empty())));
        Set<String> expected = new TreeSet<>(TABLE.keySet());
        expected.addAll(OF_BUILDS);
        expected.addAll(BY_GET);
        assertEquals(expected, found);
    }

    /** Whether a method is for the web by one of Stapler's annotations, whatever its name. */
    private static boolean isMadeReachable(Method method) {
        for (Annotation each : method.getAnnotations()) {
            String name = each.annotationType().getName();
            // @Exported lets the remote API of a page show a value; it makes no address of its own.
            boolean isData = name.contains(".DataBoundSetter") || name.equals("org.kohsuke.stapler.export.Exported");
            if (name.startsWith("org.kohsuke.stapler.") && !isData) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whatIsForAdministratorsIsShownToNobodyElse() throws Exception {
        RefusedTokensMonitor.get().note("sim", null, null, false);
        String monitor = "administrativeMonitor/" + RefusedTokensMonitor.class.getName() + "/";
        String expiring = "administrativeMonitor/" + ExpiringTokensMonitor.class.getName() + "/";
        for (String path : List.of(
                monitor,
                monitor + "message",
                monitor + "problems",
                expiring,
                expiring + "message",
                expiring + "problems",
                "manage/gitpod-prebuilds/",
                "manage/gitpod-prebuilds/live",
                "manage/gitpod-prebuilds/prebuilds/0/",
                "manage/gitpod-prebuilds/shown/0/",
                "manage/configure")) {
            for (String user : new String[] {null, "reader", "builder", "configurer"}) {
                Answer answer = call(user, HttpMethod.GET, path, Map.of());
                assertThat(path + " as " + user + ": " + answer, answer.status() >= 300, is(true));
                assertThat(answer.text(), not(containsString("\"sim\"")));
            }
        }
        RefusedTokensMonitor.get().note("sim", null, null, true);
    }

    private record Answer(int status, String text) {}

    private static Answer call(String user, HttpMethod verb, String path, Map<String, String> parameters)
            throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.setThrowExceptionOnFailingStatusCode(false);
            client.setRedirectEnabled(false);
            if (user != null) {
                client.login(user);
            }
            StringBuilder url = new StringBuilder(jenkins.getURL() + path);
            char separator = '?';
            for (Map.Entry<String, String> each : parameters.entrySet()) {
                url.append(separator)
                        .append(each.getKey())
                        .append('=')
                        .append(URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8));
                separator = '&';
            }
            WebRequest request = new WebRequest(new URL(url.toString()), verb);
            if (verb == HttpMethod.POST) {
                client.addCrumb(request);
            }
            // Not as a page, which would go on to the login.
            WebResponse response = client.loadWebResponse(request);
            return new Answer(response.getStatusCode(), response.getContentAsString());
        }
    }

    @TestFactory
    List<DynamicTest> nobodyGetsMoreThanTheirRight() {
        List<DynamicTest> tests = new ArrayList<>();
        TABLE.forEach((name, method) -> tests.add(DynamicTest.dynamicTest(name, () -> check(method))));
        return tests;
    }

    private static void check(WebMethod method) throws Exception {
        boolean ofItems = method.needs() == Needs.CONFIGURE || method.needs() == Needs.CONFIGURE_OR_SILENCE;
        // Without an item, or where the item does not matter, only administrators may.
        for (String user : new String[] {null, "reader", "builder", "configurer"}) {
            refused(method, user, method.path());
        }
        if (method.needs() == Needs.SYSTEM_READ) {
            allowed(method, "manager", method.path());
        } else {
            refused(method, "manager", method.path());
        }
        allowed(method, "admin", method.path());
        if (ofItems) {
            String below = job.getUrl() + method.path();
            for (String user : new String[] {null, "reader", "builder", "manager"}) {
                refused(method, user, below);
            }
            allowed(method, "configurer", below);
            allowed(method, "admin", below);
        }
        // By GET nobody gets anything, whatever their right.
        for (String user : new String[] {null, "reader", "configurer", "admin"}) {
            GITPOD.simulator().records().clear();
            Answer answer = call(user, HttpMethod.GET, method.path(), method.parameters());
            assertThat(method + " by GET as " + user + ": " + answer, answer.status() >= 400, is(true));
            assertThat(GITPOD.simulator().records().calls(), is(empty()));
        }
    }

    private static void refused(WebMethod method, String user, String path) throws Exception {
        GITPOD.simulator().records().clear();
        Answer answer = call(user, HttpMethod.POST, path, method.parameters());
        boolean silent = method.needs() == Needs.CONFIGURE_OR_SILENCE || method.needs() == Needs.ADMINISTER_OR_SILENCE;
        String what = path + " as " + user + ": " + answer;
        if (silent && answer.status() == 200) {
            assertThat(what, answer.text(), not(containsString(GitpodFixture.CREDENTIALS_ID + "\"")));
        } else {
            assertThat(what, List.of(401, 403, 404).contains(answer.status()), is(true));
        }
        assertThat(what, answer.text(), not(containsString("shop")));
        assertThat(what, GITPOD.simulator().records().calls(), is(empty()));
    }

    private static void allowed(WebMethod method, String user, String path) throws Exception {
        GITPOD.simulator().records().clear();
        Answer answer = call(user, HttpMethod.POST, path, method.parameters());
        assertThat(path + " as " + user + ": " + answer, answer.status() < 400, is(true));
        // What was looked up a moment ago is not asked again, so only what is always asked anew is looked for.
        if (method.asks() && method.path().endsWith("testConnection")) {
            assertThat(GITPOD.simulator().records().calls(), is(not(empty())));
        }
        if (method.needs() == Needs.CONFIGURE_OR_SILENCE || method.needs() == Needs.ADMINISTER_OR_SILENCE) {
            assertThat(answer.text(), containsString(GitpodFixture.CREDENTIALS_ID));
        }
    }
}
