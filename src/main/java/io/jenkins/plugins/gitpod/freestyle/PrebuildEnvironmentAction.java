package io.jenkins.plugins.gitpod.freestyle;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.model.AbstractBuild;
import hudson.model.EnvironmentContributingAction;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildResult;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environment variables about the last prebuild of a freestyle build, for its later steps. Saved in {@code build.xml}:
 * fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class PrebuildEnvironmentAction extends InvisibleAction implements EnvironmentContributingAction {

    private final String id;
    private final String phase;
    private final String url;
    private final String commit;
    private final String branch;

    /** Null if one prebuild was requested. */
    private final String ids;

    private PrebuildEnvironmentAction(PrebuildResult result) {
        id = result.getId();
        phase = result.getPhase();
        url = result.getUrl();
        commit = result.getCommit();
        branch = result.getBranch();
        List<PrebuildResult> parts = result.getParts();
        ids = parts.size() == 1
                ? null
                : parts.stream()
                        .map(PrebuildResult::getId)
                        .filter(each -> !each.isEmpty())
                        .collect(Collectors.joining(","));
    }

    static void set(AbstractBuild<?, ?> build, PrebuildResult result) {
        build.addOrReplaceAction(new PrebuildEnvironmentAction(result));
    }

    @Override
    public void buildEnvironment(@NonNull Run<?, ?> run, @NonNull EnvVars env) {
        put(env, "GITPOD_PREBUILD_ID", id);
        put(env, "GITPOD_PREBUILD_IDS", ids == null ? id : ids);
        put(env, "GITPOD_PREBUILD_PHASE", phase);
        put(env, "GITPOD_PREBUILD_URL", url);
        put(env, "GITPOD_PREBUILD_COMMIT", commit);
        put(env, "GITPOD_PREBUILD_BRANCH", branch);
    }

    private static void put(EnvVars env, String name, @CheckForNull String value) {
        if (value != null) {
            env.put(name, value);
        }
    }
}
