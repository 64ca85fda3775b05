package io.jenkins.plugins.gitpod.build;

import edu.umd.cs.findbugs.annotations.NonNull;
import jenkins.model.CauseOfInterruption;

/** The build stopped because someone cancelled its prebuild in Gitpod. Saved with builds. */
public final class CancelledInGitpod extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String prebuildId;

    public CancelledInGitpod(@NonNull String prebuildId) {
        this.prebuildId = prebuildId;
    }

    @Override
    public String getShortDescription() {
        return Messages.CancelledInGitpod_description(prebuildId);
    }
}
