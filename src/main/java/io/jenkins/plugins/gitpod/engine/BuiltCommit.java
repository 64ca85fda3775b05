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
 * The commit that a prebuild is built from. A prebuild does not say it, but its environment does while it lives, so the
 * environment is read once, when the prebuild is first seen to run. Nothing depends on the answer: what is refused stays
 * unknown. Belongs to a {@link PrebuildMachine}.
 */
final class BuiltCommit {

    /** One read is the rule. A few more if it failed in passing, or if Gitpod had not filled the commit in yet. */
    private static final int MAX_READS = 3;

    /** The environment has its content from RUNNING on. It may be gone with the snapshot, which one call finds out. */
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

    /** What a journal kept is not read again. */
    void restore(@Nullable EnvironmentGit saved) {
        known = saved;
    }

    @CheckForNull
    EnvironmentGit known() {
        return known;
    }

    /** The prebuild was read. */
    void look(Prebuild prebuild) {
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

    /** @return whether the commit is known from now on and was not before */
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
            case NOT_FOUND, FINAL, SUSPECT -> reads = MAX_READS;
            default -> {
                // The next read of the prebuild brings another try.
            }
        }
    }
}
