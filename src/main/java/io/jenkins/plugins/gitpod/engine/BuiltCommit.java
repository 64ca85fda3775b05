package io.jenkins.plugins.gitpod.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.Nullable;
import io.jenkins.plugins.gitpod.api.EnvironmentGit;
import io.jenkins.plugins.gitpod.api.GitpodException;
import io.jenkins.plugins.gitpod.api.Prebuild;
import io.jenkins.plugins.gitpod.api.PrebuildPhase;
import java.util.EnumSet;
import java.util.Set;

/**
 * The commit that a prebuild is built from. Only the prebuild's environment tells it, as long as it exists, so the
 * environment is read once when the prebuild is first seen running. Nothing depends on the answer; if the read is refused,
 * the commit stays unknown. Belongs to a {@link PrebuildMachine}.
 */
final class BuiltCommit {

    /** Usually one read is enough; others follow if it failed temporarily or if the commit was not known to Gitpod yet. */
    private static final int MAX_READS = 3;

    /** The phases in which the environment has its content. It may be deleted with the snapshot, which one call finds out. */
    private static final Set<PrebuildPhase> LIVE =
            EnumSet.of(PrebuildPhase.RUNNING, PrebuildPhase.STOPPING, PrebuildPhase.SNAPSHOTTING);

    private final GitpodCalls calls;
    private int reads;
    private boolean reading;

    @CheckForNull
    private EnvironmentGit known;

    BuiltCommit(GitpodCalls calls) {
        this.calls = calls;
    }

    /** A commit that was saved is not read again. */
    void restore(@Nullable EnvironmentGit saved) {
        known = saved;
    }

    @CheckForNull
    EnvironmentGit known() {
        return known;
    }

    /** The prebuild was read. */
    void check(Prebuild prebuild) {
        String environmentId = prebuild.status().environmentId();
        if (known == null
                && !reading
                && reads < MAX_READS
                && environmentId != null
                && LIVE.contains(prebuild.status().phase())) {
            reads++;
            reading = true;
            calls.readEnvironment(environmentId);
        }
    }

    /** @return whether the commit has just become known */
    boolean answered(EnvironmentGit git) {
        reading = false;
        if (known != null || !git.hasCommit()) {
            return false;
        }
        known = git;
        return true;
    }

    /** @param e null if the call was not made */
    void failed(@Nullable GitpodException e) {
        reading = false;
        if (e == null) {
            reads--;
            return;
        }
        switch (RetryPolicy.read(e)) {
            case NOT_FOUND, FINAL, UNEXPECTED -> reads = MAX_READS;
            default -> {
                // The next read of the prebuild leads to another try.
            }
        }
    }
}
