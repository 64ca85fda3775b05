package io.jenkins.plugins.gitpod.record;

import edu.umd.cs.findbugs.annotations.NonNull;
import io.jenkins.plugins.gitpod.Messages;
import jenkins.model.CauseOfInterruption;

/** The build stopped because someone else cancelled its prebuild, in Gitpod or from Jenkins. Saved with builds. */
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
