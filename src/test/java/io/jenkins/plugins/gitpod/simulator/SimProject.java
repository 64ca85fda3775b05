package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * A project. At first it has one environment class (called Regular, shared by all such projects), a repository made of
 * its name, no branch of its own, and prebuilds switched on for all its classes.
 */
public final class SimProject {
    private final String id;
    private final String name;
    private final String organizationId;
    private final Instant createdAt;
    private volatile String remoteUri;
    private volatile String branch = "";
    private volatile List<SimEnvironmentClass> environmentClasses;
    private volatile List<SimEnvironmentClass> prebuildClasses;
    private volatile boolean prebuildsEnabled = true;
    private volatile PhasePlan plan;

    SimProject(String id, String name, String organizationId, Instant createdAt, SimEnvironmentClass first) {
        this.id = id;
        this.name = name;
        this.organizationId = organizationId;
        this.createdAt = createdAt;
        this.remoteUri = "https://git.example.com/" + name.replace(' ', '-') + ".git";
        this.environmentClasses = List.of(first);
    }

    /**
     * Sets the repository.
     *
     * @param uri the clone URL, as is
     * @return this
     */
    @NonNull
    public SimProject remoteUri(@NonNull String uri) {
        remoteUri = uri;
        return this;
    }

    /**
     * Sets the branch that prebuilds are made of.
     *
     * @param branchName the branch; empty for the repository's default
     * @return this
     */
    @NonNull
    public SimProject branch(@NonNull String branchName) {
        branch = branchName;
        return this;
    }

    /**
     * Sets the environment classes in their order; the first is the default for prebuilds.
     *
     * @param classes none: creating a prebuild without naming a class is a failed_precondition
     * @return this
     */
    @NonNull
    public SimProject environmentClasses(@NonNull SimEnvironmentClass... classes) {
        environmentClasses = List.copyOf(Arrays.asList(classes));
        return this;
    }

    /**
     * Sets the classes that are configured for prebuilds.
     *
     * @param classes all classes of the project if never set
     * @return this
     */
    @NonNull
    public SimProject prebuildClasses(@NonNull SimEnvironmentClass... classes) {
        prebuildClasses = List.copyOf(Arrays.asList(classes));
        return this;
    }

    /**
     * Sets whether prebuilds are switched on in the project's configuration. Creating one is possible all the same.
     *
     * @param enabled true at first; false without {@link #prebuildClasses} shows as never configured
     * @return this
     */
    @NonNull
    public SimProject prebuildsEnabled(boolean enabled) {
        prebuildsEnabled = enabled;
        return this;
    }

    /**
     * Sets what its new prebuilds go through.
     *
     * @param newPlan the plan, instead of the simulator's own
     * @return this
     */
    @NonNull
    public SimProject plan(@NonNull PhasePlan newPlan) {
        plan = newPlan;
        return this;
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
     * Its name.
     *
     * @return the name
     */
    @NonNull
    public String name() {
        return name;
    }

    String organizationId() {
        return organizationId;
    }

    Instant createdAt() {
        return createdAt;
    }

    String remoteUri() {
        return remoteUri;
    }

    String branch() {
        return branch;
    }

    List<SimEnvironmentClass> classList() {
        return environmentClasses;
    }

    List<SimEnvironmentClass> prebuildClassList() {
        List<SimEnvironmentClass> own = prebuildClasses;
        if (own != null) {
            return own;
        }
        return prebuildsEnabled ? environmentClasses : List.of();
    }

    boolean prebuildsEnabled() {
        return prebuildsEnabled;
    }

    @CheckForNull
    PhasePlan plan() {
        return plan;
    }

    @Override
    public String toString() {
        return "project " + name;
    }
}
