package io.jenkins.plugins.gitpod.request;

import edu.umd.cs.findbugs.annotations.NonNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import hudson.model.Run;
import io.jenkins.plugins.gitpod.record.PrebuildRecord;
import io.jenkins.plugins.gitpod.store.UsualLengths;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What pages ask about prebuilds. Answers come from memory: no method calls Gitpod or loads a build. */
@Restricted(NoExternalUse.class)
public final class PrebuildQueries {

    private final RequestRegistry registry;
    private final UsualLengths lengths;

    PrebuildQueries(@NonNull RequestRegistry registry, @NonNull UsualLengths lengths) {
        this.registry = registry;
        this.lengths = lengths;
    }

    /** All open requests, the oldest first. */
    @NonNull
    public List<OpenPrebuild> open() {
        return registry.shown();
    }

    /** The open requests of a build, the oldest first. */
    @NonNull
    public List<OpenPrebuild> openOf(@NonNull Run<?, ?> run) {
        return registry.shown(run.getExternalizableId());
    }

    /** The full names of the jobs whose builds would lose the prebuild if it were cancelled. */
    @NonNull
    public Set<String> owningJobs(@NonNull UUID requestId) {
        return registry.owningJobs(requestId);
    }

    /** Whether this Jenkins created, or creates, the prebuild of an open request. Others are not its to cancel. */
    public boolean isOwn(@NonNull UUID requestId) {
        SharedPrebuild shared = registry.shared(requestId);
        return shared != null && !shared.isForeign();
    }

    /** How long prebuilds of a project usually take. May read a small file the first time. */
    @NonNull
    public UsualLengths.Usual usual(@NonNull String projectId, @Nullable String environmentClassId) {
        return lengths.of(projectId, environmentClassId);
    }

    /** A record was saved with its build. */
    void recorded(@NonNull PrebuildRecord record) {
        lengths.add(record);
    }
}
