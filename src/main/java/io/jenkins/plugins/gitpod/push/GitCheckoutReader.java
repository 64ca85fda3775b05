package io.jenkins.plugins.gitpod.push;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.plugins.git.Branch;
import hudson.plugins.git.GitSCM;
import hudson.plugins.git.Revision;
import hudson.plugins.git.UserRemoteConfig;
import hudson.plugins.git.util.BuildData;
import hudson.scm.SCM;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Knows Git, where the Git plugin is installed. */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class GitCheckoutReader implements CheckoutReader {

    @CheckForNull
    @Override
    public CheckedOut read(@NonNull Run<?, ?> run, @NonNull SCM scm) {
        if (!(scm instanceof GitSCM git)) {
            return null;
        }
        BuildData data = git.getBuildData(run);
        Revision revision = data == null ? null : data.getLastBuiltRevision();
        if (revision == null || data.lastBuild == null || data.lastBuild.getBuildNumber() != run.getNumber()) {
            return null; // nothing of this build's own
        }
        List<String> branches = revision.getBranches().stream()
                .map(Branch::getName)
                .map(name -> withoutRemote(git, name))
                .filter(name -> !name.isEmpty() && !name.equals("detached"))
                .distinct()
                .toList();
        return new CheckedOut(remoteUrls(scm), branches, revision.getSha1String());
    }

    private static String withoutRemote(GitSCM git, String name) {
        String branch = name.replaceFirst("^refs/(heads|remotes)/", "");
        for (UserRemoteConfig config : git.getUserRemoteConfigs()) {
            String prefix = Objects.toString(config.getName(), "origin") + "/";
            if (branch.startsWith(prefix)) {
                return branch.substring(prefix.length());
            }
        }
        return branch;
    }

    @NonNull
    @Override
    public List<String> remoteUrls(@NonNull SCM scm) {
        if (!(scm instanceof GitSCM git)) {
            return List.of();
        }
        return git.getUserRemoteConfigs().stream()
                .map(UserRemoteConfig::getUrl)
                .filter(url -> url != null && !url.isBlank())
                .toList();
    }
}
