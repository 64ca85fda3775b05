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

/** Knows, for one kind of job, the SCMs that the job itself is configured with. */
@Restricted(NoExternalUse.class)
public interface JobScms extends ExtensionPoint {

    /** The job's own SCMs; empty if it has none or is of another kind. */
    @NonNull
    Collection<? extends SCM> of(@NonNull Job<?, ?> job);

    @NonNull
    static ExtensionList<JobScms> all() {
        return ExtensionList.lookup(JobScms.class);
    }

    /** Freestyle projects and their kin. */
    @Extension
    final class OfProjects implements JobScms {
        @NonNull
        @Override
        public Collection<? extends SCM> of(@NonNull Job<?, ?> job) {
            return job instanceof AbstractProject<?, ?> project ? List.of(project.getScm()) : List.of();
        }
    }
}
