package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.config.GitpodGlobalConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * Manage Jenkins → System → Gitpod prebuilds for new commits: rules for the jobs of folders. The first rule that is for a job
 * counts. Saved: fields may be added but not renamed.
 */
@Extension(ordinal = 1) // right after the section of the connections
@Symbol("gitpodPrebuildRules")
public final class GitpodPrebuildRules extends GlobalConfiguration {

    /** Replaced and never changed. Of a type that XStream saves as plain elements. */
    private volatile ArrayList<GitpodPrebuildRule> rules = new ArrayList<>();

    public GitpodPrebuildRules() {
        load();
    }

    @NonNull
    public static GitpodPrebuildRules get() {
        return ExtensionList.lookupSingleton(GitpodPrebuildRules.class);
    }

    @NonNull
    @Override
    public String getDisplayName() {
        return Messages.GitpodPrebuildRules_displayName();
    }

    @NonNull
    public List<GitpodPrebuildRule> getRules() {
        return new ArrayList<>(rules);
    }

    /**
     * Replaces all rules and saves them.
     *
     * @throws IllegalArgumentException if an option is invalid; nothing is changed then
     */
    @DataBoundSetter
    public void setRules(@CheckForNull List<GitpodPrebuildRule> newRules) {
        ArrayList<GitpodPrebuildRule> checked = newRules == null ? new ArrayList<>() : new ArrayList<>(newRules);
        String problem = problem(checked);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        rules = checked;
        save();
    }

    @Override
    public boolean configure(StaplerRequest2 req, JSONObject json) throws FormException {
        List<GitpodPrebuildRule> bound =
                GitpodGlobalConfiguration.bind(req, json.opt("rules"), GitpodPrebuildRule.class);
        String problem = problem(bound);
        if (problem != null) {
            throw new FormException(problem, "rules");
        }
        setRules(bound);
        return true;
    }

    /** What is wrong with the first rule that has an invalid option, or null. */
    @CheckForNull
    private static String problem(List<GitpodPrebuildRule> rules) {
        return rules.stream()
                .map(each -> each.getPrebuild().problem())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Finds the first rule that is for a job. */
    @Extension(ordinal = SettingSource.RULES)
    @Restricted(NoExternalUse.class)
    public static final class OfRule implements SettingSource {

        @CheckForNull
        @Override
        public PrebuildSetting of(@NonNull Job<?, ?> job) {
            List<GitpodPrebuildRule> rules = get().rules;
            for (int i = 0; i < rules.size(); i++) {
                GitpodPrebuildRule rule = rules.get(i);
                if (rule.isFor(job.getParent().getFullName())) {
                    int number = i + 1;
                    return new PrebuildSetting(rule.getPrebuild(), () -> Messages.PrebuildSetting_rule(number), true);
                }
            }
            return null;
        }
    }
}
