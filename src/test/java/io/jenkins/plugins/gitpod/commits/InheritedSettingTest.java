package io.jenkins.plugins.gitpod.commits;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Job;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.gitpod.options.PrebuildTrigger;
import io.jenkins.plugins.gitpod.options.WhenActive;
import io.jenkins.plugins.gitpod.record.EndStatus;
import io.jenkins.plugins.gitpod.record.PrebuildAction;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import io.jenkins.plugins.gitpod.testing.FastLimits;
import io.jenkins.plugins.gitpod.testing.GitpodTestBase;
import java.io.File;
import java.time.Duration;
import java.util.List;
import jenkins.branch.BranchSource;
import jenkins.branch.DefaultBranchPropertyStrategy;
import jenkins.branch.OrganizationFolder;
import jenkins.model.Jenkins;
import jenkins.plugins.git.GitSCMSource;
import jenkins.plugins.git.GitSampleRepoRule;
import jenkins.plugins.git.junit.jupiter.WithGitSampleRepo;
import jenkins.plugins.git.traits.BranchDiscoveryTrait;
import jenkins.scm.impl.SingleSCMNavigator;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** Automatic prebuilds that are set for a folder or in the global configuration, and not in the job. */
@ExtendWith(FastLimits.class)
@WithGitSampleRepo
class InheritedSettingTest extends GitpodTestBase {

    private static int folders;

    private GitSampleRepoRule repo;

    @BeforeEach
    void newRepository(GitSampleRepoRule sample) throws Exception {
        repo = sample;
        Repository.init(repo, "node { checkout scm }");
    }

    @AfterEach
    void removeRules() {
        GitpodPrebuildRules.get().setRules(null);
    }

    private static Folder folder() throws Exception {
        return jenkins.createProject(Folder.class, "folder" + folders++);
    }

    private static void set(AbstractFolder<?> folder, GitpodPrebuildProperty property) throws Exception {
        folder.addProperty(new GitpodPrebuildFolderProperty(property));
    }

    private static GitpodPrebuildProperty property(String onlyIfChanged) {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setOnlyIfChanged(onlyIfChanged);
        return property;
    }

    private static GitpodPrebuildProperty disabled() {
        GitpodPrebuildProperty property = new GitpodPrebuildProperty();
        property.setDisabled(true);
        return property;
    }

    private static GitpodPrebuildRule rule(String folders, GitpodPrebuildProperty property) {
        GitpodPrebuildRule rule = new GitpodPrebuildRule();
        rule.setFolders(folders);
        rule.setPrebuild(property);
        return rule;
    }

