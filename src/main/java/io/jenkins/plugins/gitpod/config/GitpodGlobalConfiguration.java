package io.jenkins.plugins.gitpod.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Describable;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.engine.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * Manage Jenkins → System → Gitpod: the connections. The default is the one that is marked as such, or else the first one.
 * Saved: fields may be added but not renamed.
 */
@Extension(ordinal = 2) // right before the section of the rules
@Symbol("gitpod")
public final class GitpodGlobalConfiguration extends GlobalConfiguration {

    // Both lists are replaced and never changed. They are of a type that XStream saves as plain elements.
    private volatile ArrayList<GitpodConnection> connections = new ArrayList<>();

    private volatile ArrayList<FormerConnection> formerConnections = new ArrayList<>();

    public GitpodGlobalConfiguration() {
        load();
    }

    @NonNull
    public static GitpodGlobalConfiguration get() {
        return ExtensionList.lookupSingleton(GitpodGlobalConfiguration.class);
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.GitpodGlobalConfiguration_displayName();
    }

    @NonNull
    public List<GitpodConnection> getConnections() {
        return new ArrayList<>(connections);
    }

    /**
     * Replaces all connections and saves them.
     *
     * @throws IllegalArgumentException if a connection is invalid or two have the same name; nothing is changed then
     */
    @DataBoundSetter
    public void setConnections(@CheckForNull List<GitpodConnection> newConnections) {
        ArrayList<GitpodConnection> checked =
                newConnections == null ? new ArrayList<>() : new ArrayList<>(newConnections);
        String problem = problem(checked);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        replace(checked);
    }

    private synchronized void replace(ArrayList<GitpodConnection> checked) {
        formerConnections =
                new ArrayList<>(FormerConnection.after(formerConnections, connections, checked, Instant.now()));
        connections = checked;
        save();
    }

    /**
     * The connection whose credential a request may use: the one of its name, if it still has the URL of the request. A token
     * must not be sent to another URL.
     *
     * @param isSent whether the prebuild may have been created already; then a former connection is accepted too
     * @return null if there is none
     */
    @CheckForNull
    @Restricted(NoExternalUse.class)
    public GitpodConnection credentialConnection(@NonNull Connection request, boolean isSent) {
        GitpodConnection now = connection(request.name());
        if (now != null && now.serves(request)) {
            return now;
        }
        if (isSent) {
            for (FormerConnection each : formerConnections) {
                GitpodConnection former = each.connection();
                if (former != null && former.serves(request)) {
                    return former;
                }
            }
        }
        return null;
    }

    /** The connection of this name, or the default one if the name is blank; null if there is none. */
    @CheckForNull
    public GitpodConnection connection(@Nullable String name) {
        String wanted = Util.fixEmptyAndTrim(name);
        List<GitpodConnection> now = connections;
        for (GitpodConnection connection : now) {
            if (wanted == null ? connection.isDefaultConnection() : wanted.equals(connection.getName())) {
                return connection;
            }
        }
        return wanted == null && !now.isEmpty() ? now.get(0) : null;
    }

    /** The message about a connection that does not exist. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String missing(@Nullable String name) {
        String known = connections.stream().map(GitpodConnection::getName).collect(Collectors.joining(", "));
        String wanted = Util.fixNull(name).trim();
        return known.isEmpty()
                ? Messages.GitpodGlobalConfiguration_noConnection()
                : Messages.GitpodGlobalConfiguration_unknownConnection(wanted, known);
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        List<GitpodConnection> bound = bind(req, json.opt("connections"), GitpodConnection.class);
        String problem = problem(bound);
        if (problem != null) {
            throw new FormException(problem, "connections");
        }
        setConnections(bound);
        return true;
    }

    /**
     * The entries of a repeatable part of a form.
     *
     * @param data an array, the only entry, or null, because the form's data lacks an empty list
     */
    @NonNull
    @Restricted(NoExternalUse.class)
    public static <T extends Describable<T>> List<T> bind(
            @NonNull StaplerRequest2 req, @CheckForNull Object data, @NonNull Class<T> type) throws FormException {
        List<T> bound = new ArrayList<>();
        for (Object each : data instanceof JSONArray array ? array : data == null ? List.of() : List.of(data)) {
            if (each instanceof JSONObject one) {
                bound.add(type.cast(Jenkins.get().getDescriptorOrDie(type).newInstance(req, one)));
            }
        }
        return bound;
    }

    @CheckForNull
    private static String problem(List<GitpodConnection> connections) {
        Set<String> names = new HashSet<>();
        String standard = null;
        for (GitpodConnection connection : connections) {
            String own = connection.problem();
            if (own != null) {
                return own;
            }
            if (!names.add(connection.getName().toLowerCase(Locale.ROOT))) {
                return Messages.GitpodConnection_nameTwice(connection.getName());
            }
            if (connection.isDefaultConnection()) {
                if (standard != null) {
                    return Messages.GitpodConnection_twoDefaults(standard, connection.getName());
                }
                standard = connection.getName();
            }
        }
        return null;
    }
}
