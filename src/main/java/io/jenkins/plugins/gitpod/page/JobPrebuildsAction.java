package io.jenkins.plugins.gitpod.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Api;
import hudson.model.Item;
import hudson.model.Job;
import io.jenkins.plugins.gitpod.Messages;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import jenkins.model.Jenkins;
import jenkins.model.TransientActionFactory;
import net.sf.json.JSONArray;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * The last prebuilds of a job: a section of the job's page, and the remote API below {@code gitpod-prebuilds}. Every job has
 * the action, but its page shows nothing if none of the last builds requested a prebuild.
 */
@ExportedBean
public final class JobPrebuildsAction implements Action {

    private static final int SHOWN = 10;
    private static final int MAXIMUM_BUILDS = 30;

    private final Job<?, ?> job;

    JobPrebuildsAction(@NonNull Job<?, ?> job) {
        this.job = job;
    }

    @CheckForNull
    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.PrebuildTab_displayName();
    }

    @Override
    public String getUrlName() {
        return "gitpod-prebuilds";
    }

    /** The last ten prebuilds of the last thirty builds, the newest first. */
    @Exported
    @NonNull
    public List<PrebuildSummary> getPrebuilds() {
        job.checkPermission(Item.READ);
        return LastPrebuilds.of(job, SHOWN, MAXIMUM_BUILDS);
    }

    public Api getApi() {
        return new Api(this);
    }

    /** The last one that completed, or null. */
    @CheckForNull
    @Restricted(NoExternalUse.class)
    public PrebuildSummary lastCompleted(@NonNull List<PrebuildSummary> prebuilds) {
        return prebuilds.stream()
                .filter(PrebuildSummary::isCompleted)
                .findFirst()
                .orElse(null);
    }

    /** The bars of a chart of lengths. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public List<ChartBar> lengths(@NonNull List<PrebuildSummary> prebuilds) {
        return bars(prebuilds, PrebuildSummary::getLengthMillis);
    }

    /** The bars of a chart of snapshot sizes. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public List<ChartBar> sizes(@NonNull List<PrebuildSummary> prebuilds) {
        return bars(prebuilds, PrebuildSummary::getSizeBytes);
    }

    /** Whether the plugin is installed that turns the bars into a chart with axes and tooltips. */
    @Restricted(NoExternalUse.class)
    public boolean isChartAvailable() {
        return Jenkins.get().getPlugin("echarts-api") != null;
    }

    /** The same bars for the script that draws the chart, as JSON. The oldest is the first. */
    @NonNull
    @Restricted(NoExternalUse.class)
    public String chart(@NonNull List<PrebuildSummary> prebuilds) {
        JSONArray points = new JSONArray();
        for (int i = prebuilds.size() - 1; i >= 0; i--) {
            points.add(prebuilds.get(i).toPoint());
        }
        return points.toString();
    }

    private static List<ChartBar> bars(List<PrebuildSummary> prebuilds, ToLongFunction<PrebuildSummary> value) {
        long highest = prebuilds.stream().mapToLong(value).max().orElse(0);
        int count = prebuilds.size();
        // The oldest on the left.
        return IntStream.range(0, count)
                .mapToObj(i -> ChartBar.of(prebuilds.get(count - 1 - i), value, highest, i, count))
                .toList();
    }

    /** Adds the action to jobs. */
    @Extension
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<JobPrebuildsAction> actionType() {
            return JobPrebuildsAction.class;
        }

        @NonNull
        @Override
        public Collection<JobPrebuildsAction> createFor(@NonNull Job target) {
            Job<?, ?> job = target;
            return List.of(new JobPrebuildsAction(job));
        }
    }
}
