package io.jenkins.plugins.gitpod.config;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import hudson.XmlFile;
import hudson.model.Fingerprint;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import hudson.security.ACL;
import io.jenkins.plugins.gitpod.testing.GitpodFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class CredentialUsesTest {

    private static final AtomicInteger SAVES = new AtomicInteger();

    private final List<Runnable> tasks = new ArrayList<>();
    private final CredentialUses uses = new CredentialUses(tasks::add);
    private JenkinsRule jenkins;

    @TestExtension
    public static final class Saves extends SaveableListener {
        @Override
        public void onChange(Saveable saved, XmlFile file) {
            if (saved instanceof Fingerprint) {
                SAVES.incrementAndGet();
            }
        }
    }

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        GitpodFixture.addCredential("one", "secret one");
        GitpodFixture.addCredential("two", "secret two");
    }

    private StandardCredentials credentials(String id) {
        return CredentialsProvider.lookupCredentialsInItemGroup(
                        StandardCredentials.class, jenkins.jenkins, ACL.SYSTEM2, List.of())
                .stream()
                .filter(each -> each.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private void runTasks() {
        List<Runnable> all = List.copyOf(tasks);
        tasks.clear();
        all.forEach(Runnable::run);
    }

    private static String builds(StandardCredentials credentials, String job) throws Exception {
        return CredentialsProvider.getFingerprintOf(credentials)
                .getRangeSet(job)
                .toString();
    }

    @Test
    void usesThatComeTogetherAreSavedTogether() throws Exception {
        StandardCredentials one = credentials("one");
        StandardCredentials two = credentials("two");
        FreeStyleProject job = jenkins.createFreeStyleProject("shop");
        List<FreeStyleBuild> builds = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            builds.add(jenkins.buildAndAssertSuccess(job));
        }
        uses.add(builds.get(0), one);
        uses.add(builds.get(0), two);
        runTasks();
        SAVES.set(0);

        for (FreeStyleBuild build : builds.subList(1, 5)) {
            uses.add(build, one);
        }
        uses.add(builds.get(4), two);
        assertThat(tasks, hasSize(1));
        runTasks();

        assertThat(builds(one, "shop"), is("[1,6)"));
        assertThat(builds(two, "shop"), is("[1,2),[5,6)"));
        assertThat(SAVES.get(), is(2));
    }

    /** Jenkins refuses to serialize the class of its field. */
    private static final class Broken extends BaseStandardCredentials {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("unused")
        private final ReentrantLock lock = new ReentrantLock();

        Broken() {
            super("broken", "");
        }
    }

    @Test
    void oneThatCannotBeTrackedDoesNotKeepOthersFromBeingTracked() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject("shop"));
        uses.add(build, new Broken());
        uses.add(build, credentials("one"));
        runTasks();
        assertThat(builds(credentials("one"), "shop"), is("[1,2)"));
    }
}
