package io.jenkins.plugins.gitpod.admin;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.ManagementLink;
import hudson.security.Permission;
import io.jenkins.plugins.gitpod.Messages;
import io.jenkins.plugins.gitpod.request.OpenPrebuild;
import io.jenkins.plugins.gitpod.request.PrebuildService;
import java.util.List;
import java.util.UUID;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Manage Jenkins → Gitpod prebuilds: the open requests, with a button to cancel each. */
@Extension
@Restricted(NoExternalUse.class)
public final class OpenPrebuildsLink extends ManagementLink {

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
        return Jenkins.ADMINISTER;
    }

    @NonNull
    @Override
    public Category getCategory() {
        return Category.STATUS;
    }

    /** The open requests, the oldest first. */
    @NonNull
    public List<OpenPrebuild> getPrebuilds() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return PrebuildService.get().openPrebuilds();
    }

    /** Cancels the prebuild of a request, even if builds wait for it. */
    @POST
    public HttpResponse doCancel(@QueryParameter String requestId) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            UUID id = UUID.fromString(requestId);
            PrebuildService.get().owners().ifPresent(owners -> owners.cancel(id));
        } catch (IllegalArgumentException e) {
            return HttpResponses.errorWithoutStack(400, Messages.OpenPrebuildsLink_noSuchRequest());
        }
        return HttpResponses.redirectTo(".");
    }
}
