package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import jenkins.model.CauseOfInterruption;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The cause of interruption of a build whose prebuild a person cancelled, in Gitpod or on the administrators' page. Saved in
 * {@code build.xml}: fields may be added but not renamed.
 */
@Restricted(NoExternalUse.class)
public final class CancelledInGitpod extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String prebuildId;
    private final boolean fromJenkins;

    public CancelledInGitpod(@NonNull PrebuildRecord record) {
        PrebuildResult prebuild = record.getResult();
        prebuildId = prebuild == null ? "" : prebuild.getId();
        fromJenkins = record.getConclusion() != EndStatus.CANCELLED_IN_GITPOD;
    }

    @Override
    public String getShortDescription() {
        return fromJenkins
                ? Messages.CancelledInGitpod_fromJenkins(prebuildId)
                : Messages.CancelledInGitpod_description(prebuildId);
    }
}
