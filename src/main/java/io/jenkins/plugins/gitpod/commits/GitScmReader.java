package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.plugins.git.Branch;
import hudson.plugins.git.GitException;
import hudson.plugins.git.GitSCM;
import hudson.plugins.git.Revision;
import hudson.plugins.git.util.BuildData;
import hudson.scm.SCM;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.eclipse.jgit.transport.RemoteConfig;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Reads checkouts of the Git plugin. */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class GitScmReader implements ScmReader {

    private static final Logger LOGGER = Logger.getLogger(GitScmReader.class.getName());

    @CheckForNull
    @Override
    public CheckedOut read(@NonNull Run<?, ?> run, @NonNull SCM scm) {
        if (!(scm instanceof GitSCM git)) {
            return null;
        }
        BuildData data = git.getBuildData(run);
        Revision revision = data == null ? null : data.getLastBuiltRevision();
        if (revision == null || data.lastBuild == null || data.lastBuild.getBuildNumber() != run.getNumber()) {
            return null; // not of this build
        }
        List<Remote> remotes = remotes(run, git);
        List<String> branches = new ArrayList<>();
        List<String> branchUrls = new ArrayList<>();
        for (Branch each : revision.getBranches()) {
            String name = each.getName().replaceFirst("^refs/(heads|remotes)/", "");
            Remote remote = remoteOf(name, remotes);
            String branch = remote == null ? name : name.substring(remote.name().length() + 1);
            String url = remote == null ? "" : remote.url();
            boolean isNew = IntStream.range(0, branches.size())
                    .noneMatch(i ->
                            branches.get(i).equals(branch) && branchUrls.get(i).equals(url));
            if (isNew && !branch.isEmpty() && !branch.equals("detached")) {
                branches.add(branch);
                branchUrls.add(url);
            }
        }
        return new CheckedOut(urls(remotes), branches, branchUrls, revision.getSha1String());
    }

    /** The remote with the longest name that is a prefix of the branch's name, or null. */
    @CheckForNull
    private static Remote remoteOf(String branch, List<Remote> remotes) {
        return remotes.stream()
                .filter(each -> branch.startsWith(each.name() + "/"))
                .max(Comparator.comparingInt(each -> each.name().length()))
                .orElse(null);
    }

    @NonNull
    @Override
    public List<String> remoteUrls(@NonNull Run<?, ?> run, @NonNull SCM scm) {
        return scm instanceof GitSCM git ? urls(remotes(run, git)) : List.of();
    }

    private static List<String> urls(List<Remote> remotes) {
        return remotes.stream()
                .map(Remote::url)
                .filter(url -> !url.isBlank())
                .distinct()
                .toList();
    }

    private record Remote(String name, String url) {}

    private static List<Remote> remotes(Run<?, ?> run, GitSCM git) {
        List<RemoteConfig> configs = git.getRepositories();
        if (configs.stream()
                .anyMatch(each -> each.getName().contains("$") || url(each).contains("$"))) {
            configs = expanded(run, git, configs);
        }
        return configs.stream()
                .map(each -> new Remote(each.getName(), url(each)))
                .toList();
    }

    private static String url(RemoteConfig remote) {
        return remote.getURIs().isEmpty() ? "" : remote.getURIs().get(0).toPrivateString();
    }

    /**
     * Expands variables in the URLs, as the Git plugin has just done for the checkout. This needs the environment of the agent,
     * which is cached by then.
     */
    private static List<RemoteConfig> expanded(Run<?, ?> run, GitSCM git, List<RemoteConfig> configs) {
        try {
            return git.getParamExpandedRepos(run, TaskListener.NULL);
        } catch (IOException | GitException e) {
            LOGGER.log(Level.FINE, "Could not expand the URLs of " + run, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return configs;
    }
}
