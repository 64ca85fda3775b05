package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.Extension;
import hudson.Util;
import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.model.ItemGroup;
import hudson.util.FormValidation;
import io.jenkins.plugins.gitpod.Messages;
import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import org.apache.tools.ant.types.selectors.SelectorUtils;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The {@link GitpodPrebuildProperty} of all jobs in certain folders. Part of {@link GitpodPrebuildRules}. Saved: fields may be
 * added but not renamed.
 */
public final class GitpodPrebuildRule implements Describable<GitpodPrebuildRule> {

    private static final Pattern LINE_BREAK = Pattern.compile("\\R");
    private static final Pattern OUTER_SLASHES = Pattern.compile("^/+|/+$");

    private String folders;
    private GitpodPrebuildProperty prebuild = new GitpodPrebuildProperty();

    @DataBoundConstructor
    public GitpodPrebuildRule() {
        // All values are optional.
    }

    /** Sets the default of what a file does not contain. */
    private Object readResolve() {
        if (prebuild == null) {
            prebuild = GitpodPrebuildProperty.ofEmptyFile();
        }
        return this;
    }

    /**
     * Ant-style patterns of the full names of folders, one per line. The rule is for the jobs in these folders, at any depth;
     * null for all jobs.
     */
    @CheckForNull
    public String getFolders() {
        return folders;
    }

    @DataBoundSetter
    public void setFolders(String folders) {
        this.folders = Util.fixEmptyAndTrim(folders);
    }

    /** The settings of the jobs. */
    @NonNull
    public GitpodPrebuildProperty getPrebuild() {
        return prebuild;
    }

    @DataBoundSetter
    public void setPrebuild(GitpodPrebuildProperty prebuild) {
        this.prebuild = prebuild == null ? new GitpodPrebuildProperty() : prebuild;
    }

    @NonNull
    private static List<String> patterns(@Nullable String folders) {
        return LINE_BREAK
                .splitAsStream(Util.fixNull(folders))
                .map(line -> OUTER_SLASHES.matcher(line.strip()).replaceAll(""))
                .filter(pattern -> !pattern.isEmpty())
                .toList();
    }

    /**
     * Whether this rule is for the jobs directly in a folder.
     *
     * @param folder the full name of the folder; empty for jobs in no folder
     */
    boolean isFor(@NonNull String folder) {
        List<String> patterns = patterns(folders);
        String path = folder.replace('/', File.separatorChar);
        return patterns.isEmpty()
                || patterns.stream()
                        .map(pattern -> (pattern + "/**").replace('/', File.separatorChar))
                        .anyMatch(pattern -> SelectorUtils.matchPath(pattern, path));
    }

    /** The descriptor of the rule. */
    @Extension
    @Symbol("gitpodPrebuildRule")
    public static final class DescriptorImpl extends Descriptor<GitpodPrebuildRule> {

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.GitpodPrebuildRule_displayName();
        }

        @POST
        public FormValidation doCheckFolders(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            String unknown = patterns(value).stream()
                    .filter(pattern -> pattern.indexOf('*') < 0 && pattern.indexOf('?') < 0)
                    .filter(name -> !(Jenkins.get().getItemByFullName(name) instanceof ItemGroup))
                    .collect(Collectors.joining(", "));
            return unknown.isEmpty()
                    ? FormValidation.ok()
                    : FormValidation.warning(Messages.GitpodConnection_unknownFolders(unknown));
        }
    }
}
