package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.plugins.git.Branch;
import hudson.plugins.git.BranchSpec;
import hudson.plugins.git.GitException;
import hudson.plugins.git.GitSCM;
import hudson.plugins.git.Revision;
import hudson.plugins.git.UserRemoteConfig;
import hudson.plugins.git.util.BuildData;
import hudson.scm.SCM;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.plugins.git.AbstractGitSCMSource;
import jenkins.scm.api.SCMRevision;
import jenkins.scm.api.SCMSource;
import org.eclipse.jgit.transport.RemoteConfig;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Reads what the Git plugin has saved with a build. */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class GitScmReader implements ScmReader {

    private static final Logger LOGGER = Logger.getLogger(GitScmReader.class.getName());

    @CheckForNull
    @Override
    public CheckedOut last(@NonNull Run<?, ?> run, @NonNull SCM scm) {
        if (!(scm instanceof GitSCM git)) {
            return null;
        }
        Revision revision = revision(git.getBuildData(run), run);
        return revision == null ? null : checkedOut(run, git, revision);
    }

    @CheckForNull
    @Override
    public String lastRevision(@NonNull Run<?, ?> run, @NonNull SCM scm) {
        Revision revision = scm instanceof GitSCM git ? revision(git.getBuildData(run), run) : null;
        return revision == null ? null : revision.getSha1String();
    }

    @NonNull
    @Override
    public List<CheckedOut> all(@NonNull Run<?, ?> run, @NonNull List<? extends SCM> scms) {
        List<GitSCM> gits = scms.stream()
                .filter(GitSCM.class::isInstance)
                .map(GitSCM.class::cast)
                .toList();
        List<CheckedOut> found = new ArrayList<>();
        for (BuildData data : run.getActions(BuildData.class)) {
            Revision revision = revision(data, run);
            GitSCM git = revision == null ? null : scmOf(data, revision, gits);
            if (git != null) {
                found.add(checkedOut(run, git, revision));
            }
        }
        return found;
    }

    /** The commit of this build, or null if the data has only those of earlier ones. */
    @CheckForNull
    private static Revision revision(@CheckForNull BuildData data, Run<?, ?> run) {
        return data == null || data.lastBuild == null || data.lastBuild.getBuildNumber() != run.getNumber()
                ? null
                : data.getLastBuiltRevision();
    }

    /** The SCM that the data was saved for: one of the same URLs, and of several the one of the same branch. */
    @CheckForNull
    private static GitSCM scmOf(BuildData data, Revision revision, List<GitSCM> scms) {
        Set<String> branches =
                revision.getBranches().stream().map(Branch::getName).collect(Collectors.toSet());
        return scms.stream()
                .filter(each -> configuredUrls(each).stream().anyMatch(data::hasBeenReferenced))
                .max(Comparator.comparing((GitSCM each) -> data.getRemoteUrls().equals(configuredUrls(each)))
                        .thenComparing(each -> isOfOne(each, branches)))
                .orElse(null);
    }

    /** The URLs as they are configured: the Git plugin saves them with their variables. */
    private static Set<String> configuredUrls(GitSCM git) {
        return git.getUserRemoteConfigs().stream().map(UserRemoteConfig::getUrl).collect(Collectors.toSet());
    }

    private static boolean isOfOne(GitSCM git, Set<String> branches) {
        String only = branch(git);
        return only != null && branches.stream().anyMatch(each -> each.equals(only) || each.endsWith("/" + only));
    }

    // ---- one checkout

    private static CheckedOut checkedOut(Run<?, ?> run, GitSCM git, Revision revision) {
        List<Remote> remotes = remotes(run, git);
        List<GitRef> refs = revision.getBranches().stream()
                .map(each -> ref(each.getName(), remotes))
                .filter(each -> !each.name().isEmpty() && !each.name().equals("detached"))
                .distinct()
                .toList();
        CheckedOut.Kind kind = GitRef.kind(refs);
        List<GitRef> counted = refs.stream().filter(each -> each.kind() == kind).toList();
        return new CheckedOut(
                urls(remotes),
                counted.stream().map(GitRef::name).toList(),
                counted.stream().map(GitRef::url).toList(),
                revision.getSha1String(),
                kind,
                branch(git) == null);
    }

    private static GitRef ref(String name, List<Remote> remotes) {
        String local = name.replaceFirst("^refs/(heads|remotes)/", "");
        Remote remote = remoteOf(local, remotes);
        return remote == null
                ? GitRef.of(local, "")
                : GitRef.of(local.substring(remote.name().length() + 1), remote.url());
    }

    /** The remote with the longest name that is a prefix of the branch's name, or null. */
    @CheckForNull
    private static Remote remoteOf(String branch, List<Remote> remotes) {
        return remotes.stream()
                .filter(each -> branch.startsWith(each.name() + "/"))
                .max(Comparator.comparingInt(each -> each.name().length()))
                .orElse(null);
    }

    @CheckForNull
    @Override
    public String onlyBranch(@NonNull SCM scm) {
        return scm instanceof GitSCM git ? branch(git) : null;
    }

    @CheckForNull
    private static String branch(GitSCM git) {
        List<BranchSpec> specs = git.getBranches();
        return specs.size() == 1
                ? GitRef.onlyBranch(
                        specs.get(0).getName(),
                        git.getRepositories().stream()
                                .map(RemoteConfig::getName)
                                .toList())
                : null;
    }

    // ---- sources

    @CheckForNull
    @Override
    public String remoteUrl(@NonNull SCMSource source) {
        return source instanceof AbstractGitSCMSource git ? git.getRemote() : null;
    }

    @CheckForNull
    @Override
    public String commit(@NonNull SCMRevision revision) {
        return revision instanceof AbstractGitSCMSource.SCMRevisionImpl git ? git.getHash() : null;
    }

    // ---- remotes

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

    /** Expands variables in the URLs, as the Git plugin does for the checkout. */
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
