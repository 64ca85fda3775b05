package io.jenkins.plugins.gitpod.commits;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.AbstractProject;
import hudson.model.Job;
import hudson.scm.SCM;
import java.util.Collection;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Returns the SCMs in the configuration of one kind of job. */
@Restricted(NoExternalUse.class)
public interface JobScms extends ExtensionPoint {

    /** The SCMs in the configuration of the job; empty if it has none or is of another kind. */
    @NonNull
    Collection<? extends SCM> of(@NonNull Job<?, ?> job);

    @NonNull
    static ExtensionList<JobScms> all() {
        return ExtensionList.lookup(JobScms.class);
    }

    /** Freestyle projects and similar jobs. */
    @Extension
    final class OfProjects implements JobScms {
        @NonNull
        @Override
        public Collection<? extends SCM> of(@NonNull Job<?, ?> job) {
            return job instanceof AbstractProject<?, ?> project ? List.of(project.getScm()) : List.of();
        }
    }
}
