package io.jenkins.plugins.gitpod.simulator;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * A project. At first it has one environment class (called Regular, shared by all such projects), a repository made of
 * its name, no branch of its own, and prebuilds switched on for all its classes.
 */
public final class SimProject {
    private static final int COMMIT_LENGTH = 40;

    private final String id;
    private final String name;
    private final String organizationId;
    private final Instant createdAt;
    private volatile String remoteUri;
    private volatile String contextUrl = "";
    private volatile SimTargetMode targetMode = SimTargetMode.REMOTE_HEAD;
    private volatile String cloneTarget = "";
    private volatile String defaultBranch = "main";
    private volatile Supplier<String> commit;
    private volatile String devcontainerFile = "";
    private volatile String automationsFile = "";
    private volatile int popularity;
    private volatile boolean deleted;
    private volatile boolean strict;
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
        String made = (id + name.hashCode() + "0".repeat(COMMIT_LENGTH))
                .replaceAll("[^0-9a-f]", "")
                .substring(0, COMMIT_LENGTH);
        this.commit = () -> made;
        this.environmentClasses = List.of(first);
    }

    /**
     * Sets the repository.
     *
     * @param uri the clone URL, as is: a URL or an scp form like {@code git@git.example.com:team/shop.git}
     * @return this
     */
    @NonNull
    public SimProject remoteUri(@NonNull String uri) {
        remoteUri = uri;
        return this;
    }

    /**
     * Makes its initializer a context URL instead of a repository: it then has neither remote URI nor target mode.
     *
     * @param url for instance {@code https://git.example.com/team/shop/tree/develop}; empty, as at first, for none
     * @return this
     */
    @NonNull
    public SimProject contextUrl(@NonNull String url) {
        contextUrl = url;
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
        return target(branchName.isEmpty() ? SimTargetMode.REMOTE_HEAD : SimTargetMode.REMOTE_BRANCH, branchName);
    }

    /**
     * Sets what its initializer checks out.
     *
     * @param mode the target mode
     * @param target the branch, tag or commit; shown whatever the mode is, left out on the wire if empty
     * @return this
     */
    @NonNull
    public SimProject target(@NonNull SimTargetMode mode, @NonNull String target) {
        targetMode = mode;
        cloneTarget = target;
        return this;
    }

    /**
     * Sets where its repository has its files.
     *
     * @param devcontainer the path of the devcontainer file; empty, as at first, if the project does not say
     * @param automations the same of the automations file
     * @return this
     */
    @NonNull
    public SimProject files(@NonNull String devcontainer, @NonNull String automations) {
        devcontainerFile = devcontainer;
        automationsFile = automations;
        return this;
    }

    /**
     * Sets the repository's default branch, which shows in environments only.
     *
     * @param branchName {@code main} if not set
     * @return this
     */
    @NonNull
    public SimProject defaultBranch(@NonNull String branchName) {
        defaultBranch = branchName;
        return this;
    }

    /**
     * Sets the newest commit of what it checks out: that of prebuilds that are made from now on, unless the project is
     * forced to a commit.
     *
     * @param hash 40 hexadecimal digits; made of the id if not set
     * @return this
     */
    @NonNull
    public SimProject commit(@NonNull String hash) {
        return commit(() -> hash);
    }

    /**
     * The same for a repository that is really there: it is asked whenever a prebuild is made.
     *
     * @param newest gives 40 hexadecimal digits
     * @return this
     */
    @NonNull
    public SimProject commit(@NonNull Supplier<String> newest) {
        commit = newest;
        return this;
    }

    /**
     * Sets how popular it is: lists show the most popular first.
     *
     * @param score 0 at first
     * @return this
     */
    @NonNull
    public SimProject popularity(int score) {
        popularity = score;
        return this;
    }

    /**
     * Marks it as deleted: it is still listed, with that as its desired phase.
     *
     * @return this
     */
    @NonNull
    public SimProject deleted() {
        deleted = true;
        return this;
    }

    /**
     * Makes Gitpod refuse prebuilds that the project is not configured for, as a failed_precondition: prebuilds are off,
     * or the class is none of its prebuild classes. If not set they are made.
     *
     * @return this
     */
    @NonNull
    public SimProject refusesUnconfigured() {
        strict = true;
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

    String contextUrl() {
        return contextUrl;
    }

    SimTargetMode targetMode() {
        return targetMode;
    }

    String cloneTarget() {
        return cloneTarget;
    }

    String devcontainerFile() {
        return devcontainerFile;
    }

    String automationsFile() {
        return automationsFile;
    }

    int popularity() {
        return popularity;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** Whether a prebuild of a class is refused because of the project's configuration. */
    boolean refuses(SimEnvironmentClass environmentClass) {
        return strict && !(prebuildsEnabled && prebuildClassList().contains(environmentClass));
    }

    /** What an environment clones. */
    String cloneUrl() {
        return contextUrl.isEmpty() ? remoteUri : Repository.ofContextUrl(contextUrl) + ".git";
    }

    /** The last part of the repository's path. */
    String repositoryName() {
        return Repository.name(contextUrl.isEmpty() ? remoteUri : Repository.ofContextUrl(contextUrl));
    }

    /** The branch of a working copy; empty for a tag or commit. */
    String checkedOutBranch() {
        if (!contextUrl.isEmpty()) {
            String named = Repository.branchOfContextUrl(contextUrl);
            return named.isEmpty() ? defaultBranch : named;
        }
        return switch (targetMode) {
            case REMOTE_HEAD -> defaultBranch;
            case REMOTE_BRANCH, LOCAL_BRANCH -> cloneTarget;
            case REMOTE_COMMIT, REMOTE_TAG -> "";
        };
    }

    /** The commit of a working copy that is made now. */
    String checkedOutCommit() {
        return targetMode == SimTargetMode.REMOTE_COMMIT && contextUrl.isEmpty() ? cloneTarget : commit.get();
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
