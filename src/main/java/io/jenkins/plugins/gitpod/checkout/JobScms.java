package io.jenkins.plugins.gitpod.checkout;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.AbstractBuild;
import hudson.model.AbstractProject;
import hudson.model.Job;
import hudson.model.Run;
import hudson.scm.NullSCM;
import hudson.scm.SCM;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Returns the SCMs of one kind of job and of its builds. */
@Restricted(NoExternalUse.class)
public interface JobScms extends ExtensionPoint {

    /** The SCMs in the configuration of the job; empty if it has none or is of another kind. */
    @NonNull
    List<? extends SCM> configured(@NonNull Job<?, ?> job);

    /** The SCMs that a build has checked out with success; empty if there are none or it is of another kind. */
    @NonNull
    List<? extends SCM> checkedOut(@NonNull Run<?, ?> run);

    /** The same for any kind of job. */
    @NonNull
    static List<SCM> ofJob(@NonNull Job<?, ?> job) {
        return all(each -> each.configured(job));
    }

    /** The same for any kind of build. */
    @NonNull
    static List<SCM> ofRun(@NonNull Run<?, ?> run) {
        return all(each -> each.checkedOut(run));
    }

    private static List<SCM> all(Function<JobScms, List<? extends SCM>> scms) {
        List<SCM> all = new ArrayList<>();
        for (JobScms each : ExtensionList.lookup(JobScms.class)) {
            all.addAll(scms.apply(each));
        }
        return all;
    }

    /** Freestyle projects and similar jobs. */
    @Extension
    final class OfProjects implements JobScms {
        @NonNull
        @Override
        public List<SCM> configured(@NonNull Job<?, ?> job) {
            SCM scm = job instanceof AbstractProject<?, ?> project ? project.getScm() : null;
            return scm == null || scm instanceof NullSCM ? List.of() : List.of(scm);
        }

        @NonNull
        @Override
        public List<SCM> checkedOut(@NonNull Run<?, ?> run) {
            return run instanceof AbstractBuild<?, ?> ? configured(run.getParent()) : List.of();
        }
    }
}
