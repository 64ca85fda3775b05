package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import io.jenkins.plugins.gitpod.api.GitpodEndpoint;
import io.jenkins.plugins.gitpod.api.InvalidEndpointException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** Manage Jenkins → System → Gitpod: the connections. The first one is the default. */
@Extension
@Symbol("gitpod")
public final class GitpodGlobalConfiguration extends GlobalConfiguration {

    private volatile List<GitpodConnection> connections = List.of();

    public GitpodGlobalConfiguration() {
        load();
    }

    @NonNull
    public static GitpodGlobalConfiguration get() {
        return ExtensionList.lookupSingleton(GitpodGlobalConfiguration.class);
    }

    @NonNull
    public List<GitpodConnection> getConnections() {
        return new ArrayList<>(connections);
    }

    /**
     * Replaces all connections and saves them.
     *
     * @throws IllegalArgumentException if a name is missing or taken twice or a URL is not usable; nothing is changed then
     */
    @DataBoundSetter
    public void setConnections(@CheckForNull List<GitpodConnection> newConnections) {
        List<GitpodConnection> checked = newConnections == null ? List.of() : List.copyOf(newConnections);
        String problem = problem(checked);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        connections = checked;
        save();
    }

    /** The connection of that name, or the default one if no name is given. */
    @CheckForNull
    public GitpodConnection connection(@Nullable String name) {
        String wanted = Util.fixEmptyAndTrim(name);
        for (GitpodConnection connection : connections) {
            if (wanted == null || wanted.equals(connection.getName())) {
                return connection;
            }
        }
        return null;
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        // An emptied list is absent from the form's data, so start from nothing.
        List<GitpodConnection> bound = req.bindJSONToList(GitpodConnection.class, json.opt("connections"));
        String problem = problem(bound);
        if (problem != null) {
            throw new FormException(problem, "connections");
        }
        setConnections(bound);
        return true;
    }

    @CheckForNull
    private static String problem(List<GitpodConnection> connections) {
        Set<String> names = new HashSet<>();
        for (GitpodConnection connection : connections) {
            if (connection.getName().isEmpty()) {
                return Messages.GitpodConnection_noName();
            }
            if (!names.add(connection.getName().toLowerCase(Locale.ROOT))) {
                return Messages.GitpodConnection_nameTwice(connection.getName());
            }
            try {
                GitpodEndpoint.parse(connection.getApiUrl());
            } catch (InvalidEndpointException e) {
                return Messages.GitpodConnection_badUrl(connection.getName(), EndpointProblems.message(e));
            }
        }
        return null;
    }
}