    private FreeStyleProject job(Folder folder) throws Exception {
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "job");
        job.setScm(Repository.scm(repo));
        return job;
    }

    // ---- which setting counts

    private static void assertCounts(GitpodPrebuildProperty expected, String origin, Job<?, ?> job) {
        PrebuildSetting setting = PrebuildSetting.of(job);
        assertNotNull(setting);
        assertSame(expected, setting.property());
        assertThat(setting.origin().get(), is(origin));
    }

    @Test
    void theNearestSettingCounts() throws Exception {
        Folder outer = folder();
        Folder inner = outer.createProject(Folder.class, "inner");
        FreeStyleProject job = inner.createProject(FreeStyleProject.class, "job");
        assertNull(PrebuildSetting.of(job));
        GitpodPrebuildProperty ofRule = property("rule");
        GitpodPrebuildRules.get().setRules(List.of(rule(null, ofRule)));
        assertCounts(ofRule, "in rule 1 of the global configuration", job);
        GitpodPrebuildProperty ofOuter = property("outer");
        set(outer, ofOuter);
        assertCounts(ofOuter, "in the folder " + outer.getName(), job);
        GitpodPrebuildProperty ofInner = disabled();
        set(inner, ofInner);
        assertCounts(ofInner, "in the folder " + outer.getName() + " » inner", job);
        GitpodPrebuildProperty own = property("own");
        job.addProperty(own);
        assertCounts(own, "in the configuration of this job", job);
        job.removeProperty(GitpodPrebuildProperty.class);
        inner.getProperties().remove(GitpodPrebuildFolderProperty.class);
        assertCounts(ofOuter, "in the folder " + outer.getName(), job);
    }

    @Test
    void theFirstRuleThatFitsCounts() throws Exception {
        Folder team = folder();
        Folder backend = team.createProject(Folder.class, "backend");
        FreeStyleProject inTeam = team.createProject(FreeStyleProject.class, "job");
        FreeStyleProject inBackend = backend.createProject(FreeStyleProject.class, "job");
        FreeStyleProject inNone = jenkins.createFreeStyleProject(team.getName() + "-job");
        GitpodPrebuildProperty first = property("first");
        GitpodPrebuildProperty second = property("second");
        GitpodPrebuildRules.get()
                .setRules(List.of(
                        rule("elsewhere\n /" + team.getName() + "/*end/", first), rule(team.getName(), second)));
        assertCounts(second, "in rule 2 of the global configuration", inTeam);
        assertCounts(first, "in rule 1 of the global configuration", inBackend);
        assertNull(PrebuildSetting.of(inNone));
        GitpodPrebuildRules.get().setRules(List.of(rule("**/backend", first)));
        assertNull(PrebuildSetting.of(inTeam));
        assertCounts(first, "in rule 1 of the global configuration", inBackend);
        GitpodPrebuildRules.get().setRules(List.of(rule("", second)));
        assertCounts(second, "in rule 1 of the global configuration", inNone);
    }

    @Test
    void whatBranchSourcesSetCountsBeforeTheFolder() throws Exception {
        WorkflowMultiBranchProject multi = jenkins.createProject(WorkflowMultiBranchProject.class);
        GitSCMSource source = new GitSCMSource(repo.toString());
        source.setTraits(List.of(new BranchDiscoveryTrait()));
        BranchSource branches = new BranchSource(source);
        GitpodPrebuildProperty ofBranches = disabled();
        branches.setStrategy(new DefaultBranchPropertyStrategy(
                new jenkins.branch.BranchProperty[] {new GitpodPrebuildBranchProperty(ofBranches)}));
        multi.getSourcesList().add(branches);
        set(multi, property("folder"));
        multi.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        WorkflowJob master = multi.getItem("master");
        PrebuildSetting setting = PrebuildSetting.of(master);
        assertThat(setting.property().isDisabled(), is(true));
        assertThat(setting.origin().get(), is("in the branch sources of the multibranch project"));
        assertThat(setting.isInherited(), is(false));
    }

    // ---- what it does

    @Test
    void aFolderIsSetUpOnceAndAJobCanBeExcluded() throws Exception {
        SimProject project = Commits.project(gitpod, repo);
        Folder folder = folder();
        set(folder, new GitpodPrebuildProperty());
        FreeStyleProject job = job(folder);
        job.addProperty(disabled());
        jenkins.buildAndAssertSuccess(job);
        Commits.assertMade(gitpod, project, 0);
        job.removeProperty(GitpodPrebuildProperty.class);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        assertEquals(EndStatus.COMPLETED, Commits.awaitEnd(build).getConclusion());
        Commits.assertMade(gitpod, project, 1);
    }

    @Test
    void aRepositoryWithoutAProjectIsAFaultOnlyIfTheJobItselfAsks() throws Exception {
        Folder folder = folder();
        GitpodPrebuildRules.get().setRules(List.of(rule(folder.getName(), new GitpodPrebuildProperty())));
        FreeStyleProject job = job(folder);
        FreeStyleBuild inherited = jenkins.buildAndAssertSuccess(job);
        Commits.awaitDecided();
        assertNull(inherited.getAction(PrebuildAction.class));
        job.addProperty(new GitpodPrebuildProperty());
        FreeStyleBuild asked = jenkins.buildAndAssertSuccess(job);
        assertEquals(EndStatus.ERROR, Commits.awaitEnd(asked).getConclusion());
    }

    @Test
    void anOrganizationIsSetUpOnce(@TempDir File directory) throws Exception {
        OrganizationFolder organization = jenkins.createProject(OrganizationFolder.class, "organization" + folders++);
        set(organization, new GitpodPrebuildProperty());
        List<String> names = List.of("shop", "api", "tools");
        for (String name : names) {
            String clone = new File(directory, name).getPath();
            repo.git("clone", repo.toString(), clone);
            GitSCMSource source = new GitSCMSource(clone);
            source.setTraits(List.of(new BranchDiscoveryTrait()));
            organization.getNavigators().add(new SingleSCMNavigator(name, List.of(source)));
        }
        String head = Repository.head(repo, "master");
        SimProject shop = projectOf(new File(directory, "shop"), head);
        SimProject api = projectOf(new File(directory, "api"), head);
        organization.scheduleBuild2(0).getFuture().get();
        jenkins.waitUntilNoActivityUpTo(60_000);
        Commits.assertMade(gitpod, shop, 1);
        Commits.assertMade(gitpod, api, 1);
        for (String name : names) {
            WorkflowJob master = ((WorkflowMultiBranchProject) organization.getItem(name)).getItem("master");
            if (name.equals("tools")) {
                assertNull(master.getLastBuild().getAction(PrebuildAction.class));
            } else {
                Commits.awaitEnd(master.getLastBuild());
            }
        }
    }

    private static SimProject projectOf(File clone, String head) {
        return gitpod.simulator()
                .addProject(clone.getName())
                .remoteUri(clone.getPath())
                .branch("master")
                .commit(head)
                .plan(PhasePlan.quick(Duration.ofMillis(300)));
    }

    // ---- forms

    private static GitpodPrebuildProperty everything() {
        GitpodPrebuildProperty property = property(".devcontainer/**");
        property.setConnection("sim");
        property.setWhenActive(WhenActive.SKIP);
        property.setMaxAge(12);
        property.setOnlyProjectBranch(false);
        property.setCancelWithBuild(true);
        property.setDisabled(true);
        property.setTrigger(PrebuildTrigger.SUCCESS);
        property.setKeepFresh(true);
        return property;
    }

    private static void roundTrip(AbstractFolder<?> folder) throws Exception {
        jenkins.configRoundtrip((Item) folder);
        assertNull(folder.getProperties().get(GitpodPrebuildFolderProperty.class), "what is not ticked is not set");
        for (GitpodPrebuildProperty each : List.of(everything(), new GitpodPrebuildProperty())) {
            folder.getProperties().remove(GitpodPrebuildFolderProperty.class);
            GitpodPrebuildFolderProperty before = new GitpodPrebuildFolderProperty(each);
            folder.addProperty(before);
            jenkins.configRoundtrip((Item) folder);
            GitpodPrebuildFolderProperty after = folder.getProperties().get(GitpodPrebuildFolderProperty.class);
            assertNotNull(after);
            assertThat(after, not(before));
            jenkins.assertEqualDataBoundBeans(each, after.getPrebuild());
        }
    }

    @Test
    void formOfAFolder() throws Exception {
        roundTrip(folder());
        roundTrip(jenkins.createProject(WorkflowMultiBranchProject.class));
    }

    @Test
    void formOfTheGlobalConfiguration() throws Exception {
        jenkins.configRoundtrip();
        assertThat(GitpodPrebuildRules.get().getRules(), is(empty()));
        GitpodPrebuildRules.get()
                .setRules(List.of(rule("team/*", everything()), rule(null, new GitpodPrebuildProperty())));
        jenkins.configRoundtrip();
        List<GitpodPrebuildRule> rules = GitpodPrebuildRules.get().getRules();
        assertThat(rules, hasSize(2));
        jenkins.assertEqualDataBoundBeans(rule("team/*", everything()), rules.get(0));
        jenkins.assertEqualDataBoundBeans(rule(null, new GitpodPrebuildProperty()), rules.get(1));
    }

    @Test
    void aFolderThatDoesNotExistIsSaid() throws Exception {
        Folder folder = folder();
        GitpodPrebuildRule.DescriptorImpl form =
                (GitpodPrebuildRule.DescriptorImpl) jenkins.jenkins.getDescriptorOrDie(GitpodPrebuildRule.class);
        assertThat(form.doCheckFolders("").getMessage(), is((String) null));
        assertThat(form.doCheckFolders("no*\n/" + folder.getName() + "/").getMessage(), is((String) null));
        assertThat(form.doCheckFolders("nowhere\n" + folder.getName()).getMessage(), containsString("nowhere."));
    }

    // ---- the job's page

    private static String section(Job<?, ?> job, String user) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            if (user != null) {
                client.login(user);
            }
            HtmlPage page = client.getPage(job);
            DomElement section = page.getFirstByXPath("//section[@aria-label='Gitpod prebuilds for new commits']");
            return section == null ? "" : section.asNormalizedText();
        }
    }

    @Test
    void theJobsPageSaysWhatCountsAndWhereItIsSet() throws Exception {
        Folder folder = folder();
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "job");
        assertThat(section(job, null), is(""));
        set(folder, property("<b>/**"));
        assertThat(
                section(job, null),
                containsString("New commits get prebuilds. This is set in the folder " + folder.getName()));
        assertThat(section(job, null), containsString("onlyIfChanged: <b>/**"));
        AuthorizationStrategy anyone = jenkins.jenkins.getAuthorizationStrategy();
        SecurityRealm realm = jenkins.jenkins.getSecurityRealm();
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.READ)
                .everywhere()
                .to("reader"));
        try {
            assertThat(section(job, "reader"), containsString("This is set in the folder " + folder.getName()));
            assertThat(section(job, "reader"), not(containsString("onlyIfChanged")));
        } finally {
            jenkins.jenkins.setAuthorizationStrategy(anyone);
            jenkins.jenkins.setSecurityRealm(realm);
        }
        job.addProperty(disabled());
        assertThat(
                section(job, null),
                containsString("New commits get no prebuilds. This is set in the configuration of this job."));
    }
}
