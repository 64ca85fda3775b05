package io.jenkins.plugins.gitpod.admin;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.ManagementLink;
import hudson.security.Permission;
import hudson.util.HttpResponses;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.page.CancelPermission;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildQueries;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.util.List;
import java.util.Set;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/**
 * Manage Jenkins → Gitpod prebuilds: the open requests, those that wait included, with a button to cancel each. Overall/SystemRead
 * may see them.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class OpenPrebuildsLink extends ManagementLink implements StaplerProxy {

    @Override
    public String getIconFileName() {
        return "symbol-cube";
    }

    @Override
    public String getDisplayName() {
        return Messages.OpenPrebuildsLink_displayName();
    }

    @Override
    public String getDescription() {
        return Messages.OpenPrebuildsLink_description();
    }

    @Override
    public String getUrlName() {
        return "gitpod-prebuilds";
    }

    @NonNull
    @Override
    public Permission getRequiredPermission() {
        return Jenkins.SYSTEM_READ;
    }

    @NonNull
    @Override
    public Category getCategory() {
        return Category.STATUS;
    }

    /** Guards all views and web methods: a view cannot refuse by itself, because Jelly ignores exceptions of getters. */
    @NonNull
    @Override
    public Object getTarget() {
        Jenkins.get().checkPermission(getRequiredPermission());
        return this;
    }

    /** The open requests, the oldest first. */
    @NonNull
    public List<OpenPrebuild> getPrebuilds() {
        return PrebuildService.get().queries().map(PrebuildQueries::open).orElse(List.of());
    }

    /** The open requests that a table was asked for, or all of them. */
    @NonNull
    public List<OpenPrebuild> getShown() {
        String[] requestIds = Stapler.getCurrentRequest2().getParameterValues("requestId");
        if (requestIds == null) {
            return getPrebuilds();
        }
        Set<String> wanted = Set.copyOf(List.of(requestIds));
        return getPrebuilds().stream()
                .filter(each -> wanted.contains(each.getRequestId()))
                .toList();
    }

    /**
     * All open requests with their ages and the versions of their rows. The page asks for the rows that have changed, instead
     * of a table of all.
     */
    @GET
    public HttpResponse doLive() {
        JSONArray rows = new JSONArray();
        for (OpenPrebuild each : getPrebuilds()) {
            JSONObject row = new JSONObject();
            row.put("id", each.getRequestId());
            row.put("version", each.getVersion());
            row.put("ageMillis", each.getAgeMillis());
            row.put("age", each.getAge());
            rows.add(row);
        }
        JSONObject json = new JSONObject();
        json.put("rows", rows);
        return HttpResponses.okJSON(json);
    }

    /** Whether the user may cancel the prebuild, or remove the waiting request. */
    public boolean mayCancel(@NonNull OpenPrebuild prebuild) {
        return CancelPermission.of(prebuild);
    }

    /** Cancels the prebuild of a request, even if builds wait for it. An undecided request is withdrawn. */
    @POST
    public HttpResponse doCancel(@QueryParameter(required = true) String requestId) {
        OpenPrebuild prebuild = getPrebuilds().stream()
                .filter(each -> each.getRequestId().equals(requestId))
                .findFirst()
                .orElse(null);
        if (prebuild == null) {
            return HttpResponses.errorJSON(Messages.OpenPrebuildsLink_noSuchRequest());
        } else if (!mayCancel(prebuild)) {
            return HttpResponses.errorJSON(Messages.PrebuildTab_notYours());
        }
        PrebuildService.get().owners().ifPresent(owners -> owners.cancel(prebuild));
        return HttpResponses.okJSON();
    }
}
