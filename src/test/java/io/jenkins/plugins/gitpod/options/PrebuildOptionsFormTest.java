package io.jenkins.plugins.gitpod.options;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.User;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import hudson.util.FormValidation.Kind;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.simulator.Fault;
import io.jenkins.plugins.gitpod.simulator.FaultRule;
import io.jenkins.plugins.gitpod.simulator.SimEnvironmentClass;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockQueueItemAuthenticator;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What the form says and suggests to somebody who may configure the job. */
@WithJenkins
class PrebuildOptionsFormTest {

    private static final GitpodFixture GITPOD = new GitpodFixture();
    private static final String NOWHERE = "0192f0c1-6a8b-7c3d-9e4f-5a6b7c8d9e0f";
    private static final String SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>";

    private static JenkinsRule jenkins;
    private static FreeStyleProject job;
    private static PrebuildOptionsForm form;

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GITPOD.connect();
        job = jenkins.createFreeStyleProject("job");
        form = PrebuildOptionsForm.get();
    }

    @AfterAll
    static void close() {
        GITPOD.close();
    }

    @AfterEach
    void calm() {
        GITPOD.simulator().faults().clear();
    }

    /** Adds a connection to the same Gitpod. It has no answers from before. */
    private static void addConnection(String name) throws Exception {
        GitpodConnection other =
                new GitpodConnection(name, GITPOD.simulator().apiUrl().toString());
        other.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        List<GitpodConnection> both = GitpodGlobalConfiguration.get().getConnections();
        both.add(other);
        GitpodGlobalConfiguration.get().setConnections(both);
    }

    private static FormValidation checkProject(String value) {
        return form.doCheckProjectId(job, value, "", "");
    }

    private static FormValidation checkClass(String value, String project) {
        return form.doCheckEnvironmentClassId(job, value, project, "", "");
    }

    private static void assertSays(Kind kind, String text, FormValidation validation) {
        assertThat(validation.toString(), validation.kind, is(kind));
        assertThat(validation.renderHtml(), containsString(text));
    }

    @Test
    void aProjectIsShownByItsNameRepositoryAndBranch() {
        SimProject project = GITPOD.simulator().addProject("frontend").branch("develop");
        assertSays(
                Kind.OK,
                "Project frontend, https://git.example.com/frontend.git, branch develop.",
                checkProject(project.id()));
        assertSays(Kind.OK, "Project frontend", checkProject("frontend (" + project.id() + ")"));
        assertSays(Kind.OK, "Project frontend", checkProject("  " + project.id() + " "));
    }

    @Test
    void idsInUpperCaseOrWithBlanksAreAskedForAsGitpodWritesThem() throws Exception {
        SimProject project = GITPOD.simulator().addProject("upper");
        SimEnvironmentClass environmentClass = GITPOD.simulator().addEnvironmentClass("Upper");
        project.environmentClasses(environmentClass);
        String id = " " + project.id().toUpperCase(Locale.ROOT) + "\t";
        GITPOD.simulator().records().clear();
        assertSays(Kind.OK, "Project upper", checkProject(id));
        assertSays(Kind.OK, "Project upper", checkProject("Upper (" + id.trim() + ")"));
        assertThat(
                GITPOD.simulator().records().calls("GetProject").get(0).body(),
                is("{\"projectId\":\"" + project.id() + "\"}"));
        addConnection("upper");
        assertSays(
                Kind.OK,
                "Upper",
                form.doCheckEnvironmentClassId(
                        job, environmentClass.id().toUpperCase(Locale.ROOT) + " ", id, "upper", ""));
    }

    @Test
    void aProjectWithoutPrebuildsGetsAWarning() {
        SimProject project = GITPOD.simulator().addProject("docs").prebuildsEnabled(false);
        assertSays(Kind.WARNING, "Prebuilds are disabled for this project", checkProject(project.id()));
    }

    @Test
    void whatCannotBeAProjectIsRefusedWithoutAskingGitpod() {
        GITPOD.simulator().records().clear();
        assertSays(Kind.OK, "Found by the repository", checkProject(" "));
        assertSays(Kind.ERROR, "is not a project id", checkProject("shop"));
        assertSays(Kind.OK, "when the build runs", checkProject("${PROJECT}"));
        assertSays(Kind.ERROR, "&lt;script&gt;", checkProject(SCRIPT));
        assertThat(checkProject(SCRIPT).renderHtml(), not(containsString("<script>")));
        assertThat(GITPOD.simulator().records().calls(), is(empty()));
    }

    @Test
    void anUnknownProjectIsAnError() {
        assertSays(Kind.ERROR, "Gitpod has no such project", checkProject(NOWHERE));
    }

    @Test
    void namesFromGitpodAreText() {
        SimProject project = GITPOD.simulator().addProject(SCRIPT);
        FormValidation validation = checkProject(project.id());
        assertSays(Kind.OK, "&lt;script&gt;", validation);
        assertThat(validation.renderHtml(), not(containsString("<script>")));
        assertThat(validation.renderHtml(), not(containsString("<img")));
        SimEnvironmentClass hostile =
                GITPOD.simulator().addEnvironmentClass(SCRIPT).description(SCRIPT);
        FormValidation ofClass = checkClass(hostile.id(), "");
        // The classes may have been looked up before this one was made; then the answer is a plain sentence.
        assertThat(ofClass.renderHtml(), not(containsString("<img")));
    }

    @Test
    void withGitpodOutOfReachANoteSaysWhy() {
        SimProject project = GITPOD.simulator().addProject("later");
        GITPOD.simulator()
                .faults()
                .add(FaultRule.on("GetProject", Fault.htmlStatus(502)).forever());
        assertSays(Kind.WARNING, "The name cannot be shown. ", checkProject(project.id()));
    }

    @Test
    void aServerThatNeverAnswersDoesNotHoldTheForm() {
        SimProject project = GITPOD.simulator().addProject("slow");
        Fault.Hang hang = Fault.hangBeforeActing();
        GITPOD.simulator().faults().add(FaultRule.on("GetProject", hang).forever());
        long start = System.nanoTime();
        assertSays(Kind.WARNING, "did not respond in time", checkProject(project.id()));
        assertThat(Duration.ofNanos(System.nanoTime() - start).toSeconds(), lessThan(10L));
        long again = System.nanoTime();
        checkProject(project.id());
        assertThat(Duration.ofNanos(System.nanoTime() - again).toSeconds(), lessThan(2L));
        hang.release();
    }

    @Test
    void theSameQuestionIsAskedOnce() {
        SimProject project = GITPOD.simulator().addProject("often");
        GITPOD.simulator().records().clear();
        for (int i = 0; i < 5; i++) {
            checkProject(project.id());
        }
        assertEquals(1, GITPOD.simulator().records().count("GetProject"));
    }

    @Test
    void projectsAreSuggestedByARepositoryInAnyOfItsForms() {
        SimProject scp = GITPOD.simulator().addProject("Bakery").remoteUri("git@github.com:acme/bakery.git");
        SimProject web = GITPOD.simulator().addProject("Dairy").remoteUri("https://git.acme.test/scm/ds/dairy.git");
        SimProject named = GITPOD.simulator().addProject("team: Grocer").remoteUri("https://git.acme.test/x/y");
        for (String text : List.of(
                "git@github.com:acme/bakery.git",
                "git@github.com:Acme/Bakery",
                "https://github.com/acme/bakery/",
                "https://jo:secret@github.com/acme/bakery.git")) {
            assertThat(
                    text,
                    form.doAutoCompleteProjectId(job, text, "", "").getValues(),
                    contains("Bakery (" + scp.id() + ")"));
        }
        assertThat(
                form.doAutoCompleteProjectId(job, "ssh://git@git.acme.test:7999/ds/dairy.git", "", "")
                        .getValues(),
                contains("Dairy (" + web.id() + ")"));
        assertThat(
                form.doAutoCompleteProjectId(job, "team: Gro", "", "").getValues(),
                contains("team: Grocer (" + named.id() + ")"));
        for (String incomplete : List.of("https://", "https://git", "https://github.com/acme/bak", "git@github.com:")) {
            assertThat(
                    incomplete,
                    form.doAutoCompleteProjectId(job, incomplete, "", "").getValues(),
                    is(empty()));
        }
        assertThat(
                GITPOD.simulator().records().calls("ListProjects").stream()
                        .filter(call -> call.status() == 400)
                        .toList(),
                is(empty()));
    }

    @Test
    void projectsAreSuggestedByNameAndByRepository() {
        for (int i = 0; i < 150; i++) {
            GITPOD.simulator().addProject("many-" + i);
        }
        SimProject wanted = GITPOD.simulator().addProject("Wanted Service");
        String suggestion = "Wanted Service (" + wanted.id() + ")";
        assertThat(form.doAutoCompleteProjectId(job, "wanted", "", "").getValues(), contains(suggestion));
        assertThat(
                form.doAutoCompleteProjectId(job, "https://git.example.com/Wanted-Service", "", "")
                        .getValues(),
                contains(suggestion));
        assertThat(form.doAutoCompleteProjectId(job, "many", "", "").getValues(), hasSize(10));
        assertThat(form.doAutoCompleteProjectId(job, "${X", "", "").getValues(), is(empty()));
        for (String id : List.of(wanted.id(), " " + wanted.id() + " ", suggestion)) {
            assertThat(form.doAutoCompleteProjectId(job, id, "", "").getValues(), contains(suggestion));
        }
        assertThat(form.doAutoCompleteProjectId(job, NOWHERE, "", "").getValues(), is(empty()));
        PrebuildOptions picked = new PrebuildOptions();
        picked.setProjectId(suggestion);
        assertEquals(wanted.id(), picked.getProjectId());
    }

    @Test
    void noSuggestionsWithoutAConnection() {
        assertThat(form.doAutoCompleteProjectId(job, "shop", "gone", "").getValues(), is(empty()));
        assertThat(form.doAutoCompleteEnvironmentClassId(job, "reg", "gone", "").getValues(), is(empty()));
        assertSays(
                Kind.WARNING,
                "No Gitpod connection is named",
                form.doCheckProjectId(job, GITPOD.project().id(), "gone", ""));
    }

    @Test
    void environmentClassesAreShownAndSuggested() throws Exception {
        addConnection("classes");
        SimEnvironmentClass small =
                GITPOD.simulator().addEnvironmentClass("Small").description("2 cores");
        SimEnvironmentClass huge = GITPOD.simulator().addEnvironmentClass("Huge");
        SimEnvironmentClass old = GITPOD.simulator().addEnvironmentClass("Old").enabled(false);
        SimProject project = GITPOD.simulator()
                .addProject("classy")
                .environmentClasses(small, huge, old)
                .prebuildClasses(small);
        String of = project.id();
        assertSays(
                Kind.OK,
                "Environment class Small (2 cores).",
                form.doCheckEnvironmentClassId(job, small.id(), of, "classes", ""));
        assertSays(
                Kind.WARNING,
                "not one of the classes that are configured for prebuilds",
                form.doCheckEnvironmentClassId(job, huge.id(), of, "classes", ""));
        assertSays(
                Kind.WARNING,
                "It is disabled in Gitpod",
                form.doCheckEnvironmentClassId(job, old.id(), of, "classes", ""));
        assertSays(
                Kind.ERROR,
                "Gitpod has no such environment class",
                form.doCheckEnvironmentClassId(job, NOWHERE, of, "classes", ""));
        assertSays(
                Kind.OK,
                "Default class of the project: Small",
                form.doCheckEnvironmentClassId(job, "", of, "classes", ""));
        assertSays(
                Kind.OK, "Environment class Huge", form.doCheckEnvironmentClassId(job, huge.id(), "", "classes", ""));
        assertSays(
                Kind.OK,
                "each environment class that the project has configured for prebuilds: Small.",
                form.doCheckEnvironmentClassId(job, "All", of, "classes", ""));
        assertSays(
                Kind.OK,
                "each environment class that the project has configured for prebuilds.",
                form.doCheckEnvironmentClassId(job, "all", "", "classes", ""));
        FormValidation several = form.doCheckEnvironmentClassId(job, small.id() + ", " + huge.id(), of, "classes", "");
        assertSays(Kind.WARNING, "Environment class Small (2 cores).", several);
        assertSays(Kind.WARNING, "Environment class Huge.", several);
        assertThat(
                form.doAutoCompleteEnvironmentClassId(job, "al", "classes", "").getValues(),
                hasItems("all", "Small (" + small.id() + ")"));
        assertThat(
                form.doAutoCompleteEnvironmentClassId(job, "hug", "classes", "").getValues(),
                contains("Huge (" + huge.id() + ")"));
        for (SimEnvironmentClass each : List.of(huge, old)) {
            assertThat(
                    form.doAutoCompleteEnvironmentClassId(job, each.id(), "classes", "")
                            .getValues(),
                    contains(each.displayName() + " (" + each.id() + ")"));
        }
        assertThat(
                form.doAutoCompleteEnvironmentClassId(job, NOWHERE, "classes", "")
                        .getValues(),
                is(empty()));
        assertThat(
                form.doAutoCompleteEnvironmentClassId(job, "old", "classes", "").getValues(), is(empty()));
    }

    @Test
    void whatCannotBeAClassIsRefused() {
        assertSays(Kind.ERROR, "is not an environment class id", checkClass("large", ""));
        assertSays(Kind.ERROR, "&quot;large&quot; is not an environment class id", checkClass(NOWHERE + ", large", ""));
        assertSays(Kind.OK, "when the build runs", checkClass("${CLASS}", ""));
        assertThat(checkClass("", "").kind, is(Kind.OK));
        assertThat(checkClass("", "${PROJECT}").kind, is(Kind.OK));
        assertThat(checkClass("", NOWHERE).kind, is(Kind.OK));
    }

    @Test
    void timeoutsAreBetweenFiveAndOneHundredAndTwentyMinutes() {
        for (String good : List.of("", "5", "60", "120")) {
            assertThat(good, form.doCheckTimeout(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of("4", "121", "-5", "1e3", "sixty", "99999999999", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for timeout. Use whole minutes from 5 to 120",
                    form.doCheckTimeout(job, bad));
        }
    }

    @Test
    void agesAreFromOneHourToSevenDays() {
        for (String good : List.of("", "1", "168")) {
            assertThat(good, form.doCheckMaxAge(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of("0", "169", "0.5", "-12", "12 h", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for maxAge. Use whole hours from 1 to 168",
                    form.doCheckMaxAge(job, bad));
        }
    }

    @Test
    void atLeastOneAndAtMostFiftyPrebuildsAreKept() {
        for (String good : List.of("", "1", "50")) {
            assertThat(good, form.doCheckKeepPrebuilds(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of("0", "51", "1.5", "-1", "all", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for keepPrebuilds. Use a whole number from 1 to 50",
                    form.doCheckKeepPrebuilds(job, bad));
        }
    }

    @Test
    void onlyPlainMailAddressesAreAccepted() {
        for (String good : List.of("", "a@b", " team@example.com,\nops+ona@mail.example.com x@example.com ")) {
            assertThat(good, form.doCheckMailTo(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of(
                "team", "@example.com", "a@b@c", "Team <team@example.com>", "a@b; c@d", "a@b\u0000", ",", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for mailTo. Use mail addresses such as team@example.com",
                    form.doCheckMailTo(job, bad));
        }
    }

    @Test
    void conditionsOfAutomaticPrebuildsAreChecked() {
        for (String good : List.of("", "1", "1000")) {
            assertThat(good, form.doCheckMinimumCommits(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of("0", "1001", "a few", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for minimumCommits. Use whole numbers from 1 to 1000",
                    form.doCheckMinimumCommits(job, bad));
        }
        for (String good : List.of("", "1", "99999")) {
            assertThat(good, form.doCheckDailyBudget(job, good).kind, is(Kind.OK));
        }
        for (String bad : List.of("0", "100000", "2 h", SCRIPT)) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for dailyBudget. Use whole minutes from 1 to 99999",
                    form.doCheckDailyBudget(job, bad));
        }
        assertThat(form.doCheckQuietHours(job, "").kind, is(Kind.OK));
        assertSays(Kind.OK, "In the time zone of the controller, ", form.doCheckQuietHours(job, "22:00-06:00"));
        for (String bad : List.of("22-6", "22:00", "25:00-06:00", "00:00-24:00", SCRIPT)) {
            assertSays(Kind.ERROR, "is not allowed for quietHours. Use ranges from", form.doCheckQuietHours(job, bad));
        }
    }

    @Test
    void intervalsAndPatternsAreCheckedAsInAPipeline() {
        for (String good : List.of("", "0", "15")) {
            assertThat(good, form.doCheckMinimumInterval(job, good).kind, is(Kind.OK));
        }
        assertSays(Kind.ERROR, "is not allowed for minimumInterval", form.doCheckMinimumInterval(job, "-1"));
        assertSays(Kind.ERROR, "is not allowed for minimumInterval", form.doCheckMinimumInterval(job, "1.5"));
        assertThat(form.doCheckOnlyIfChanged(job, "").kind, is(Kind.OK));
        assertThat(form.doCheckOnlyIfChanged(job, ".devcontainer/**, **/package-lock.json").kind, is(Kind.OK));
        for (String bad : List.of("src/{a,b}/**", "a/**, !a/b", "src\\a")) {
            assertSays(
                    Kind.ERROR,
                    "is not allowed for onlyIfChanged. Use path patterns",
                    form.doCheckOnlyIfChanged(job, bad));
        }
    }

    @Test
    void connectionsAreChosenByNameAndAMissingOneStays() {
        ListBoxModel items = form.doFillConnectionItems(job, "old");
        assertEquals("Default (sim)", items.get(0).name);
        assertEquals("", items.get(0).value);
        assertThat(items.stream().map(o -> o.value).toList(), hasItem("sim"));
        assertEquals("old (not configured)", items.get(items.size() - 1).name);
        assertEquals("old", items.get(items.size() - 1).value);
        assertSays(Kind.ERROR, "No Gitpod connection is named &quot;old&quot;", form.doCheckConnection(job, "old"));
        assertThat(form.doCheckConnection(job, "").kind, is(Kind.OK));
        assertThat(form.doCheckConnection(job, "${C}").kind, is(Kind.OK));
    }

    @Test
    void credentialsAreThoseThatTheJobMayUse() throws Exception {
        GitpodFixture.addCredential("own", "own-token");
        assertThat(
                form.doFillCredentialsIdItems(job, "sim", "").stream()
                        .map(o -> o.value)
                        .toList(),
                hasItem("own"));
        assertThat(form.doCheckCredentialsId(job, "own", "sim").kind, is(Kind.OK));
        assertThat(form.doCheckCredentialsId(job, "", "sim").kind, is(Kind.OK));
        assertSays(
                Kind.ERROR,
                "This job cannot use a Gitpod credential with the id &quot;nobody&quot;",
                form.doCheckCredentialsId(job, "nobody", "sim"));
        assertThat(
                form.doFillCredentialsIdItems(job, "sim", "gone").stream()
                        .map(o -> o.value)
                        .toList(),
                hasItem("gone"));
    }

    @Test
    void aJobThatRunsAsAPersonMayUseWhatThatPersonMay() throws Exception {
        FreeStyleProject limited = jenkins.createFreeStyleProject();
        FreeStyleProject configured = jenkins.createFreeStyleProject();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.CONFIGURE)
                .everywhere()
                .to("developer"));
        QueueItemAuthenticatorConfiguration.get()
                .getAuthenticators()
                .add(new MockQueueItemAuthenticator()
                        .authenticate(limited.getFullName(), Jenkins.ANONYMOUS2)
                        .authenticate(
                                configured.getFullName(),
                                User.getOrCreateByIdOrFullName("developer").impersonate2()));
        try {
            assertThat(
                    form.doFillCredentialsIdItems(limited, "sim", "").stream()
                            .map(o -> o.value)
                            .toList(),
                    not(hasItem(GitpodFixture.CREDENTIALS_ID)));
            assertSays(
                    Kind.ERROR,
                    "This job cannot use a Gitpod credential with the id &quot;gitpod&quot;",
                    form.doCheckCredentialsId(limited, GitpodFixture.CREDENTIALS_ID, "sim"));
            assertThat(
                    "a person who may use the credentials of the job",
                    form.doCheckCredentialsId(configured, GitpodFixture.CREDENTIALS_ID, "sim").kind,
                    is(Kind.OK));
            assertThat(
                    form.doFillCredentialsIdItems(job, "sim", "").stream()
                            .map(o -> o.value)
                            .toList(),
                    hasItem(GitpodFixture.CREDENTIALS_ID));
        } finally {
            QueueItemAuthenticatorConfiguration.get().getAuthenticators().clear();
            jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
            jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        }
    }

    @Test
    void theDefaultCredentialMayBeForSomeFoldersOnly() throws Exception {
        GitpodConnection limited =
                new GitpodConnection("limited", GITPOD.simulator().apiUrl().toString());
        limited.setCredentialsId(GitpodFixture.CREDENTIALS_ID);
        limited.setFolders("team/backend\n\n /other/ ");
        List<GitpodConnection> all = GitpodGlobalConfiguration.get().getConnections();
        all.add(limited);
        GitpodGlobalConfiguration.get().setConnections(all);
        Folder team = jenkins.createProject(Folder.class, "team");
        Folder backend = team.createProject(Folder.class, "backend");
        FreeStyleProject inside = backend.createProject(FreeStyleProject.class, "job");
        FreeStyleProject outside = team.createProject(FreeStyleProject.class, "backend2");
        String project = GITPOD.project().id();
        assertSays(Kind.OK, "Project shop", form.doCheckProjectId(inside, project, "limited", ""));
        GITPOD.simulator().records().clear();
        assertSays(
                Kind.WARNING,
                "is not available to the job &quot;team/backend2&quot;",
                form.doCheckProjectId(outside, project, "limited", ""));
        assertSays(Kind.ERROR, "is not available to the job", form.doCheckCredentialsId(outside, "", "limited"));
        assertSays(Kind.ERROR, "is not available to the job", form.doCheckCredentialsId(team, "", "limited"));
        assertThat(form.doCheckCredentialsId(backend, "", "limited").kind, is(Kind.OK));
        assertThat(GITPOD.simulator().records().calls(), is(empty()));
    }
}
