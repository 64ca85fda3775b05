package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The prebuilds of the last builds of a job, the newest first. Looks at a limited number of builds, which may be loaded. */
@Restricted(NoExternalUse.class)
final class LastPrebuilds {

    private LastPrebuilds() {}

    /**
     * @param maximum the number of prebuilds to find
     * @param maximumBuilds the number of builds to look at
     */
    @NonNull
    static List<PrebuildSummary> of(@NonNull Job<?, ?> job, int maximum, int maximumBuilds) {
        List<PrebuildSummary> found = new ArrayList<>();
        int builds = 0;
        for (Run<?, ?> run = job.getLastBuild();
                run != null && builds < maximumBuilds && found.size() < maximum;
                run = run.getPreviousBuild()) {
            builds++;
            List<PrebuildRecord> records = RunPrebuilds.records(run);
            for (int i = records.size() - 1; i >= 0 && found.size() < maximum; i--) {
                found.add(new PrebuildSummary(run, records.get(i)));
            }
        }
        return found;
    }
}
