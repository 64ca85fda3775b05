package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.NonNull;

/**
 * The environment in which a prebuild is made. It exists from {@code STARTING} to the end of the snapshot, and knows its
 * working copy from {@code RUNNING} on. Thread-safe.
 */
public final class SimEnvironment {
    private final String id;
    private final SimProject project;
    private volatile String branch;
    private volatile String commit;
    private volatile boolean gitKnown = true;

    SimEnvironment(String id, SimProject project) {
        this.id = id;
        this.project = project;
        this.branch = project.checkedOutBranch();
        this.commit = project.checkedOutCommit();
    }

    /**
     * Its id.
     *
     * @return a uuid
     */
    @NonNull
    public String id() {
        return id;
    }

    /**
     * Sets the commit of its working copy.
     *
     * @param hash 40 hexadecimal digits; the project's commit at the prebuild's creation if not set
     * @return this
     */
    @NonNull
    public SimEnvironment commit(@NonNull String hash) {
        commit = hash;
        return this;
    }

    /**
     * Sets the branch of its working copy.
     *
     * @param name the branch; empty for none; the project's branch if not set
     * @return this
     */
    @NonNull
    public SimEnvironment branch(@NonNull String name) {
        branch = name;
        return this;
    }

    /**
     * Leaves out the status of its working copy, as Gitpod may.
     *
     * @return this
     */
    @NonNull
    public SimEnvironment withoutGitStatus() {
        gitKnown = false;
        return this;
    }

    /**
     * The commit of its working copy.
     *
     * @return the hash
     */
    @NonNull
    public String commit() {
        return commit;
    }

    /**
     * The branch of its working copy.
     *
     * @return the branch; empty for none
     */
    @NonNull
    public String branch() {
        return branch;
    }

    SimProject project() {
        return project;
    }

    boolean gitKnown() {
        return gitKnown;
    }

    @Override
    public String toString() {
        return "environment " + id;
    }
}
