package io.jenkins.plugins.gitpod.testing;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.domains.Domain;
import hudson.util.Secret;
import io.jenkins.plugins.gitpod.config.GitpodConnection;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import io.jenkins.plugins.gitpod.simulator.Account;
import io.jenkins.plugins.gitpod.simulator.GitpodSimulator;
import io.jenkins.plugins.gitpod.simulator.PhasePlan;
import io.jenkins.plugins.gitpod.simulator.SimProject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;

/** A simulated Gitpod, and a Jenkins that is connected to it. The simulator outlives a restart of Jenkins. */
public final class GitpodFixture implements AutoCloseable {

    /** Id of the credential that holds the account's token. */
    public static final String CREDENTIALS_ID = "gitpod";

    private final GitpodSimulator simulator;
    private final Account account;
    private final SimProject project;

    public GitpodFixture() {
        simulator = GitpodSimulator.builder().start();
        account = simulator.account("jenkins");
        project = simulator.addProject("shop").plan(PhasePlan.quick(Duration.ofSeconds(1)));
    }

    public GitpodSimulator simulator() {
        return simulator;
    }

    public Account account() {
        return account;
    }

    public SimProject project() {
        return project;
    }

    /** Makes the running Jenkins know the simulator by a connection named "sim" with a global credential. */
    public GitpodFixture connect() throws IOException {
        connect(simulator.apiUrl().toString(), account.token());
        return this;
    }

    /** The same in a Jenkins that runs elsewhere. */
    public static void connect(String apiUrl, String text) throws IOException {
        addCredential(CREDENTIALS_ID, text);
        GitpodConnection connection = new GitpodConnection("sim", apiUrl);
        connection.setCredentialsId(CREDENTIALS_ID);
        GitpodGlobalConfiguration.get().setConnections(List.of(connection));
    }

    /** Stores a secret text in Jenkins itself. */
    public static void addCredential(String id, String text) throws IOException {
        store().addCredentials(Domain.global(), secretText(id, text));
    }

    /** Replaces a secret text in Jenkins itself. */
    public static void updateCredential(String id, String before, String text) throws IOException {
        store().updateCredentials(Domain.global(), secretText(id, before), secretText(id, text));
    }

    public static StringCredentialsImpl secretText(String id, String text) {
        return new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(text));
    }

    private static CredentialsStore store() {
        return CredentialsProvider.lookupStores(Jenkins.get()).iterator().next();
    }

    /** {@code gitpodPrebuild} of the project with more options. */
    public String step(String... options) {
        return stepOf(project, options);
    }

    /** {@code gitpodPrebuild} of a certain project with more options. */
    public String stepOf(SimProject of, String... options) {
        StringBuilder step = new StringBuilder("gitpodPrebuild projectId: '" + of.id() + "'");
        for (String option : options) {
            step.append(", ").append(option);
        }
        return step.toString();
    }

    @Override
    public void close() {
        simulator.close();
    }
}
